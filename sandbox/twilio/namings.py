"""
What Trust Hub's products consist of that list names, and the numbers that have them.

A product is reviewed before the next request: one whose name is that of a city or an authority is
refused. A number is the profile's before it is a product's, and in one product of names at most.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sandbox.store import Record
from sandbox.twilio import errors, parameters
from sandbox.twilio.base import TwilioBase, new_sid, shown
from sandbox.wire import Answer, Call, as_json

POLICY = "RNf3db3cd1fe25fcfd3c3ded065c8fea53"
PROFILES, NUMBERS = "twilio.profiles", "twilio.numbers"
PEOPLE, ITEMS, LINKS = "twilio.trust_people", "twilio.trust_items", "twilio.trust_links"
GENERIC = frozenset({"CHICAGO", "POLICE", "NEW YORK"})
LONGEST = 15
LINK: dict[str, Any] = {"ChannelEndpointType": ("phone-number",), "ChannelEndpointSid": "PN"}
LIST_LINKS: dict[str, Any] = {**parameters.PAGE, "ChannelEndpointSid": "PN"}


Row = tuple[str, str, str, Callable[[TwilioBase, Call], Answer]]


def rows(root: str) -> tuple[Row, ...]:
    """List the paths of what products consist of."""
    people, one = f"{root}/EndUsers", f"{root}/TrustProducts/{{bundle}}"
    items = f"{one}/EntityAssignments"
    return (
        ("POST", people, "papers", add_person),
        ("GET", people, "papers", list_people),
        ("POST", items, "papers", add_item),
        ("GET", items, "papers", list_items),
        ("DELETE", f"{items}/{{sid}}", "papers", remove_item),
        ("POST", f"{one}/Evaluations", "papers", evaluate),
    )


def endpoints(links: str) -> tuple[Row, ...]:
    """List the paths of the numbers of a profile or product."""
    return (
        ("POST", links, "caller_name", link),
        ("GET", links, "standing", list_links),
        ("DELETE", f"{links}/{{sid}}", "caller_name", unlink),
    )


def add_person(carrier: TwilioBase, call: Call) -> Answer:
    """Keep a name as it is to be shown."""
    shape = {"FriendlyName": str, "Type": ("cnam_information",), "Attributes": str}
    asked = parameters.form(call.request, shape, required=tuple(shape))
    told = json.loads(asked["Attributes"])
    if set(told) != {"cnam_display_name"}:
        raise errors.invalid("Attributes has cnam_display_name")
    record = {"friendly_name": asked["FriendlyName"], "type": asked["Type"], "attributes": told}
    return _kept(carrier, call, PEOPLE, "IT", record)


def list_people(carrier: TwilioBase, call: Call) -> Answer:
    """List the names of the account; the list takes no filter."""
    return parameters.paged_by_meta(call.request, "results", _rows(carrier, call, PEOPLE))


def add_item(carrier: TwilioBase, call: Call) -> Answer:
    """Assign a name or a profile to an open product, once."""
    bundle = _open(carrier, call)
    asked = parameters.form(call.request, {"ObjectSid": str}, required=("ObjectSid",))
    sid = asked["ObjectSid"]
    there = carrier.world.store.get(PEOPLE if sid.startswith("IT") else PROFILES, sid)
    if there is None or there["account_sid"] != call.account.id:
        raise errors.not_found(f"/{sid}")
    if sid in _objects(carrier, bundle["sid"]):
        raise errors.refused(22213, "The item is assigned already")
    told = {"trust_product_sid": bundle["sid"], "object_sid": sid}
    return _kept(carrier, call, ITEMS, "BV", told)


def list_items(carrier: TwilioBase, call: Call) -> Answer:
    """List what is assigned to a product."""
    bundle = _bundle(carrier, call)
    rows = _rows(carrier, call, ITEMS, trust_product_sid=bundle["sid"])
    return parameters.paged_by_meta(call.request, "results", rows)


def remove_item(carrier: TwilioBase, call: Call) -> Answer:
    """Take something out of an open product."""
    _open(carrier, call)
    return _removed(carrier, call, ITEMS)


def evaluate(carrier: TwilioBase, call: Call) -> Answer:
    """Hold a product against its policy: a name that can be shown, and an approved profile."""
    bundle = _bundle(carrier, call)
    parameters.form(call.request, {"PolicySid": "RN"}, required=("PolicySid",))
    name, profile = _parts(carrier, bundle)
    minds: Record = {
        "customer_profile": "" if profile == "twilio-approved" else "The profile is not approved.",
        "cnam_information": _minded(name),
    }
    results: list[Record] = [
        {"object_type": kind, "passed": not words, "failure_reason": words or None, "invalid": []}
        for kind, words in minds.items()
    ]
    told = {
        "trust_product_sid": bundle["sid"],
        "policy_sid": bundle["policy_sid"],
        "status": "noncompliant" if any(minds.values()) else "compliant",
        "results": results,
    }
    return _kept(carrier, call, "twilio.trust_evaluations", "EL", told)


def link(carrier: TwilioBase, call: Call) -> Answer:
    """Have a number belong to a profile, or to one product of its profile's names."""
    bundle = _bundle(carrier, call)
    asked = parameters.form(call.request, LINK, required=tuple(LINK))
    sid = asked["ChannelEndpointSid"]
    number = carrier.world.store.get(NUMBERS, sid)
    if number is None or number["account_sid"] != call.account.id:
        raise errors.not_found(f"/{sid}")
    if bundle["status"] != "twilio-approved":
        raise errors.refused(22220, "The bundle is not an approved one")
    there = [row[_key(row)] for row in _rows(carrier, call, LINKS, channel_endpoint_sid=sid)]
    kinds = {carrier.world.store.table(PROFILES)[one]["_kind"] for one in there}
    if bundle["_kind"] in kinds:
        raise errors.refused(22221, "The phone number is assigned already")
    if bundle["_kind"] == "TrustProducts" and not set(there) & _objects(carrier, bundle["sid"]):
        raise errors.refused(22222, "The phone number is not one of the customer profile")
    told = {
        _field(bundle): bundle["sid"],
        "channel_endpoint_type": asked["ChannelEndpointType"],
        "channel_endpoint_sid": sid,
    }
    return _kept(carrier, call, LINKS, "RA", told)


def list_links(carrier: TwilioBase, call: Call) -> Answer:
    """List the numbers of a profile or product."""
    bundle = _bundle(carrier, call)
    asked = parameters.query(call.request, LIST_LINKS)
    wanted = {_field(bundle): bundle["sid"]}
    if sid := asked.get("ChannelEndpointSid"):
        wanted["channel_endpoint_sid"] = sid
    rows = _rows(carrier, call, LINKS, **wanted)
    return parameters.paged_by_meta(call.request, "results", rows, LIST_LINKS)


def unlink(carrier: TwilioBase, call: Call) -> Answer:
    """Take a number out of a profile or product."""
    _bundle(carrier, call)
    return _removed(carrier, call, LINKS)


def settle(carrier: TwilioBase) -> None:
    """Review the products that were handed in."""
    for bundle in list(carrier.world.store.table(PROFILES).values()):
        if bundle["status"] == "pending-review":
            name, _ = _parts(carrier, bundle)
            words = "The name is not the one of a business." if name in GENERIC else ""
            fresh = {
                "status": "twilio-rejected" if words else "twilio-approved",
                "errors": [{"code": 22225, "message": words}] if words else None,
            }
            carrier.world.store.put(PROFILES, bundle["sid"], bundle | fresh)


def _parts(carrier: TwilioBase, bundle: Record) -> tuple[str, str]:
    """Give the name that a product lists, and how its profile stands; empty where it has none."""
    name = status = ""
    for sid in _objects(carrier, bundle["sid"]):
        if sid.startswith("IT"):
            name = carrier.world.store.table(PEOPLE)[sid]["attributes"]["cnam_display_name"]
        else:
            status = carrier.world.store.table(PROFILES)[sid]["status"]
    return name, status


def _minded(name: str) -> str:
    if name and name[0].isalpha() and len(name) <= LONGEST:
        return ""
    return f"cnam_display_name must begin with a letter and have at most {LONGEST} characters."


def _objects(carrier: TwilioBase, bundle: str) -> set[str]:
    rows = carrier.world.store.table(ITEMS).values()
    return {row["object_sid"] for row in rows if row["trust_product_sid"] == bundle}


def _field(bundle: Record) -> str:
    is_product = bundle["_kind"] == "TrustProducts"
    return "trust_product_sid" if is_product else "customer_profile_sid"


def _key(row: Record) -> str:
    return next(name for name in ("trust_product_sid", "customer_profile_sid") if name in row)


def _bundle(carrier: TwilioBase, call: Call) -> Record:
    bundle = carrier.world.store.get(PROFILES, call.parts["bundle"])
    if bundle is None or bundle["account_sid"] != call.account.id:
        raise errors.not_found(call.request.path)
    return bundle


def _open(carrier: TwilioBase, call: Call) -> Record:
    bundle = _bundle(carrier, call)
    if bundle["status"] not in ("draft", "twilio-rejected"):
        raise errors.refused(22215, "The bundle cannot be changed")
    return bundle


def _rows(carrier: TwilioBase, call: Call, table: str, **wanted: str) -> list[Record]:
    return [
        shown(row)
        for row in carrier.world.store.table(table).values()
        if row["account_sid"] == call.account.id
        and all(row.get(name) == value for name, value in wanted.items())
    ]


def _removed(carrier: TwilioBase, call: Call, table: str) -> Answer:
    row = carrier.world.store.get(table, call.parts["sid"])
    if row is None or row["account_sid"] != call.account.id:
        raise errors.not_found(call.request.path)
    carrier.world.store.remove(table, row["sid"])
    return Answer(204)


def _kept(carrier: TwilioBase, call: Call, table: str, letters: str, told: Record) -> Answer:
    sid = new_sid(letters)
    record: Record = {
        "sid": sid,
        "account_sid": call.account.id,
        **told,
        "date_created": carrier.stamp_iso(),
        "url": f"{call.request.base}{call.request.path}/{sid}",
    }
    carrier.world.store.put(table, sid, record)
    return as_json(record, status=201)
