"""Numbers: found, bought, changed and given back in one call each, without any order."""

from __future__ import annotations

from sandbox.faults import Kind, Place
from sandbox.stock.shelf import Article
from sandbox.store import Record
from sandbox.vonage import errors, stock
from sandbox.vonage.base import TABLE, VonageBase, asked, form, matches, paged
from sandbox.wire import Answer, Call, Request

PAGE = ("pattern", "search_pattern", "size", "index")
SEARCH = ("country", "type", "features", *PAGE)
LIST = ("country", "application_id", "has_application", *PAGE)
NUMBER = ("country", "msisdn", "target_api_key")
TYPES = ("landline", "mobile-lvn", "landline-toll-free")
FEATURES = ("SMS", "VOICE", "SMS,VOICE", "MMS", "SMS,MMS", "VOICE,MMS", "SMS,MMS,VOICE")
HOOKS = ("app_id", "moHttpUrl", "moSmppSysType", "voiceStatusCallback")
VOICE = ("voiceCallbackType", "voiceCallbackValue")
DEPRECATED = ("messagesCallbackType", "messagesCallbackValue")
UPDATE = ("country", "msisdn", *HOOKS, *VOICE, *DEPRECATED)
UNLISTED = frozenset({"moSmppSysType", "voiceStatusCallback"})
"""Settings of a number that its list never shows."""


def search(carrier: VonageBase, call: Call) -> Answer:
    """Find numbers for sale; it knows no places."""
    given = asked(call, SEARCH, required=("country",))
    kind, features = given.get("type"), given.get("features")
    if kind not in (None, *TYPES):
        raise errors.invalid("type")
    if features not in (None, *FEATURES):
        raise errors.invalid("features")
    rows = [
        _offer(article)
        for article in carrier.for_sale(country=given["country"])
        if kind in (None, stock.type_of(article))
        and set((features or "").split(",")) - {""} <= set(stock.features(article))
        and matches(stock.msisdn(article), given)
    ]
    return paged(rows, given)


def _offer(article: Article) -> Record:
    return {
        "country": article.country,
        "msisdn": stock.msisdn(article),
        "type": stock.type_of(article),
        "cost": str(article.monthly),
        "features": stock.features(article),
    }


def buy(carrier: VonageBase, call: Call) -> Answer:
    """Buy one number: it is the account's when the call returns, which says no more than that."""
    given = form(call, NUMBER)
    _check_account(call, given)
    number = f"+{given['msisdn']}"
    fault = carrier.world.faults.take(carrier.slug, "order", Place.ORDER)
    if fault and fault.kind is Kind.NO_FUNDS:
        raise errors.failed("Insufficient credit")
    if fault:
        carrier.world.take(carrier.slug, number, by="")
    article = carrier.buyable(number)
    if article is None or article.country != given["country"]:
        raise errors.failed()
    if stock.needs_address(article):
        raise errors.failed(errors.NEEDS_ADDRESS)
    if article.monthly > carrier.world.balance(call.account):
        raise errors.failed()
    carrier.world.charge(call.account, article.monthly)
    carrier.world.take(carrier.slug, number, by=call.account.id)
    carrier.world.count_purchase(number)
    record = {**_offer(article), "_account": call.account.id, "_number": number}
    carrier.world.store.put(TABLE, record["msisdn"], record)
    return errors.done()


def list_operation(request: Request) -> str:
    """Name a list call: with a pattern it is the only way to look for one number."""
    return "find" if any(name == "pattern" for name, _ in request.query) else "list"


def listing(carrier: VonageBase, call: Call) -> Answer:
    """List the account's numbers; prices are not told any more."""
    given = asked(call, LIST)
    linked = {"true": True, "false": False}.get(given.get("has_application", ""))
    rows = [
        _shown(record)
        for record in carrier.world.store.table(TABLE).values()
        if record["_account"] == call.account.id
        and given.get("country") in (None, record["country"])
        and given.get("application_id") in (None, record.get("app_id"))
        and linked in (None, "app_id" in record)
        and matches(record["msisdn"], given)
    ]
    return paged(rows, given)


def _shown(record: Record) -> Record:
    hidden = UNLISTED | {"cost"}
    return {
        name: value
        for name, value in record.items()
        if not name.startswith("_") and name not in hidden
    }


def update(carrier: VonageBase, call: Call) -> Answer:
    """
    Change a number: all of its settings at once, so what is left out is taken away.

    The description leaves that open; it is the reading that costs most if it is overlooked.
    """
    given = form(call, UPDATE)
    record = _owned(carrier, call, given)
    if ("voiceCallbackType" in given) != ("voiceCallbackValue" in given):
        raise errors.failed("voiceCallbackType and voiceCallbackValue belong together")
    if given.get("voiceCallbackType") not in (None, "sip", "tel", "app"):
        raise errors.invalid("voiceCallbackType")
    settings = (*HOOKS, *VOICE, *DEPRECATED)
    kept = {name: value for name, value in record.items() if name not in settings}
    told = {name: given[name] for name in settings if given.get(name)}
    if not told.get("voiceCallbackValue"):
        told.pop("voiceCallbackType", None)
    carrier.world.store.put(TABLE, record["msisdn"], {**kept, **told})
    return errors.done()


def cancel(carrier: VonageBase, call: Call) -> Answer:
    """Give a number back: it is on sale again at once, and nothing is paid back."""
    given = form(call, NUMBER)
    _check_account(call, given)
    record = _owned(carrier, call, given)
    carrier.world.store.remove(TABLE, record["msisdn"])
    carrier.world.give_back(carrier.slug, record["_number"])
    return errors.done()


def _owned(carrier: VonageBase, call: Call, given: dict[str, str]) -> Record:
    record = carrier.world.store.get(TABLE, given["msisdn"])
    is_there = (
        record is not None
        and record["_account"] == call.account.id
        and record["country"] == given["country"]
    )
    if record is None or not is_there:
        raise errors.failed()
    return record


def _check_account(call: Call, given: dict[str, str]) -> None:
    if given.get("target_api_key", call.account.id) != call.account.id:
        # There are no subaccounts here.
        raise errors.unauthenticated()
