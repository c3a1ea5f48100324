"""
Emergency calling: reviews of addresses, and the services that they make for numbers.

A validation minds an address that nobody finds; a review rejects a street with the word Failing and
approves everything else, whereupon the service is set up, and active a moment later.
"""

from __future__ import annotations

import uuid
from typing import Any

from sandbox import places
from sandbox.didww import dids, emergency_rules, events, regulation, stock
from sandbox.didww.base import (
    DidwwBase,
    Row,
    body_of,
    error,
    filters,
    invalid,
    linked_to,
    many,
    not_found,
    said,
)
from sandbox.didww.base import one as shown
from sandbox.didww.emergency_rules import RULES
from sandbox.store import Record
from sandbox.wire import Answer, Call, Refusal

CHECKS = "emergency_requirement_validations"
REVIEWS, SERVICES = "emergency_verifications", "emergency_calling_services"
TEXTS = frozenset({"external_reference_id", "callback_url", "callback_method"})
OPEN = ("new", "changes_required", "active")
"""Services whose address may be replaced."""
CANCELABLE = (*OPEN, "pending_update")


def requirements(carrier: DidwwBase, call: Call) -> Answer:
    """List what countries ask for."""
    given = filters(call, ("id", "country.id", "did_group_type.id"))
    found = [row for row in emergency_rules.rows().values() if emergency_rules.fits(row, given)]
    return many(carrier, call, found, lambda row: row)


def validate(carrier: DidwwBase, call: Call) -> Answer:
    """Hold somebody at an address against what a country asks for."""
    data = body_of(call, CHECKS)
    rule = linked_to(data, "emergency_requirement")
    if rule is None or rule[1] not in emergency_rules.rows():
        raise invalid("emergency_requirement - can't be blank")
    address = _record(carrier, call, data, "address")
    identity = _record(carrier, call, data, "identity")
    if found := emergency_rules.problem(address, identity):
        raise invalid(found, "/data")
    made = {"id": rule[1], "type": CHECKS, "attributes": {}}
    return said({"data": made}, 201)


def create(carrier: DidwwBase, call: Call) -> Answer:
    """Have an address looked at, for numbers without a service or for one that is there."""
    data = body_of(call, REVIEWS)
    told = data.get("attributes") or {}
    if unknown := sorted(set(told) - TEXTS):
        raise invalid(f"{unknown[0]} is not allowed", f"/data/attributes/{unknown[0]}")
    callback = events.callback_of(told)
    address = _record(carrier, call, data, "address")
    identity = regulation.owned(carrier, call, *address["identity"].split("/", 1))
    if found := emergency_rules.problem(address, identity):
        raise invalid(found)
    service = _service_for(carrier, call, data)
    record: Record = {
        "id": str(uuid.uuid4()),
        "account": call.account.id,
        "reference": f"EVR-{uuid.uuid4().int % 1_000_000:06}",
        "status": "pending",
        "created_at": carrier.world.now().isoformat(),
        "external_reference_id": told.get("external_reference_id"),
        "address": address["id"],
        "service": service["id"],
        "refused": places.fails_later(str(address["attributes"]["address"])),
        "due": carrier.world.clock() + carrier.order_seconds,
        **callback,
    }
    status = "pending_update" if service["status"] == "active" else "new"
    service |= {"review": record["id"], "status": status}
    carrier.world.store.put(f"didww.{SERVICES}", service["id"], service)
    carrier.world.store.put(f"didww.{REVIEWS}", record["id"], record)
    if record["callback_url"]:
        events.schedule(carrier, carrier.order_seconds, f"didww.{REVIEWS}", record["id"])
    return shown(carrier, call, review(carrier, record), 201)


def reviews(carrier: DidwwBase, call: Call) -> Answer:
    """List the reviews of an account."""
    given = filters(call, ("status", "emergency_calling_service.id", "external_reference_id"))
    found = [
        record
        for record in regulation.of(carrier, call, REVIEWS)
        if given.get("status") in (None, record["status"])
        and given.get("emergency_calling_service.id") in (None, record["service"])
        and given.get("external_reference_id") in (None, record["external_reference_id"])
    ]
    return many(carrier, call, found, lambda record: review(carrier, record))


def retrieve(carrier: DidwwBase, call: Call) -> Answer:
    """Show one review or service."""
    kind = call.request.path.split("/")[3]
    record = regulation.owned(carrier, call, kind, call.parts["id"])
    return shown(carrier, call, (review if kind == REVIEWS else service)(carrier, record))


def services(carrier: DidwwBase, call: Call) -> Answer:
    """List the services of an account."""
    given = filters(call, ("status", "reference"))
    found = [
        record
        for record in regulation.of(carrier, call, SERVICES)
        if all(record[name] == text for name, text in given.items())
    ]
    return many(carrier, call, found, lambda record: service(carrier, record))


def cancel(carrier: DidwwBase, call: Call) -> Answer:
    """Cancel a service; not one that is being set up, or was canceled."""
    record = regulation.owned(carrier, call, SERVICES, call.parts["id"])
    if record["status"] not in CANCELABLE:
        raise invalid(f"It cannot be canceled while it is {record['status']}")
    moment = carrier.world.now().isoformat()
    for id_ in _numbers(carrier, record["id"]):
        dids.serve(carrier, id_, "", is_found=False)
    canceled = {**record, "status": "canceled", "canceled_at": moment}
    carrier.world.store.put(f"didww.{SERVICES}", record["id"], canceled)
    return Answer(204)


def settle(carrier: DidwwBase) -> None:
    """Decide what waits, and have what was set up be active."""
    for record in list(carrier.world.store.table(f"didww.{SERVICES}").values()):
        if record["status"] == "in_process":
            _activate(carrier, record)
    for record in list(carrier.world.store.table(f"didww.{REVIEWS}").values()):
        if record["status"] == "pending" and record["due"] <= carrier.world.clock():
            _decide(carrier, record)


def _decide(carrier: DidwwBase, record: Record) -> None:
    decided = {**record, "status": "rejected" if record["refused"] else "approved"}
    carrier.world.store.put(f"didww.{REVIEWS}", record["id"], decided)
    events.send(carrier, REVIEWS, decided)
    of = carrier.world.store.table(f"didww.{SERVICES}")[record["service"]]
    if of["review"] != record["id"] or of["status"] == "canceled":
        return
    if not record["refused"]:
        status = "active" if of["activated_at"] else "in_process"
    else:
        status = "active" if of["activated_at"] else "changes_required"
    carrier.world.store.put(f"didww.{SERVICES}", of["id"], {**of, "status": status})


def _activate(carrier: DidwwBase, record: Record) -> None:
    moment = carrier.world.now().isoformat()
    active = {**record, "status": "active", "activated_at": moment, "renew_date": moment}
    carrier.world.store.put(f"didww.{SERVICES}", record["id"], active)
    for id_ in _numbers(carrier, record["id"]):
        dids.serve(carrier, id_, record["id"], is_found=True)


def review(carrier: DidwwBase, record: Record) -> Row:
    """Show a review."""
    names = (
        *("reference", "status", "created_at", "external_reference_id"),
        *("callback_url", "callback_method"),
    )
    refused = record["status"] == "rejected"
    return Row(
        REVIEWS,
        record["id"],
        {
            **{name: record[name] for name in names},
            "reject_reasons": ["Address cannot be found"] if refused else [],
            "reject_comment": None,
        },
        {
            "address": (regulation.ADDRESSES, record["address"]),
            "emergency_calling_service": (SERVICES, record["service"]),
            "dids": [("dids", id_) for id_ in _numbers(carrier, record["service"])],
        },
    )


def service(carrier: DidwwBase, record: Record) -> Row:
    """Show a service."""
    names = ("name", "reference", "status", "activated_at", "canceled_at", "renew_date")
    country, kind = record["of"]
    return Row(
        SERVICES,
        record["id"],
        {**{name: record[name] for name in names}, "created_at": record["created_at"]},
        {
            "country": ("countries", stock.id_of("country", country)),
            "did_group_type": ("did_group_types", stock.id_of("type", kind)),
            "order": None,
            "emergency_requirement": (RULES, emergency_rules.rule_id(country, kind)),
            "emergency_verification": (REVIEWS, record["review"]),
            "dids": [("dids", id_) for id_ in _numbers(carrier, record["id"])],
        },
    )


def known(carrier: DidwwBase, kind: str, id_: str) -> Row | None:
    """Find what numbers and one another may be linked to."""
    if kind == RULES:
        return emergency_rules.rows().get(id_)
    record = carrier.world.store.get(f"didww.{kind}", id_)
    return None if record is None else (review if kind == REVIEWS else service)(carrier, record)


def _service_for(carrier: DidwwBase, call: Call, data: Any) -> Record:
    named = data.get("relationships") or {}
    if "emergency_calling_service" in named:
        _, id_ = linked_to(data, "emergency_calling_service") or ("", "")
        there = regulation.owned(carrier, call, SERVICES, id_)
        last = carrier.world.store.table(f"didww.{REVIEWS}")[there["review"]]
        if there["status"] not in OPEN or last["status"] == "pending" or "dids" in named:
            raise invalid(f"It cannot be changed while it is {there['status']}")
        return dict(there)
    ids = [str(one["id"]) for one in (named.get("dids") or {"data": []})["data"]]
    articles = [_served(carrier, call, id_) for id_ in ids]
    kinds = {(article.country, article.kind) for article in articles}
    if len(kinds) != 1:
        raise invalid("dids must be of one country and type", "/data/relationships/dids")
    record: Record = {
        "id": str(uuid.uuid4()),
        "account": call.account.id,
        "name": None,
        "reference": f"ECS-{uuid.uuid4().int % 1_000_000:06}",
        "status": "new",
        "of": list(*kinds),
        "created_at": carrier.world.now().isoformat(),
        **dict.fromkeys(("activated_at", "canceled_at", "renew_date")),
    }
    for id_ in ids:
        dids.serve(carrier, id_, record["id"], is_found=False)
    return record


def _served(carrier: DidwwBase, call: Call, id_: str) -> Any:
    """Find a number that may have a service, and has none."""
    record = carrier.world.store.get(dids.TABLE, id_)
    if record is None or record["account"] != call.account.id:
        raise not_found(id_)
    article = carrier.shelf.articles[f"+{record['attributes']['number']}"]
    if "emergency" not in stock.features(article):
        raise Refusal(error(422, "100", "dids must support emergency calling"))
    if record["emergency_calling_service"]:
        raise Refusal(error(422, "100", "dids have an emergency calling service"))
    return article


def _record(carrier: DidwwBase, call: Call, data: Any, name: str) -> Record:
    target = linked_to(data, name)
    if target is None:
        raise invalid(f"{name} - can't be blank", f"/data/relationships/{name}")
    return regulation.owned(carrier, call, *target)


def _numbers(carrier: DidwwBase, service_id: str) -> list[str]:
    table = carrier.world.store.table(dids.TABLE).values()
    return [one["id"] for one in table if one["emergency_calling_service"] == service_id]
