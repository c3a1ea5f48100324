from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing import verify


class Command(BaseCommand):
    """Check that every balance is what its ledger adds up to."""

    help = "Compare balances with the ledger; exit status 1 if one does not add up."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print what does not add up."""
        found = verify.ledger()
        for problem in found:
            self.stderr.write(problem)
        if found:
            raise CommandError(f"The ledger does not hold: {len(found)} problems.")
        self.stdout.write("The ledger holds: every balance is the sum of its entries.")
