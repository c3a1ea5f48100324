from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts import sealing, verification


class Command(BaseCommand):
    """Check the journal's chain, and print its head to be noted where nobody can change it."""

    help = "Find altered, removed and inserted events; exit status 1 if there are any."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a head noted earlier."""
        parser.add_argument(
            "--head", metavar="POSITION:HASH", help="a head that an earlier run printed"
        )

    def handle(self, *_args: Any, head: str | None = None, **_options: Any) -> None:
        """Print what does not fit."""
        found = verification.problems(head=_parsed(head) if head else None)
        waiting, age = verification.unsealed(timezone.now())
        position, last = sealing.head()
        self.stdout.write(f"Head: {position}:{last}")
        self.stdout.write(f"Unsealed: {waiting} events, the oldest {age.total_seconds():.1f} s old")
        for problem in found:
            self.stderr.write(problem)
        if found:
            raise CommandError(f"The journal does not hold: {len(found)} problems.")
        self.stdout.write(f"The journal holds: {position} events in their places.")


def _parsed(head: str) -> tuple[int, str]:
    position, colon, last = head.partition(":")
    if not colon or not position.isdigit():
        raise CommandError("Give --head as position:hash, the way an earlier run printed it.")
    return int(position), last
