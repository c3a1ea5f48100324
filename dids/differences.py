"""What a carrier says is ours against what our stock says: pure, of any two lists."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from dids.models.audits import FindingKind
from trunks.offers import OwnedNumber

FEW = 10
"""Of fewer numbers than this, any share may be missing."""
MOST_MISSING = 0.3
"""A list in which more of our numbers are missing is not believed."""


@dataclass(frozen=True, kw_only=True)
class Ours:
    """
    A live number as our stock has it.

    :ivar trunk: the carrier's reference of the trunk to which it is bound for certain, or empty
    """

    number: str
    reference: str
    trunk: str = ""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One number of which carrier and stock say different things."""

    kind: FindingKind
    number: str
    ours: str = ""
    theirs: str = ""


def is_too_short(ours: Collection[Ours], theirs: Mapping[str, OwnedNumber]) -> bool:
    """Tell whether so many of our numbers are missing that the list itself is in doubt."""
    missing = sum(mine.number not in theirs for mine in ours)
    return is_doubtful(missing=missing, of=len(ours), most=MOST_MISSING)


def is_doubtful(*, missing: int, of: int, most: float) -> bool:
    """Tell whether more than a share of our numbers is missing; of few, any share may be."""
    return of >= FEW and missing > most * of


def differences(
    ours: Iterable[Ours],
    theirs: Mapping[str, OwnedNumber],
    *,
    moving: Collection[str],
    tells_trunks: bool,
) -> list[Difference]:
    """
    Compare.

    :param moving: numbers that are being bought, bound or released: nothing is said about them
    :param tells_trunks: whether the carrier's list says where each number is delivered
    """
    stock = {mine.number: mine for mine in ours}
    found = [
        difference
        for mine in stock.values()
        for difference in _of_one(mine, theirs.get(mine.number), tells_trunks=tells_trunks)
    ]
    found += [
        Difference(
            kind=FindingKind.NOT_IN_STOCK,
            number=number,
            theirs=entry.carrier_reference,
        )
        for number, entry in theirs.items()
        if number not in stock
    ]
    return [difference for difference in found if difference.number not in moving]


def _of_one(mine: Ours, entry: OwnedNumber | None, *, tells_trunks: bool) -> Iterator[Difference]:
    if entry is None:
        yield Difference(kind=FindingKind.NOT_AT_CARRIER, number=mine.number, ours=mine.reference)
        return
    if mine.reference != entry.carrier_reference:
        yield Difference(
            kind=FindingKind.OTHER_REFERENCE,
            number=mine.number,
            ours=mine.reference,
            theirs=entry.carrier_reference,
        )
    if tells_trunks and mine.trunk and mine.trunk != entry.trunk_reference:
        yield Difference(
            kind=FindingKind.OTHER_TRUNK,
            number=mine.number,
            ours=mine.trunk,
            theirs=entry.trunk_reference,
        )
    if not entry.active:
        yield Difference(kind=FindingKind.NOT_ACTIVE, number=mine.number)
