"""What carriers found, as offers that are kept and shown."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid5

from billing.rates import in_short
from dids import extras
from dids.models import FoundOffer, NumberSearch
from dids.models.searches import over_term
from dids.search_stream import StreamedExtra, StreamedOffer
from lib.e164 import E164
from lib.money import Money
from trunks.fees import Fee
from trunks.models import CarrierAccount
from trunks.numbering import Capability, NumberType
from trunks.offers import FoundNumber


def streamed(search: NumberSearch, account: CarrierAccount, number: FoundNumber) -> StreamedOffer:
    """Give a found number as an offer, with its cost for whoever asked."""
    price = number.monthly or number.setup
    setup = number.setup.amount if number.setup else None
    monthly = number.monthly.amount if number.monthly else None
    total = Money(over_term(setup, monthly, search.months), price.currency) if price else None
    asked = extras.of_found(search, account.pk, number)
    cost = extras.cost_found(search, total, asked, months=search.months)
    return StreamedOffer(
        id=str(uuid5(search.uuid, f"{account.uuid}:{number.number}")),
        number=number.number,
        country=number.country,
        type=number.type.value,
        region=number.region[:100],
        locality=number.locality[:100],
        rate_center=number.rate_center[:100],
        capabilities=sorted(number.capabilities),
        carrier=account.carrier,
        carrier_account=str(account.uuid),
        carrier_account_name=account.name,
        setup=None if setup is None else str(setup),
        monthly=None if monthly is None else str(monthly),
        total=str(total.amount) if total else None,
        currency=total.currency if total else "",
        cost=str(cost.amount.amount) if cost.amount else None,
        cost_currency=search.currency or (total.currency if total else ""),
        rate=in_short(cost.by.rate) if cost.by else "",
        rate_on=cost.by.on.isoformat() if cost.by else "",
        rate_via=cost.by.via if cost.by else "",
        no_rate_from=cost.lacks,
        extras=[_shown(extra) for extra in asked],
        needs_documents=number.needs_documents,
    )


def as_found(offer: FoundOffer) -> FoundNumber:
    """Give a kept offer as its carrier named it."""

    def price(amount: Decimal | None) -> Money | None:
        return None if amount is None else Money(amount, offer.currency)

    return FoundNumber(
        number=E164(offer.e164),
        country=offer.country,
        type=NumberType(offer.type),
        region=offer.region,
        locality=offer.locality,
        rate_center=offer.rate_center,
        capabilities=frozenset(map(Capability, offer.capabilities)),
        setup=price(offer.setup),
        monthly=price(offer.monthly),
        needs_documents=offer.needs_documents,
    )


def _shown(extra: Fee) -> StreamedExtra:
    return StreamedExtra(
        what=extra.what.value,
        name=extra.name,
        once=str(extra.once) if extra.once else None,
        monthly=str(extra.monthly) if extra.monthly else None,
        currency=extra.currency,
    )
