"""`manage.py doctor`: whether everything holds that must hold."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.doctor import CHECKS


class Command(BaseCommand):
    """Run every check and say what is wrong."""

    help = "Check the invariants; exit status 1 if one does not hold."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each check, a sentence for each trouble."""
        count = 0
        for name, check in CHECKS.items():
            found = check(timezone.now())
            self.stdout.write(f"{name}: {'well' if not found else f'{len(found)} problems'}")
            for sentence in found:
                self.stderr.write(f"  {sentence}")
            count += len(found)
        if count:
            raise CommandError(f"Not well: {count} problems.")
        self.stdout.write("All is well.")
