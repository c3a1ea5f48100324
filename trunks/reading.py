"""What every carrier's answers are read with; ValueError says that they cannot be trusted."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from lib.e164 import E164, is_e164
from lib.money import Money


def money_from(amount: str, currency: str) -> Money:
    """Read an amount, which is text; ValueError for anything else."""
    try:
        value = Decimal(amount)
    except InvalidOperation as trouble:
        raise ValueError("not an amount") from trouble
    if not value.is_finite():
        raise ValueError("not an amount")
    return Money(value, currency.upper())


def number_from(text: str) -> E164:
    """Take a number that must be E.164; ValueError for anything else."""
    if not is_e164(text):
        raise ValueError("not E.164")
    return E164(text)
