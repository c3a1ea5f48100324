"""Choosing so many numbers from what was found: long runs first if wanted, then the cheapest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from dids import asked_for, extras, passing_over
from dids.models import FoundOffer, NumberSearch, OrderLine, PhoneNumber
from dids.states import LineStatus
from lib.e164 import digits
from lib.refusals import UnableTo


class UnableToPick(UnableTo):
    """Nothing was found that could be chosen."""

    code = "nothing_to_pick"
    conflict = True


@dataclass(frozen=True)
class Candidate:
    """
    One offer to choose.

    :ivar account: the carrier account; numbers of two accounts make no run
    :ivar cost: over the term with the extras, in one currency for all; None where nobody can tell:
        it comes last
    :ivar charge: what an order charges for it, set-up and first month, in the same currency
    """

    offer: UUID
    e164: str
    account: int
    cost: Decimal | None
    charge: Decimal | None = None

    @property
    def value(self) -> int:
        """Give the number as one to count from."""
        return int(digits(self.e164))


@dataclass(frozen=True)
class Picked:
    """
    What was chosen.

    :ivar wanted: how many were wanted
    :ivar runs: the chosen offers, each run of consecutive numbers of one account for itself
    """

    wanted: int
    runs: tuple[tuple[Candidate, ...], ...]

    @property
    def offers(self) -> list[UUID]:
        """Give the chosen offers, run by run."""
        return [one.offer for run in self.runs for one in run]

    def __str__(self) -> str:
        lengths = sorted((len(run) for run in self.runs if len(run) > 1), reverse=True)
        count = len(self.offers)
        found = f"{count} of {self.wanted}" if count < self.wanted else f"All {count}"
        if not lengths:
            return f"{found}, none of them consecutive" if count > 1 else found
        longest = f"one run of {lengths[0]}" if len(lengths) == 1 else _runs(lengths)
        return f"{found}, {longest}"


def pick(candidates: Iterable[Candidate], *, count: int, consecutive: bool) -> Picked:
    """
    Choose at most so many; of a number that two accounts offer, only one.

    :param consecutive: whether runs count more than the price: the fewest runs, then the cheapest
    """
    left = _once(candidates)
    runs: list[tuple[Candidate, ...]] = []
    missing = count
    while missing and left:
        found = _best(_runs_of(left), missing) if consecutive else tuple(left[:missing])
        if consecutive and len(found) == 1:
            # Nothing but single numbers is left.
            found = tuple(left[:missing])
        taken = set(found)
        left = [one for one in left if one not in taken]
        missing -= len(found)
        runs += _runs_of(found)
    return Picked(count, tuple(runs))


def pick_from(search: NumberSearch, *, count: int, consecutive: bool) -> Picked:
    """
    Choose at most so many of what a search has found up to now.

    :raises UnableToPick: if that is nothing
    """
    picked = pick(candidates_of(search), count=count, consecutive=consecutive)
    if not picked.runs:
        raise UnableToPick(
            "Nothing that can be ordered was found yet. Wait for the carriers, or search for "
            "something wider.",
            field="count",
        )
    return picked


def candidates_of(search: NumberSearch) -> list[Candidate]:
    """Give what can be ordered of a search's offers now, with what it costs whoever asked."""
    rows = FoundOffer.objects.filter(asked_for.ORDERABLE, search=search)
    found = list(rows.select_related("carrier_account"))
    unusable = passing_over.held_back(offer.carrier_account for offer in found)
    offers = [offer for offer in found if offer.carrier_account_id not in unusable]
    taken = _taken([offer.e164 for offer in offers])
    return [_candidate(search, offer) for offer in offers if offer.e164 not in taken]


def _candidate(search: NumberSearch, offer: FoundOffer) -> Candidate:
    cost = extras.cost_kept(search, offer, months=search.months).amount
    charge = extras.cost_found(search, offer.total(1), (), months=1).amount
    return Candidate(
        offer.uuid,
        offer.e164,
        offer.carrier_account_id,
        cost.amount if cost else None,
        charge.amount if charge else None,
    )


def _taken(numbers: Sequence[str]) -> set[str]:
    """Give which numbers are ours already or being bought."""
    ours = PhoneNumber.objects.live().filter(e164__in=numbers)
    coming = OrderLine.objects.filter(e164__in=numbers, status=LineStatus.WAITING)
    return {*ours.values_list("e164", flat=True), *coming.values_list("e164", flat=True)}


def _once(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Give each number once, the cheapest first."""
    ranked = sorted(candidates, key=lambda one: (_dear([one]), one.e164, one.account))
    return list({one.e164: one for one in reversed(ranked)}.values())[::-1]


def _runs_of(candidates: Sequence[Candidate]) -> list[tuple[Candidate, ...]]:
    """Give the longest possible runs within each account."""
    by_account: dict[int, list[Candidate]] = defaultdict(list)
    for one in sorted(candidates, key=lambda one: one.value):
        by_account[one.account].append(one)
    runs: list[list[Candidate]] = []
    for numbers in by_account.values():
        for place, one in enumerate(numbers):
            if place and one.value == numbers[place - 1].value + 1:
                runs[-1].append(one)
            else:
                runs.append([one])
    return [tuple(run) for run in runs]


def _best(runs: Sequence[tuple[Candidate, ...]], most: int) -> tuple[Candidate, ...]:
    """Give the longest part of a run that is wanted; of several, the cheapest."""
    length = min(most, max(map(len, runs)))
    windows = [
        run[start : start + length]
        for run in runs
        if len(run) >= length
        for start in range(len(run) - length + 1)
    ]
    return min(windows, key=lambda window: (_dear(window), window[0].value))


def _dear(candidates: Sequence[Candidate]) -> tuple[int, Decimal]:
    """Give how dear they are together, to be compared: first how many have no known cost."""
    unknown = sum(one.cost is None for one in candidates)
    return unknown, sum((one.cost or Decimal(0) for one in candidates), Decimal(0))


def _runs(lengths: Sequence[int]) -> str:
    return f"{len(lengths)} runs of {', '.join(map(str, lengths[:-1]))} and {lengths[-1]}"
