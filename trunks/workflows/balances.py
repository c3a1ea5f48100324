"""What is left at carriers whose interface does not tell it: a person looks, and writes it down."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from accounts import journal
from accounts.actors import Actor
from accounts.work import acting
from lib.locks import no_key
from lib.money import Money
from lib.refusals import UnableTo
from trunks import events, health
from trunks.models import CarrierAccount
from trunks.workflows.low_balance import HIGHEST

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


class UnableToWriteDown(UnableTo):
    """The balance is none, or the carrier tells it by itself."""

    code = "cannot_write_balance"


def write_down(
    *, account: CarrierAccount, balance: Money, at: datetime, actor: Actor, now: datetime
) -> None:
    """
    Keep what a person saw that is left, and warn where that is little.

    :param at: when it was seen, or of what day the invoice is
    :raises UnableToWriteDown: naming the field that must change
    """
    _require_sense(account, balance, at, now)
    with acting(actor):
        # Two who write it down at once: the second is journaled with what the first wrote.
        found = no_key(CarrierAccount.objects.filter(pk=account.pk)).get()
        if found.balance_at is not None and at < found.balance_at:
            raise UnableToWriteDown(
                f"A newer balance is written down, of {found.balance_at:%-d %B %Y}. Give a later "
                "day.",
                field="at",
            )
        was, was_low = found.balance, found.is_low
        seen = balance.quantized()
        found.balance_amount, found.balance_currency = seen.amount, seen.currency
        found.balance_at = at
        found.save(update_fields=["balance_amount", "balance_currency", "balance_at"])
        told = {"name": found.name, "balance": str(seen)}
        journal.record(
            actor,
            events.BALANCE_WRITTEN,
            now=now,
            subject=found.subject,
            organization=account.owner,
            before={"balance": str(was)} if was else None,
            after={**told, "on": at.date().isoformat()},
        )
        if found.is_low and not was_low:
            journal.record(
                actor,
                events.BALANCE_LOW,
                now=now,
                subject=found.subject,
                organization=account.owner,
                after=told,
            )
    account.refresh_from_db(fields=["balance_amount", "balance_currency", "balance_at"])


def _require_sense(account: CarrierAccount, balance: Money, at: datetime, now: datetime) -> None:
    if health.tells_balance(account):
        raise UnableToWriteDown(
            f"The carrier tells what {account.name} has left. Check the account instead."
        )
    if not (balance.amount.is_finite() and abs(balance.amount) <= HIGHEST):
        raise UnableToWriteDown(f"Give an amount of at most {HIGHEST:,}.", field="amount")
    if not re.fullmatch("[A-Z]{3}", balance.currency):
        raise UnableToWriteDown("Give three letters, such as USD or EUR.", field="currency")
    if not EARLIEST <= at <= now:
        raise UnableToWriteDown("Give a day since the year 2000 that has come.", field="at")
