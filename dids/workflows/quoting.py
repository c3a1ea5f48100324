"""A quote of a carrier by hand: numbers of its mail or list, which are ordered like found ones."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from accounts import journal
from accounts.actors import Actor
from accounts.work import acting
from dids import events, extras, pricing
from dids.found import streamed
from dids.models import FoundOffer, NumberSearch
from dids.workflows import requiring, searching
from lib import e164
from lib.e164 import E164
from lib.money import Money
from lib.refusals import UnableTo
from trunks import registry
from trunks.models import CarrierAccount
from trunks.numbering import Capability, NumberType
from trunks.offers import FoundNumber, Wanted
from trunks.operations import Operation

MOST = 200
LONGEST_PLACE = 100
LONGEST_VALIDITY = timedelta(days=90)
_MOST_MONEY = Decimal(1_000_000)
_TABLE = re.compile(r"[;\t]")


class UnableToQuote(UnableTo):
    """The quote cannot be taken as it is."""

    code = "cannot_quote"


@dataclass(frozen=True, kw_only=True)
class Quoted:
    """A number that a carrier offered; a price of None was not told."""

    number: E164
    setup: Decimal | None = None
    monthly: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Quote:
    """
    What a carrier offered for all numbers alike.

    :ivar currency: of the prices, such as GBP
    :ivar until: until when the carrier keeps its word
    """

    type: NumberType
    currency: str
    until: datetime
    region: str = ""
    locality: str = ""
    capabilities: Collection[Capability] = (Capability.VOICE,)


def read(text: str, *, country: str) -> list[Quoted]:
    """
    Read a list as carriers write it: a number a line, then set-up and monthly price.

    They are parted by semicolons, tabs or commas, as spreadsheets are copied.

    :param country: in whose national form numbers may be written
    :raises UnableToQuote: naming the line that cannot be read
    """
    lines = [line.strip() for line in text.splitlines()]
    return [_read(line, at, country) for at, line in enumerate(lines, start=1) if line]


def enter(
    *,
    account: CarrierAccount,
    quote: Quote,
    numbers: Sequence[Quoted],
    actor: Actor,
    now: datetime,
    months: int = 12,
) -> NumberSearch:
    """
    Take a quote in: its numbers are offers of a search from now on, until the quote is over.

    :param months: the term over which offers are compared
    :raises UnableToQuote: naming the field that must change
    """
    if Operation.ORDER not in registry.carrier(account.carrier).by_hand:
        raise UnableToQuote("This account is searched by its interface. Search it.")
    _check(quote, numbers, now=now)
    organization = actor.reach
    if organization is None:
        raise UnableToQuote("A quote needs somebody who orders.")
    found = requiring.marked_by_hand([_found(quote, one) for one in numbers], account=account)
    currency = pricing.currency_of(organization)
    with acting(actor):
        search = NumberSearch.objects.create(
            organization=organization,
            wanted=_wanted(quote, found),
            months=months,
            currency=currency,
            rates=pricing.kept(pricing.book_of(now).into(currency)),
            fees=extras.kept_by_account(
                extras.of_accounts([account.pk], {one.country for one in found}, now=now)
            ),
            status_since=now,
            asked_at=now,
            expires_at=quote.until,
            quote_of=account,
        )
        offers = [streamed(search, account, number) for number in found]
        FoundOffer.objects.keep(search, account, json.dumps(offers))
        journal.record(
            actor,
            events.QUOTE_ENTERED,
            now=now,
            subject=account.subject,
            organization=account.owner,
            after={
                "name": account.name,
                "count": len(numbers),
                "until": quote.until.isoformat(),
            },
        )
    searching.show_quote(search, account)
    return search


def _read(line: str, at: int, country: str) -> Quoted:
    # A comma parts a line that nothing else parts; elsewhere it may stand in a price.
    parts = _TABLE.split(line) if _TABLE.search(line) else line.split(",")
    first, *rest = [part.strip() for part in parts if part.strip()] or [""]
    try:
        number = e164.parse(first, country=country)
    except e164.NotANumber as wrong:
        raise UnableToQuote(f"Line {at}: {wrong}", field="numbers") from wrong
    prices = [_price(text, at) for text in rest]
    if len(prices) > 2:
        raise UnableToQuote(
            f"Line {at} has more than two prices. Write number; set-up; monthly.", field="numbers"
        )
    setup, monthly = (*prices, None, None)[:2]
    return Quoted(number=number, setup=setup, monthly=monthly)


def _price(text: str, at: int) -> Decimal:
    try:
        price = Decimal(text.lstrip("£€$ ").replace(",", "."))
    except InvalidOperation:
        price = Decimal("NaN")
    if not price.is_finite():
        raise UnableToQuote(
            f"Line {at}: “{text[:20]}” is no price. Write it in figures, such as 1.50.",
            field="numbers",
        )
    return price


def _check(quote: Quote, numbers: Sequence[Quoted], *, now: datetime) -> None:
    if not 1 <= len(numbers) <= MOST:
        raise UnableToQuote(f"Enter 1 to {MOST} numbers at a time.", field="numbers")
    if twice := {one.number for one in numbers if numbers.count(one) > 1}:
        raise UnableToQuote(f"{min(twice)} is there twice. Leave one out.", field="numbers")
    prices = [price for one in numbers for price in (one.setup, one.monthly) if price is not None]
    if any(not 0 <= price <= _MOST_MONEY for price in prices):
        raise UnableToQuote("Prices lie between 0 and a million.", field="numbers")
    if not re.fullmatch(r"[A-Z]{3}", quote.currency):
        raise UnableToQuote(
            "Write the currency as three capital letters, such as GBP.", field="currency"
        )
    if not now < quote.until <= now + LONGEST_VALIDITY:
        raise UnableToQuote(
            f"Choose a moment to come, at most {LONGEST_VALIDITY.days} days from now.",
            field="until",
        )
    for field in ("region", "locality"):
        if len(getattr(quote, field)) > LONGEST_PLACE:
            raise UnableToQuote(f"Shorten this to {LONGEST_PLACE} characters.", field=field)


def _found(quote: Quote, one: Quoted) -> FoundNumber:
    return FoundNumber(
        number=one.number,
        country=e164.country_of(one.number),
        type=quote.type,
        region=quote.region,
        locality=quote.locality,
        capabilities=frozenset(quote.capabilities),
        setup=None if one.setup is None else Money(one.setup, quote.currency),
        monthly=None if one.monthly is None else Money(one.monthly, quote.currency),
    )


def _wanted(quote: Quote, found: Sequence[FoundNumber]) -> dict[str, object]:
    """Say what was offered as if it had been asked for."""
    question = Wanted(
        country=found[0].country,
        type=quote.type,
        region=quote.region,
        locality=quote.locality,
        limit=len(found),
    )
    return {**asdict(question), "capabilities": sorted(quote.capabilities)}
