"""
What a carrier asks besides the price of a number: which fees count for it, and over a term.

Staff also keep the price itself here, for carriers that tell none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import TextChoices

from lib.money import Money


class FeeFor(TextChoices):
    """For what a carrier asks a fee."""

    NUMBER = "NUMBER", "the number itself"
    """Its price, which counts where the carrier tells none."""
    EMERGENCY = "EMERGENCY", "emergency registration"
    REGULATORY = "REGULATORY", "regulatory fee"
    CHANNEL = "CHANNEL", "channel"
    DOCUMENTS = "DOCUMENTS", "handling of documents"
    OTHER = "OTHER", "something else"


@dataclass(frozen=True, kw_only=True)
class Fee:
    """
    A fee for each number of a kind.

    :ivar label: what it is for, where that is something else
    :ivar country: ISO 3166 code; empty for any
    :ivar type: a `NumberType`; empty for any
    """

    what: FeeFor
    label: str = ""
    country: str = ""
    type: str = ""
    once: Decimal
    monthly: Decimal
    currency: str

    @property
    def name(self) -> str:
        """Say for what it is asked."""
        return self.label or str(self.what.label)

    def over(self, months: int) -> Money:
        """Give what it comes to over a term."""
        return Money(self.once + self.monthly * months, self.currency)


def counting(
    fees: Iterable[Fee], *, country: str, type_: str, is_located: bool, needs_documents: bool
) -> list[Fee]:
    """
    Give the fees that count for a number; of several for one thing, the one closest to its kind.

    A fee of nothing says that none is asked, such as in one country or from a day on.

    :param is_located: whether the number needs a place to which help is sent
    """
    asked = {FeeFor.EMERGENCY: is_located, FeeFor.DOCUMENTS: needs_documents}
    closest = _closest(fees, country=country, type_=type_)
    found = [fee for fee in closest if asked.get(fee.what, fee.what != FeeFor.NUMBER)]
    return sorted(found, key=lambda fee: (FeeFor.values.index(fee.what), fee.label))


def price(fees: Iterable[Fee], *, country: str, type_: str) -> Fee | None:
    """Give the price that staff keep for a number whose carrier tells none."""
    closest = _closest(fees, country=country, type_=type_)
    return next((fee for fee in closest if fee.what == FeeFor.NUMBER), None)


def _closest(fees: Iterable[Fee], *, country: str, type_: str) -> list[Fee]:
    """Give of several for one thing the one closest to a number's kind, unless it is nothing."""
    closest: dict[tuple[FeeFor, str], Fee] = {}
    for fee in sorted(fees, key=lambda fee: (bool(fee.country), bool(fee.type))):
        if fee.country in {"", country} and fee.type in {"", type_}:
            closest[fee.what, fee.label] = fee
    return [fee for fee in closest.values() if fee.once or fee.monthly]
