"""Entering what currencies are worth; a rate that was wrong is corrected by a new one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from accounts import journal
from accounts.actors import Actor
from accounts.models import Organization
from accounts.work import acting
from billing import events
from billing.models import ExchangeRate
from billing.rates import in_short
from lib.locks import no_key
from lib.refusals import UnableTo

MOST = 1000
_MOST_WORTH = Decimal(10) ** 9
_AHEAD = timedelta(days=366)


class UnableToEnter(UnableTo):
    """The rate is none, or says what is known already."""

    code = "cannot_enter"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A rate to be entered: one unit of `base` is worth so many of `quote` from a day on."""

    base: str
    quote: str
    rate: Decimal
    valid_from: date
    note: str = ""


def enter(
    *, rates: Sequence[Wish], owner: Organization, actor: Actor, now: datetime
) -> list[ExchangeRate]:
    """
    Enter rates, all or none; one of a day that has one already corrects it.

    What was ordered or shown before keeps the rate it was counted with.

    :param owner: the provider, who keeps the rates for everybody
    :raises UnableToEnter: naming the rate and field that must change
    """
    if not owner.is_provider:
        raise UnableToEnter("The provider keeps the rates for everybody.", field="rates")
    if not 1 <= len(rates) <= MOST:
        raise UnableToEnter(f"Enter 1 to {MOST} rates at a time.", field="rates")
    _require_once(rates)
    for place, wish in enumerate(rates):
        _require_sense(wish, field=f"rates[{place}]", today=now.date())
    with acting(actor):
        # Who enters rates at the same time waits here: a day has one that stands.
        list(no_key(Organization.objects.filter(pk=owner.pk)).values_list("pk"))
        return [_entered(wish, owner, actor, now) for wish in rates]


def _entered(wish: Wish, owner: Organization, actor: Actor, now: datetime) -> ExchangeRate:
    there = ExchangeRate.objects.standing().filter(
        base=wish.base, quote=wish.quote, valid_from=wish.valid_from
    )
    old = there.first()
    there.update(corrected_at=now)
    made = ExchangeRate.objects.create(
        owner=owner,
        base=wish.base,
        quote=wish.quote,
        rate=wish.rate,
        valid_from=wish.valid_from,
        note=wish.note,
        entered_by=actor.name,
        entered_at=now,
    )
    journal.record(
        actor,
        events.RATE_CORRECTED if old else events.RATE_ENTERED,
        now=now,
        subject=made.subject,
        organization=owner,
        before={"rate": in_short(old.rate)} if old else None,
        after={
            "base": wish.base,
            "quote": wish.quote,
            "rate": in_short(wish.rate),
            "valid_from": wish.valid_from.isoformat(),
        },
        reason=wish.note,
    )
    return made


def _require_once(rates: Sequence[Wish]) -> None:
    seen: set[tuple[str, str, date]] = set()
    for place, wish in enumerate(rates):
        key = (wish.base, wish.quote, wish.valid_from)
        if key in seen:
            raise UnableToEnter(
                f"{wish.base} to {wish.quote} of {wish.valid_from} is there twice. "
                "Leave one of them out.",
                field=f"rates[{place}]",
            )
        seen.add(key)


def _require_sense(wish: Wish, *, field: str, today: date) -> None:
    for name in ("base", "quote"):
        if not re.fullmatch(r"[A-Z]{3}", getattr(wish, name)):
            raise UnableToEnter(
                "Give the currency as its three-letter code, such as USD or EUR.",
                field=f"{field}.{name}",
            )
    if wish.base == wish.quote:
        raise UnableToEnter("Choose two different currencies.", field=f"{field}.quote")
    if not wish.rate.is_finite() or not 0 < round(wish.rate, 10) <= _MOST_WORTH:
        raise UnableToEnter(
            "Give a rate above 0, with a point before at most ten decimals.", field=f"{field}.rate"
        )
    if not date(2000, 1, 1) <= wish.valid_from <= today + _AHEAD:
        raise UnableToEnter(
            "Give a day since the year 2000 and at most a year ahead.",
            field=f"{field}.valid_from",
        )
