"""Entering what carriers ask besides the price; a fee that was wrong is corrected by a new one."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import date, datetime, timedelta
from decimal import Decimal

from accounts import journal
from accounts.actors import Actor
from accounts.work import acting
from lib.locks import no_key
from lib.money import PLACES, Money
from lib.refusals import UnableTo
from trunks import events, registry
from trunks.fees import Fee, FeeFor
from trunks.models import CarrierAccount, CarrierFee
from trunks.roles import SearchesNumbers

MOST = 200
"""Fees that stand for an account, so that one look reads them all."""
LONGEST_LABEL = 60
HIGHEST = Decimal(1_000_000)
_AHEAD = timedelta(days=366)


class UnableToEnter(UnableTo):
    """The fee is none."""

    code = "cannot_enter_fee"


def enter(
    *, account: CarrierAccount, fee: Fee, valid_from: date, actor: Actor, now: datetime
) -> CarrierFee:
    """
    Enter a fee; one of the same kind and day is corrected by it, an earlier one ends that day.

    A fee of nothing says that none is asked any more. What was searched or ordered before keeps
    what it was counted with.

    :raises UnableToEnter: naming the field that must change
    """
    require_sense(fee)
    _require_untold(account, fee)
    if not date(2000, 1, 1) <= valid_from <= now.date() + _AHEAD:
        raise UnableToEnter(
            "Give a day since the year 2000 and at most a year ahead.", field="valid_from"
        )
    with acting(actor):
        # Who enters fees at the same time waits here: a day has one that stands.
        list(no_key(CarrierAccount.objects.filter(pk=account.pk)).values_list("pk"))
        return _entered(account, fee, valid_from, actor, now)


def _entered(
    account: CarrierAccount, fee: Fee, valid_from: date, actor: Actor, now: datetime
) -> CarrierFee:
    standing = CarrierFee.objects.standing().filter(account=account)
    there = standing.filter(
        what=fee.what,
        label=fee.label,
        country=fee.country,
        type=fee.type,
        valid_from=valid_from,
    )
    old = there.first()
    if old is None and standing.count() >= MOST:
        raise UnableToEnter(f"An account has at most {MOST} fees. Correct one that is there.")
    there.update(corrected_at=now)
    made = CarrierFee.objects.create(
        account=account,
        **asdict(fee),
        valid_from=valid_from,
        entered_by=actor.name,
        entered_at=now,
    )
    journal.record(
        actor,
        events.FEE_CORRECTED if old else events.FEE_ENTERED,
        now=now,
        subject=account.subject,
        organization=account.owner,
        before={"amount": in_words(old.fee)} if old else None,
        after={
            "name": account.name,
            "fee": fee.name,
            "country": fee.country,
            "type": fee.type,
            "amount": in_words(fee),
            "valid_from": valid_from.isoformat(),
        },
    )
    return made


def in_words(fee: Fee) -> str:
    """Write its amounts."""
    amounts = [(fee.once, "once"), (fee.monthly, "a month")]
    parts = [f"{Money(amount, fee.currency)} {how}" for amount, how in amounts if amount]
    return " and ".join(parts) or "nothing"


def require_sense(fee: Fee) -> None:
    """
    Make sure that a fee is one.

    :raises UnableToEnter: naming the field that must change
    """
    is_other = fee.what == FeeFor.OTHER
    if is_other and not 1 <= len(fee.label) <= LONGEST_LABEL:
        raise UnableToEnter(
            f"Say in 1 to {LONGEST_LABEL} characters what the fee is for.", field="label"
        )
    if fee.label and not is_other:
        raise UnableToEnter("Leave the label out, or choose something else.", field="label")
    if not re.fullmatch(r"([A-Z]{2})?", fee.country):
        raise UnableToEnter(
            "Give the country as its two-letter code, such as US, or leave it empty for any.",
            field="country",
        )
    if not re.fullmatch(r"[A-Z]{3}", fee.currency):
        raise UnableToEnter(
            "Give the currency as its three-letter code, such as USD or EUR.", field="currency"
        )
    for field in ("once", "monthly"):
        _require_amount(getattr(fee, field), field)


def _require_untold(account: CarrierAccount, fee: Fee) -> None:
    """Refuse a price of numbers whose carrier tells it, in its searches or with its quotes."""
    if fee.what != FeeFor.NUMBER:
        return
    adapter = registry.carrier(account.carrier)
    untold = adapter.untold_prices if issubclass(adapter, SearchesNumbers) else frozenset()
    if not untold or (fee.type and fee.type not in untold):
        raise UnableToEnter(
            f"What such numbers cost at {account.name} is told with each offer. Enter what it "
            "asks besides.",
            field="what",
        )


def _require_amount(amount: Decimal, field: str) -> None:
    if not amount.is_finite() or not 0 <= amount <= HIGHEST or amount % PLACES:
        raise UnableToEnter(
            "Give an amount from 0 to a million, with at most four decimals.", field=field
        )
