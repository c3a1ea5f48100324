"""The 911 methods: a number has one location that is provisioned, or none."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from sandbox import places
from sandbox.store import Record
from sandbox.voip_innovations import soap
from sandbox.voip_innovations.base import VoipInnovationsBase
from sandbox.voip_innovations.numbers import TABLE, owned
from sandbox.wire import Answer, Call
from trunks.xml import Content

FIRST = 17_696_872
PARTS = ("address1", "address2", "city", "state", "zip", "plusFour", "callerName")
UPDATED = ("100", "Location status updated")


def validate(_carrier: VoipInnovationsBase, call: Call) -> Answer:
    """Say by the code alone whether an address is found."""
    found = _is_found(_read(soap.asked(call.request)))
    return _answer("validate911", code=soap.SUCCESS if found else soap.NO_RECORDS)


def insert(carrier: VoipInnovationsBase, call: Call) -> Answer:
    """Give a number a location; one that nobody finds leaves it without any."""
    return _put(carrier, call, "insert911")


def update(carrier: VoipInnovationsBase, call: Call) -> Answer:
    """Give a number that has a location another one."""
    _, row = owned(carrier, call, "update911", asked_as="did")
    if row.get("location") is None:
        raise soap.refused("update911", soap.NO_LOCATION)
    return _put(carrier, call, "update911")


def query(carrier: VoipInnovationsBase, call: Call) -> Answer:
    """Show the location that a number has, as the carrier and its supplier keep it."""
    tn, row = owned(carrier, call, "query911", asked_as="did")
    there = row.get("location")
    if there is None:
        return _answer("query911", code=soap.NO_RECORDS)
    status: list[tuple[str, Content]] = [
        ("statusCode", "PROVISIONED"),
        ("statusDescription", "Location is currently provisioned for URI"),
    ]
    own: Content = [
        ("locationId", there["id"]),
        ("tn", tn),
        # It pads names.
        ("callerName", f"{there['callerName']}  "),
        *_place(there),
        ("zipCode", "-".join(filter(None, (there["zip"], there["plusFour"] or "0000")))),
        *status,
    ]
    suppliers: Content = [
        ("locationId", there["id"]),
        *_place(there),
        ("zipCode", there["zip"]),
        ("plusFour", there["plusFour"] or "0000"),
        ("callerName", there["callerName"]),
        *status,
        ("activatedTime", soap.NEVER),
        ("updateTime", soap.NEVER),
    ]
    return _answer("query911", own=[("DID911", own)], suppliers=[("VILocation", suppliers)])


def remove(carrier: VoipInnovationsBase, call: Call) -> Answer:
    """Take a number's location off it."""
    tn, row = owned(carrier, call, "remove911", asked_as="did")
    if row.get("location") is None:
        return _answer("remove911", said=("205200", "Zero records deleted/archived"))
    carrier.world.store.put(TABLE, tn, row | {"location": None})
    return _answer("remove911", said=("100", f"1 record was successfully archived for DID {tn}"))


def _put(carrier: VoipInnovationsBase, call: Call, method: str) -> Answer:
    tn, row = owned(carrier, call, method, asked_as="did")
    told = _read(soap.asked(call.request))
    if not _is_found(told):
        carrier.world.store.put(TABLE, tn, row | {"location": None})
        return _answer(method, said=("INVALID", "Unable to geocode address"))
    count = sum("location" in other for other in carrier.world.store.table(TABLE).values())
    there = {**told, "id": str(FIRST + count)}
    carrier.world.store.put(TABLE, tn, row | {"location": there})
    return _answer(method, said=UPDATED)


def _read(asked: Element) -> Record:
    return {name: asked.findtext(name) or "" for name in PARTS}


def _is_found(told: Record) -> bool:
    named = all(told[name] for name in ("address1", "city", "state", "zip"))
    found = places.judge(told["address1"], told["zip"], "US")
    return named and not found.trouble and not places.fails_later(told["address1"])


def _place(there: Record) -> list[tuple[str, Content]]:
    # Its geocoder writes capitals.
    told = [(name, there[name].upper()) for name in ("address1", "address2", "city", "state")]
    return [(name, text) for name, text in told if text]


def _answer(
    method: str,
    *,
    code: soap.Code = soap.SUCCESS,
    said: tuple[str, str] | None = None,
    own: Content = "",
    suppliers: Content = "",
) -> Answer:
    status: Content = [("code", said[0]), ("description", said[1])] if said else ""
    content: list[tuple[str, Content]] = [
        ("Statuses", [("Status911", status)] if said else ""),
        ("DID911s", own),
        ("VILocations", suppliers),
        ("Alerts", ""),
    ]
    return soap.answer(method, code, content)
