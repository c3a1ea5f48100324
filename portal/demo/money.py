"""What currencies are worth in the demo, and what a carrier asks besides its prices."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from accounts.actors import Actor
from accounts.models import Organization
from billing.models import ExchangeRate
from billing.workflows import rates
from trunks.fees import Fee, FeeFor
from trunks.models import CarrierAccount
from trunks.workflows import fees

_WORTH = {"EUR": ("1.0791", "1.0843"), "GBP": ("1.2688", "1.2715"), "CAD": ("0.7221", "0.7206")}
"""In US dollars a month ago and now; made up."""


def ensure_rates(provider: Organization, *, actor: Actor, now: datetime) -> None:
    """Enter rates of two days, unless there are any."""
    if ExchangeRate.objects.exists():
        return
    days = ((now - timedelta(days=30)).date(), now.date())
    wishes = [
        rates.Wish(
            base=base, quote="USD", rate=Decimal(worth), valid_from=day, note="Made up for the demo"
        )
        for base, both in _WORTH.items()
        for day, worth in zip(days, both, strict=True)
    ]
    rates.enter(rates=wishes, owner=provider, actor=actor, now=now)


def ensure_fee(account: CarrierAccount, *, actor: Actor, now: datetime) -> None:
    """Enter what the account asks for each number at which help is sent, unless it has fees."""
    if account.fees.exists():
        return
    fee = Fee(
        what=FeeFor.EMERGENCY,
        country="US",
        once=Decimal(0),
        monthly=Decimal("1.50"),
        currency="USD",
    )
    fees.enter(account=account, fee=fee, valid_from=now.date(), actor=actor, now=now)
