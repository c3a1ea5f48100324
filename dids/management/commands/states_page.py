"""Write docs/states.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from dids.states_page import render


class Command(BaseCommand):
    """Write docs/states.md from the statuses and moves that the code declares."""

    help = "Write docs/states.md from dids/states/."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --check."""
        parser.add_argument(
            "--check", action="store_true", help="Write nothing; fail if the page is out of date."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write the page, or compare it."""
        page = Path(settings.BASE_DIR) / "docs" / "states.md"
        text = render()
        if options["check"]:
            if not page.exists() or page.read_text() != text:
                raise CommandError("docs/states.md is out of date: run manage.py states_page.")
            return
        page.parent.mkdir(exist_ok=True)
        page.write_text(text)
        self.stdout.write(f"Wrote {page}.")
