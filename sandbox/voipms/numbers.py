"""Numbers: found, bought, sent elsewhere and given back in one call each, without any order."""

from __future__ import annotations

import re
from collections.abc import Callable

from sandbox.faults import Kind, Place
from sandbox.stock.shelf import Article
from sandbox.store import Record
from sandbox.voipms import accounts, stock, uris
from sandbox.voipms.base import NUMBERS, VoipMsBase, asked, is_test, refused, said
from sandbox.wire import Answer, Call

FAILOVERS = ("failover_busy", "failover_unreachable", "failover_noanswer")
REQUIRED = ("did", "routing", "pop", "dialtime", "cnam", "billing_type")
OPTIONAL = (*FAILOVERS, "voicemail", "callerid_prefix", "note")
ORDER = (*OPTIONAL, "account", "monthly", "setup", "minute", "test")
INFO = (
    *(*OPTIONAL, "port_out_pin", "transcribe", "transcription_locale", "transcription_email"),
    *("transcription_redaction", "transcription_summary", "transcription_sentiment"),
)
HEADERS = ("none", "sys", "fwd", "vm", "grp", "ivr", "queue")
SERVERS = {"10": ("Seattle", "US", "no"), "11": ("Toronto", "CA", "yes")}
MATCHES: dict[str, Callable[[str, str], bool]] = {
    "starts": str.startswith,
    "ends": str.endswith,
    "contains": str.__contains__,
}


def servers(carrier: VoipMsBase, call: Call) -> Answer:
    """List the places from which calls come, of which each number has one."""
    told = asked(call, takes=("server_pop",))
    rows = [
        {
            "server_name": f"{city}, {country}",
            "server_shortname": city,
            "server_hostname": f"{city.lower()}.voip.ms",
            "server_ip": carrier.source_address,
            "server_country": country,
            "server_pop": pop,
            "server_recommended": recommended,
        }
        for pop, (city, country, recommended) in SERVERS.items()
        if told.get("server_pop") in (None, pop)
    ]
    return said(servers=rows) if rows else said("invalid_serverpop")


def by_region(country: str, region: str) -> Callable[[VoipMsBase, Call], Answer]:
    """Give the method that lists a state's or province's numbers, and what each can do."""

    def answer(carrier: VoipMsBase, call: Call) -> Answer:
        told = asked(call, needs=(region,), takes=("ratecenter",))
        there = [one for one in carrier.for_sale(country=country) if one.region == told[region]]
        if not there:
            raise refused(f"invalid_{region}")
        return _offers(
            [
                {**_offer(one, region), "sms": int("sms" in one.features)}
                for one in there
                if told.get("ratecenter", one.rate_center).upper() == one.rate_center
            ]
        )

    return answer


def by_digits(country: str, region: str) -> Callable[[VoipMsBase, Call], Answer]:
    """Give the method that searches by digits; it keeps quiet about what a number can do."""

    def answer(carrier: VoipMsBase, call: Call) -> Answer:
        told = asked(call, needs=("type", "query"), takes=(region,))
        matches = _pattern(told)
        return _offers(
            [
                _offer(one, region)
                for one in carrier.for_sale(country=country)
                if told.get(region, one.region) == one.region and matches(stock.did_of(one))
            ]
        )

    return answer


def toll_free(_carrier: VoipMsBase, call: Call) -> Answer:
    """Search toll-free numbers, of which there are none here."""
    _pattern(asked(call, takes=("type", "query")))
    return said("no_did")


def _pattern(told: dict[str, str]) -> Callable[[str], bool]:
    kind, query = told.get("type", "contains"), told.get("query", "")
    if kind not in MATCHES:
        raise refused("invalid_type")
    if not re.fullmatch(r"\d*", query):
        raise refused("invalid_query")
    return lambda did: MATCHES[kind](did, query)


def _offers(rows: list[Record]) -> Answer:
    return said(dids=rows) if rows else said("no_did")


def _offer(article: Article, region: str) -> Record:
    return {
        "did": stock.did_of(article),
        "ratecenter": article.rate_center,
        region: article.region,
        f"{region}_description": article.region,
        "perminute_monthly": str(article.monthly),
        "perminute_minute": "0.0090",
        "perminute_setup": str(article.setup),
        "flat_monthly": str(article.monthly * stock.FLAT),
        "flat_minute": "0.0000",
        "flat_setup": str(article.setup),
    }


def buy(carrier: VoipMsBase, call: Call) -> Answer:
    """Buy one number: it is the account's when the call returns, which says no more than that."""
    told = asked(call, needs=REQUIRED, takes=ORDER)
    settings = _settings(carrier, call, told)
    number = f"+1{told['did']}"
    fault = carrier.world.faults.take(carrier.slug, "order", Place.ORDER)
    if fault and fault.kind is Kind.NO_FUNDS:
        raise refused("non_sufficient_funds")
    if fault:
        carrier.world.take(carrier.slug, number, by="")
    article = carrier.buyable(number)
    if article is None:
        is_sold = number in carrier.shelf.articles
        raise refused("did_in_use" if is_sold else "invalid_did")
    price = article.setup + article.monthly * (1 if told["billing_type"] == "1" else stock.FLAT)
    if price > carrier.world.balance(call.account):
        raise refused("non_sufficient_funds")
    if is_test(told):
        return said()
    carrier.world.charge(call.account, price)
    carrier.world.take(carrier.slug, number, by=call.account.id)
    carrier.world.count_purchase(number)
    record: Record = {
        "_account": call.account.id,
        # A number in this list, and text in the searches.
        "did": int(told["did"]),
        "description": f"{article.rate_center}, {article.region}",
        "e911": "0",
        "order_date": f"{carrier.world.now():%Y-%m-%d %H:%M:%S}",
        "next_billing": f"{carrier.world.now():%Y-%m-%d}",
        "sms_available": int("sms" in article.features),
        "sms_enabled": 0,
        **settings,
    }
    carrier.world.store.put(NUMBERS, told["did"], record)
    return said()


def buy_toll_free(_carrier: VoipMsBase, call: Call) -> Answer:
    """Buy a toll-free number, of which there are none here."""
    asked(call, needs=REQUIRED[:-1], takes=ORDER)
    raise refused("invalid_did")


def listing(carrier: VoipMsBase, call: Call) -> Answer:
    """List the account's numbers, all at once; to have none is a word of its own."""
    told = asked(call, takes=("did", "client"))
    if not re.fullmatch(r"(\d{10})?", told.get("did", "")):
        raise refused("invalid_did")
    rows = [
        {name: value for name, value in record.items() if not name.startswith("_")}
        for did, record in carrier.world.store.table(NUMBERS).items()
        if record["_account"] == call.account.id and told.get("did") in (None, did)
    ]
    return _offers(rows)


def route(carrier: VoipMsBase, call: Call) -> Answer:
    """Send a number's calls elsewhere, and leave its failovers as they are."""
    told = asked(call, needs=("did", "routing"))
    record = owned(carrier, call, told["did"])
    _check_routing(carrier, call, told["routing"])
    carrier.world.store.put(NUMBERS, told["did"], {**record, "routing": told["routing"]})
    return said()


def update(carrier: VoipMsBase, call: Call) -> Answer:
    """
    Change all of a number's settings at once, so what is left out is emptied.

    The documents leave that open; it is the reading that costs most if it is overlooked.
    """
    told = asked(call, needs=REQUIRED, takes=INFO)
    record = owned(carrier, call, told["did"])
    settings = _settings(carrier, call, told)
    carrier.world.store.put(NUMBERS, told["did"], {**record, **settings})
    return said()


def cancel(carrier: VoipMsBase, call: Call) -> Answer:
    """Give a number back: it is on sale again at once, and nothing is paid back."""
    told = asked(call, needs=("did",), takes=("cancelcomment", "portout", "test"))
    owned(carrier, call, told["did"])
    if not is_test(told):
        carrier.world.store.remove(NUMBERS, told["did"])
        carrier.world.give_back(carrier.slug, f"+1{told['did']}")
    return said()


def owned(carrier: VoipMsBase, call: Call, did: str) -> Record:
    """
    Find a number of the account.

    :raises Refusal: if it has none of these digits
    """
    record = carrier.world.store.get(NUMBERS, did)
    if record is None or record["_account"] != call.account.id:
        raise refused("invalid_did")
    return record


def _settings(carrier: VoipMsBase, call: Call, told: dict[str, str]) -> Record:
    for name in ("routing", *FAILOVERS):
        _check_routing(carrier, call, told.get(name) or "none:")
    if told["pop"] not in SERVERS:
        raise refused("invalid_serverpop")
    if not re.fullmatch(r"\d{1,3}", told["dialtime"]):
        raise refused("invalid_dialtime")
    if told["cnam"] not in ("0", "1"):
        raise refused("invalid_cnam")
    if told["billing_type"] not in ("1", "2"):
        raise refused("invalid_billingtype")
    failovers = {name: told.get(name) or "none:" for name in FAILOVERS}
    others = {name: told[name] for name in REQUIRED[1:]}
    texts = {name: told.get(name, "") for name in ("voicemail", "callerid_prefix", "note")}
    return {**others, **failovers, **texts}


def _check_routing(carrier: VoipMsBase, call: Call, routing: str) -> None:
    header, colon, id_ = routing.partition(":")
    if header == "sip" and colon:
        uris.owned(carrier, call, id_)
    elif header == "account" and colon:
        accounts.require(carrier, call, id_)
    elif header not in HEADERS or not colon:
        raise refused("invalid_routing_header")


Method = Callable[[VoipMsBase, Call], Answer]
METHODS: dict[str, tuple[str, Method]] = {
    "getServersInfo": ("prices", servers),
    "getDIDsUSA": ("search", by_region("US", "state")),
    "getDIDsCAN": ("search", by_region("CA", "province")),
    "searchDIDsUSA": ("search", by_digits("US", "state")),
    "searchDIDsCAN": ("search", by_digits("CA", "province")),
    "searchTollFreeUSA": ("search", toll_free),
    "searchTollFreeCanUS": ("search", toll_free),
    "orderDID": ("order", buy),
    "orderTollFree": ("order", buy_toll_free),
    "getDIDsInfo": ("list", listing),
    "setDIDRouting": ("bind", route),
    "setDIDInfo": ("bind", update),
    "cancelDID": ("release", cancel),
    "setSIPURI": ("trunk", uris.store),
    "getSIPURIs": ("trunk", uris.listing),
}
"""What each method is counted and disturbed as, and who answers it."""
