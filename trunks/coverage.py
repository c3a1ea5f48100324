"""What a carrier sells where, as its adapter declares it; its search tells the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from trunks.numbering import NumberType


class Documents(StrEnum):
    """Whether documents must be handed in before a number is sold."""

    NEEDED = "NEEDED"
    NOT_NEEDED = "NOT_NEEDED"
    UNKNOWN = "UNKNOWN"
    """Each offer says it, or nobody has asked yet."""


NORTH_AMERICA: Final = frozenset({"US", "CA"})
NORTH_AMERICAN_TYPES: Final = frozenset({NumberType.LOCAL, NumberType.TOLL_FREE})


@dataclass(frozen=True, kw_only=True)
class Sale:
    """
    Types of numbers that a carrier sells in countries.

    :ivar countries: ISO codes; None for all that no row before it names, of which only the
        carrier's own search can tell whether it has any
    """

    types: frozenset[NumberType] = frozenset(NumberType)
    countries: frozenset[str] | None = None
    documents: Documents = Documents.UNKNOWN


def sale_of(sales: Sequence[Sale], country: str, type_: NumberType) -> Sale | None:
    """Give the row that says how a type is sold in a country; None where it is not sold there."""
    for sale in sales:
        if sale.countries is None or country in sale.countries:
            return sale if type_ in sale.types else None
    return None
