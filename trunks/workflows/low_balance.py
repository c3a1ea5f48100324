"""From what balance down staff are warned."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from accounts import journal
from accounts.actors import Actor
from accounts.work import acting
from lib.money import PLACES, Money, zero
from lib.refusals import UnableTo
from trunks import events
from trunks.models import CarrierAccount

HIGHEST = Decimal(1_000_000_000)


class UnableToWarn(UnableTo):
    """Nobody can be warned like that."""

    code = "cannot_warn"


def warn_below(
    *, account: CarrierAccount, below: Decimal | None, actor: Actor, now: datetime
) -> None:
    """
    Say from what balance down staff are warned.

    :param below: in the balance's currency; None warns once nothing is left
    :raises UnableToWarn: if that is no amount to be warned at
    """
    if below is not None and not (below.is_finite() and PLACES <= below <= HIGHEST):
        raise UnableToWarn(
            f"Give an amount above 0, at most {HIGHEST:,}, or none at all.", field="below"
        )
    was, account.warn_below = account.warn_below, below
    with acting(actor):
        account.save(update_fields=["warn_below"])
        journal.record(
            actor,
            events.WARNING_SET,
            now=now,
            subject=account.subject,
            organization=account.owner,
            before={"below": _in_words(was, account.balance_currency)},
            after={"name": account.name, "below": _in_words(below, account.balance_currency)},
        )


def _in_words(below: Decimal | None, currency: str) -> str:
    # Before the first balance nobody knows the currency.
    return str(zero(currency) if below is None else Money(below, currency)).strip()
