"""
Calls that went out after their claim was over: what they may have undone is asked for again.

A worker that slept between its last look at the clock and its call undoes what was done meanwhile;
where the carrier is told only the whole, also what it was not about.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from dids import timing
from dids.models import CarrierBinding, Feature, PhoneNumber
from dids.workflows import binding, change_turns, feature_wishes
from lib.transitions import LostRace
from trunks.errors import CarrierError, OutcomeUnknown


@contextmanager
def number_doubted(number: PhoneNumber, clock: timing.Elapsed) -> Iterator[None]:
    """Have a number's binding looked at again where somebody else took over before our call."""
    try:
        yield
    except LostRace:
        binding.read_again(number=number, now=clock.now())
        there = CarrierBinding.objects.select_related("number__carrier_account")
        for bound in there.filter(number=number):
            _read_others(bound, now=clock.now())
        raise


@contextmanager
def feature_doubted(
    row: Feature, clock: timing.Elapsed, *, if_: CarrierError | None = None
) -> Iterator[None]:
    """Have a feature asked for again where somebody else took over before our call went out."""
    try:
        yield
    except LostRace:
        if if_ is None or isinstance(if_, OutcomeUnknown):
            feature_wishes.assert_again(row, now=clock.now())
            _read_others(row, now=clock.now())
        raise


def _read_others(row: CarrierBinding | Feature, *, now: datetime) -> None:
    change_turns.read_again(row, now=now)
    for rows in change_turns.others(row):
        if rows.model is CarrierBinding:
            for there in rows.select_related("number"):
                binding.read_again(number=there.number, now=now)
