"""All that must hold, as an assertion: for the end of every test in which something went wrong."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils import timezone

from accounts import sealing
from portal.doctor import CHECKS


def problems(now: datetime | None = None, *, without: Collection[str] = ()) -> list[str]:
    """Say everything that doctor finds wrong, check by check."""
    at = now or timezone.now()
    return [
        f"{name}: {sentence}"
        for name, check in CHECKS.items()
        if name not in without
        for sentence in check(at)
    ]


def assert_well(now: datetime | None = None, *, without: Collection[str] = ()) -> None:
    """
    Seal what is left to seal and let doctor look at everything.

    :param without: names of checks that the test cannot pass, for example since no router runs
    """
    sealing.seal_pending(now or timezone.now())
    if found := problems(now, without=without):
        raise AssertionError("\n".join(found))
