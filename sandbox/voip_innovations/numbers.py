"""The methods about numbers: searched, reserved, assigned, configured, released and audited."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

from sandbox.faults import Kind, Place
from sandbox.stock.shelf import Article
from sandbox.store import Record
from sandbox.voip_innovations import soap
from sandbox.voip_innovations.base import VoipInnovationsBase, groups_of
from sandbox.wire import Answer, Call
from trunks.xml import Content

TABLE = "voip_innovations.numbers"
HOLDS = "voip_innovations.holds"
SECONDS = 30 * 60
OK, NONE = 100, ""
ON = "1"
"""How a flag is said; answers tell it in a word."""
PLACES: dict[str, Callable[[Article], str]] = {
    "state": lambda article: article.region,
    "rateCenter": lambda article: article.rate_center,
    "npa": lambda article: article.code,
}
TRAITS = {"t38": "fax", "sms": "sms"}
Said = tuple[int, str]


def search(carrier: VoipInnovationsBase, call: Call) -> Answer:
    """Give all that fits; at least one thing must be asked for."""
    body = soap.asked(call.request)
    wanted = {name: text for name in (*PLACES, "nxx", *TRAITS) if (text := body.findtext(name))}
    if not wanted:
        raise soap.refused("getDIDs", soap.NO_CRITERIA)
    found = [_locator(article) for article in _fitting(carrier, wanted)]
    listed: Content = [("DIDLocator", part) for part in found]
    return soap.answer("getDIDs", soap.SUCCESS, [("DIDLocators", listed)])


def query(carrier: VoipInnovationsBase, call: Call) -> Answer:
    """Say how one number stands; of one that is none, a record that stands for nothing."""
    tn = soap.asked(call.request).findtext("did") or ""
    row, hold = mine(carrier, call, tn), _hold(carrier, tn)
    if row is not None:
        did = _did(tn, (OK, "Number is assigned to you"), "Assigned", row=row)
    elif hold is not None and hold["account"] == call.account.id:
        did = _did(tn, (OK, "Number is reserved for you"), "Reserved", row=hold)
    elif f"+1{tn}" in carrier.world.taken(carrier.slug):
        did = _did(tn, (102235, "Number assigned to another company"), "Unavailable")
    elif hold is not None:
        did = _did(tn, (102230, "Number reserved for another company"), "Unavailable")
    elif f"+1{tn}" in carrier.shelf.articles:
        did = _did(tn, (OK, "Number currently Available"), "Available")
    else:
        did = _did("", (102420, "UNKNOWN"), "Unavailable")
    return _answer("queryDID", [did])


def audit(carrier: VoipInnovationsBase, call: Call) -> Answer:
    """List all numbers at once; where there are none, a record that stands for nothing."""
    rows = carrier.world.store.table(TABLE).items()
    dids = [
        _did(tn, (OK, "Number is assigned to you"), "Assigned", row=row)
        for tn, row in rows
        if row["account"] == call.account.id
    ]
    return _answer("auditDIDs", dids or [_did("", (101200, "UNKNOWN"), "Unavailable")])


def reserve(carrier: VoipInnovationsBase, call: Call) -> Answer:
    """Keep numbers for half an hour."""

    def one(tn: str, param: Element) -> Content:
        hold = _hold(carrier, tn)
        trouble = _trouble(carrier, call, tn, hold, 103)
        if hold is not None and hold["account"] == call.account.id:
            trouble = (103220, "Number already reserved for you")
        if trouble:
            return _did(tn, trouble, NONE, row=hold)
        row: Record = {
            "account": call.account.id,
            "group": "0",
            "reference": param.findtext("refId") or "",
            "until": carrier.world.clock() + SECONDS,
        }
        carrier.world.store.put(HOLDS, tn, row)
        return _did(tn, (OK, "Reserved for 30 minutes -- Will be Tier 1"), NONE, row=row)

    return _each("reserveDID", call, one)


def assign(carrier: VoipInnovationsBase, call: Call) -> Answer:
    """Sell numbers at once, each for itself; its answer does not name the group."""
    params = _params(call)
    for param in params:
        _require_group("assignDID", call, param)
    fault = carrier.world.faults.take(carrier.slug, "order", Place.ORDER)
    if fault and fault.kind is Kind.NO_FUNDS:
        raise soap.refused("assignDID", soap.NO_FUNDS)
    for param in params if fault else ():
        number = f"+1{param.findtext('tn')}"
        if carrier.buyable(number):
            carrier.world.take(carrier.slug, number, by="")

    def one(tn: str, param: Element) -> Content:
        trouble = _trouble(carrier, call, tn, _hold(carrier, tn), 104)
        if trouble:
            return _did(tn, trouble, NONE)
        return _sold(carrier, call, tn, param)

    return _each("assignDID", call, one)


def _sold(carrier: VoipInnovationsBase, call: Call, tn: str, param: Element) -> Content:
    article = carrier.shelf.articles[f"+1{tn}"]
    if article.monthly > carrier.world.balance(call.account):
        raise soap.refused("assignDID", soap.NO_FUNDS)
    carrier.world.charge(call.account, article.monthly)
    carrier.world.take(carrier.slug, article.number, by=call.account.id)
    carrier.world.count_purchase(article.number)
    carrier.world.store.remove(HOLDS, tn)
    row: Record = {
        "account": call.account.id,
        "group": param.findtext("epg") or "0",
        "reference": param.findtext("refId") or "",
        "cnam": param.findtext("cnam") == ON,
    }
    carrier.world.store.put(TABLE, tn, row)
    return _did(tn, (OK, "Number is assigned to you"), NONE, row=row | {"group": "0"})


def config(carrier: VoipInnovationsBase, call: Call) -> Answer:
    """Change group, reference and inbound CNAM; what is not told is emptied, and none is shown."""
    for param in _params(call):
        _require_group("configDID", call, param)

    def one(tn: str, param: Element) -> Content:
        row = mine(carrier, call, tn)
        if row is None:
            return _did(tn, (105221, "Number is not currently assigned to you"), NONE)
        changed = {
            "group": param.findtext("epg") or "0",
            "reference": param.findtext("refId") or "",
            "cnam": param.findtext("cnam") == ON,
        }
        carrier.world.store.put(TABLE, tn, row | changed)
        return _did(tn, (OK, "Success"), NONE, row=row | changed | {"group": "0", "cnam": False})

    return _each("configDID", call, one)


def release(carrier: VoipInnovationsBase, call: Call) -> Answer:
    """Give numbers back; of one that is nobody's the answer is the same."""

    def one(tn: str, _param: Element) -> Content:
        row = mine(carrier, call, tn)
        number = f"+1{tn}"
        if row is None and number in carrier.world.taken(carrier.slug):
            return _did(tn, (106235, "Number is currently assigned to another company"), NONE)
        if number not in carrier.shelf.articles:
            return _did(tn, (106420, "Could not find number"), NONE)
        if row is not None:
            carrier.world.store.remove(TABLE, tn)
            carrier.world.give_back(carrier.slug, number)
        return _did(tn, (106231, "Number currently available"), NONE)

    return _each("releaseDID", call, one)


def _each(method: str, call: Call, one: Callable[[str, Element], Content]) -> Answer:
    return _answer(method, [one(param.findtext("tn") or "", param) for param in _params(call)])


def _params(call: Call) -> list[Element]:
    return list(soap.asked(call.request).iterfind("didParams/DIDParam"))


def _require_group(method: str, call: Call, param: Element) -> None:
    if param.findtext("epg") not in groups_of(call.account):
        raise soap.refused(method, soap.BAD_GROUP)


def _trouble(
    carrier: VoipInnovationsBase, call: Call, tn: str, hold: Record | None, method: int
) -> Said | None:
    code = method * 1000
    if mine(carrier, call, tn) is not None:
        return code + 225, "Number is already assigned to you"
    if f"+1{tn}" in carrier.world.taken(carrier.slug):
        return code + 235, "Number is already assigned to another company"
    if hold is not None and hold["account"] != call.account.id:
        return code + 230, "Number is already reserved for another company"
    if f"+1{tn}" not in carrier.shelf.articles:
        return code + 420, "Could not find number"
    return None


def mine(carrier: VoipInnovationsBase, call: Call, tn: str) -> Record | None:
    """Find a number of the account."""
    row = carrier.world.store.get(TABLE, tn)
    return row if row is not None and row["account"] == call.account.id else None


def owned(
    carrier: VoipInnovationsBase, call: Call, method: str, *, asked_as: str
) -> tuple[str, Record]:
    """
    Find the account's number that a method asks about.

    :param asked_as: the element that names it
    :raises Refusal: if it is none
    """
    tn = soap.asked(call.request).findtext(asked_as) or ""
    row = mine(carrier, call, tn)
    if row is None:
        raise soap.refused(method, soap.NOT_YOURS)
    return tn, row


def _hold(carrier: VoipInnovationsBase, tn: str) -> Record | None:
    row = carrier.world.store.get(HOLDS, tn)
    return row if row is not None and row["until"] > carrier.world.clock() else None


def _fitting(carrier: VoipInnovationsBase, wanted: dict[str, str]) -> Iterator[Article]:
    for article in carrier.for_sale(code=wanted.get("npa", "")):
        if (
            all(read(article) == wanted[name] for name, read in PLACES.items() if name in wanted)
            and wanted.get("nxx", "555") == article.national[3:6]
            and all(
                (feature in article.features) == (wanted[name] == "true")
                for name, feature in TRAITS.items()
                if name in wanted
            )
            and _hold(carrier, article.national) is None
        ):
            yield article


def _locator(article: Article) -> Content:
    return [
        ("tn", article.national),
        ("rateCenter", article.rate_center),
        ("state", article.region),
        ("tier", "1"),
        ("lataId", "358"),
        ("outboundCNAM", "true"),
        ("t38", _flag("fax" in article.features)),
        ("sms", _flag("sms" in article.features)),
    ]


def _answer(method: str, dids: list[Content]) -> Answer:
    listed: Content = [("DID", did) for did in dids]
    rest: list[tuple[str, Content]] = [("DIDLocators", ""), ("DIDCounts", "")]
    return soap.answer(method, soap.SUCCESS, [("DIDs", listed), *rest])


def _did(tn: str, said: Said, availability: str, *, row: Record | None = None) -> Content:
    told = row or {}
    name = told.get("name", "")
    until = told.get("until")
    # No zone is told; it is that of UTC here.
    expires = datetime.fromtimestamp(until, UTC).strftime("%Y-%m-%dT%H:%M:%S") if until else ""
    return [
        ("tn", tn),
        ("availability", availability),
        ("rewrite", ""),
        ("status", said[1]),
        ("statusCode", str(said[0])),
        ("tier", "1" if row else "-99999"),
        ("refId", told.get("reference", "")),
        ("cnamName", name),
        ("endpointId", told.get("group", "0")),
        ("expireDate", expires or soap.NEVER),
        ("has411", "false"),
        ("has911", _flag(bool(told.get("location")))),
        ("cnam", _flag(bool(told.get("cnam")))),
        ("cnamStorageActive", _flag(bool(name))),
        ("cnamStorageAvailability", _flag("cnam" in told)),
        ("t38", "false"),
    ]


def _flag(value: bool) -> str:
    return "true" if value else "false"
