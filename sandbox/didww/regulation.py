"""
Regulation: rules, whoever is shown with an address and proofs, and the reviews of numbers.

A validation minds an answer that says REFUSE; a review rejects a file that does, and approves
everything else, whereupon its numbers are no longer blocked.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from sandbox.didww import dids, files, rules
from sandbox.didww.base import (
    DidwwBase,
    Link,
    Row,
    body_of,
    filters,
    invalid,
    linked_to,
    many,
    not_found,
    said,
)
from sandbox.didww.base import one as shown
from sandbox.store import Record
from sandbox.wire import Answer, Call

IDENTITIES, ADDRESSES, PROOFS = "identities", "addresses", "proofs"
DOCUMENTS, REVIEWS = "permanent_supporting_documents", "address_verifications"
TEXTS = {
    IDENTITIES: (
        *("first_name", "last_name", "phone_number", "id_number", "birth_date", "company_name"),
        *("company_reg_number", "vat_id", "description", "personal_tax_id", "identity_type"),
        *("external_reference_id", "contact_email"),
    ),
    ADDRESSES: ("city_name", "postal_code", "address", "description", "external_reference_id"),
    PROOFS: ("external_reference_id",),
    DOCUMENTS: ("external_reference_id",),
    REVIEWS: ("external_reference_id", "service_description", "callback_url", "callback_method"),
}
"""What each kind may be told."""
LINKS = {
    IDENTITIES: ("country", "birth_country"),
    ADDRESSES: ("identity", "country"),
    PROOFS: ("proof_type", "entity"),
    DOCUMENTS: ("template", "identity"),
    REVIEWS: ("address",),
}
"""What each kind is linked to, one of each."""
FILTERS = {
    IDENTITIES: ("description", "description_contains"),
    ADDRESSES: ("identity.id", "external_reference_id"),
    PROOFS: ("external_reference_id",),
    DOCUMENTS: ("external_reference_id",),
    REVIEWS: ("address.id", "external_reference_id", "status"),
}


def requirements(carrier: DidwwBase, call: Call) -> Answer:
    """List the rules."""
    given = filters(call, ("id", "country.id", "did_group_type.id"))
    found = [
        row
        for row in rules.rows().values()
        if row.kind == "address_requirements"
        and all(_linked(row, name) == given[name] for name in given)
    ]
    return many(carrier, call, found, lambda row: row)


def requirement(carrier: DidwwBase, call: Call) -> Answer:
    """Show one rule."""
    row = rules.rows().get(("address_requirements", call.parts["id"]))
    if row is None:
        raise not_found(call.parts["id"])
    return shown(carrier, call, row)


def create(carrier: DidwwBase, call: Call) -> Answer:
    """Make an identity, an address, a proof, a signed form or a review."""
    kind = _kind(call)
    data = body_of(call, kind)
    told = data.get("attributes") or {}
    if unknown := sorted(set(told) - set(TEXTS[kind])):
        raise invalid(f"{unknown[0]} is not allowed", f"/data/attributes/{unknown[0]}")
    record: Record = {
        "id": str(uuid.uuid4()),
        "account": call.account.id,
        "attributes": {
            **dict.fromkeys(TEXTS[kind]),
            **told,
            "created_at": carrier.world.now().isoformat(),
        },
        **{
            name: _text(_target(carrier, call, data, name))
            for name in LINKS[kind]
            if _names(data, name)
        },
    }
    MORE[kind](carrier, call, data, record)
    carrier.world.store.put(f"didww.{kind}", record["id"], record)
    return shown(carrier, call, row(carrier, kind, record), 201)


def listing(carrier: DidwwBase, call: Call) -> Answer:
    """List what an account has of a kind."""
    kind = _kind(call)
    given = filters(call, FILTERS[kind])
    found = [record for record in of(carrier, call, kind) if _fits(record, given)]
    return many(carrier, call, found, partial(row, carrier, kind))


def retrieve(carrier: DidwwBase, call: Call) -> Answer:
    """Show one thing."""
    kind = _kind(call)
    return shown(carrier, call, row(carrier, kind, owned(carrier, call, kind, call.parts["id"])))


def delete(carrier: DidwwBase, call: Call) -> Answer:
    """Delete something, with all that belongs to it; not what a registered number needs."""
    kind, id_ = _kind(call), call.parts["id"]
    owned(carrier, call, kind, id_)
    mine = [_text((kind, id_))]
    for other in (ADDRESSES, DOCUMENTS) if kind == IDENTITIES else ():
        records = of(carrier, call, other)
        mine += [_text((other, one["id"])) for one in records if one["identity"] in mine]
    if any(one["address"] in mine and one["approved"] for one in of(carrier, call, REVIEWS)):
        raise invalid("It is registered to numbers")
    proofs = of(carrier, call, PROOFS)
    mine += [_text((PROOFS, one["id"])) for one in proofs if one["entity"] in mine]
    for other, key in map(_target_of, mine):
        carrier.world.store.remove(f"didww.{other}", key)
    return Answer(204)


def validate(carrier: DidwwBase, call: Call) -> Answer:
    """Hold somebody against a rule."""
    data = body_of(call, "address_requirement_validations")
    identity = _target(carrier, call, data, "identity")
    address = _target(carrier, call, data, "address")
    if linked_to(data, "address_requirement") not in rules.rows():
        raise invalid("address_requirement - can't be blank")
    found = list(_problems(carrier, call, identity, address))
    if found:
        one = {"code": "100", "source": {"pointer": "/data"}, "status": "422"}
        return said({"errors": [{"title": why, "detail": why, **one} for why in found]}, 422)
    made = {"id": str(uuid.uuid4()), "type": "address_requirement_validations", "attributes": {}}
    return said({"data": made}, 201)


def settle(carrier: DidwwBase) -> None:
    """Look at what waits for a review whose time has come."""
    for record in list(carrier.world.store.table(f"didww.{REVIEWS}").values()):
        told = record["attributes"]
        if told["status"] != "pending" or record["due"] > carrier.world.clock():
            continue
        bad = rules.REFUSED_WORD in record["content"]
        said_ = {"status": "rejected", "reject_reasons": ["Proof of address cannot be read"]}
        said_ = said_ if bad else {"status": "approved"}
        changed = {**record, "attributes": {**told, **said_}, "approved": not bad}
        carrier.world.store.put(f"didww.{REVIEWS}", record["id"], changed)
        address = carrier.world.store.table(f"didww.{ADDRESSES}")[_target_of(record["address"])[1]]
        for id_ in record["dids"] if not bad else ():
            dids.register(carrier, id_, identity=_target_of(address["identity"])[1])


def row(carrier: DidwwBase, kind: str, record: Record) -> Row:
    """Show a thing of any kind."""
    links: dict[str, Link] = {
        name: _target_of(record[name]) if name in record else None for name in LINKS[kind]
    }
    own = (kind, record["id"])
    if kind in (IDENTITIES, ADDRESSES):
        links["proofs"] = _linking(carrier, PROOFS, "entity", own)
    if kind == IDENTITIES:
        links["addresses"] = _linking(carrier, ADDRESSES, "identity", own)
        links["permanent_documents"] = _linking(carrier, DOCUMENTS, "identity", own)
    if kind == REVIEWS:
        links["dids"] = [("dids", id_) for id_ in record["dids"]]
    return Row(kind, record["id"], record["attributes"], links)


def known(carrier: DidwwBase, call: Call, kind: str, id_: str) -> Row | None:
    """Find anything that is made here, or that rules are made of."""
    if kind not in TEXTS:
        return rules.rows().get((kind, id_))
    record = carrier.world.store.get(f"didww.{kind}", id_)
    return None if record is None else row(carrier, kind, record)


def _more_of_identity(carrier: DidwwBase, call: Call, data: Any, record: Record) -> None:
    told = record["attributes"]
    if told["identity_type"] not in ("personal", "business"):
        raise invalid("identity_type is not included in the list")
    told["verified"] = False


def _more_of_address(carrier: DidwwBase, call: Call, data: Any, record: Record) -> None:
    told = record["attributes"]
    if not all(told[name] for name in ("city_name", "postal_code", "address")):
        raise invalid("city_name, postal_code and address can't be blank")
    told["verified"] = False


def _more_of_proof(carrier: DidwwBase, call: Call, data: Any, record: Record) -> None:
    record["content"] = files.taken(carrier, call, _ids(data, "files"))
    record["attributes"] |= {"expires_at": None} if _kind(call) == PROOFS else {}


def _more_of_review(carrier: DidwwBase, call: Call, data: Any, record: Record) -> None:
    address = _target_of(record["address"])
    identity = _target_of(owned(carrier, call, *address)["identity"])
    if found := list(_problems(carrier, call, identity, address)):
        raise invalid(found[0])
    if not record["attributes"]["service_description"]:
        raise invalid("service_description - can't be blank")
    numbers, once = _ids(data, "dids"), _ids(data, "onetime_files")
    if not numbers or not once:
        raise invalid("dids and onetime_files can't be blank")
    for id_ in numbers:
        dids.waiting(carrier, call, id_)
        for other in of(carrier, call, REVIEWS):
            if id_ in other["dids"] and other["attributes"]["status"] == "pending":
                raise invalid("dids are being verified already")
    shown_ = [one["content"] for one in _proving(carrier, call, identity, address)]
    record |= {
        "dids": numbers,
        "content": "".join([files.taken(carrier, call, once), *shown_]),
        "due": carrier.world.clock() + carrier.order_seconds,
        "approved": False,
    }
    record["attributes"] |= {
        "status": "pending",
        "reject_reasons": None,
        "reject_comment": None,
        "reference": f"ODW-{uuid.uuid4().int % 1_000_000:06}",
    }


MORE: Mapping[str, Callable[[DidwwBase, Call, Any, Record], None]] = {
    IDENTITIES: _more_of_identity,
    ADDRESSES: _more_of_address,
    PROOFS: _more_of_proof,
    DOCUMENTS: _more_of_proof,
    REVIEWS: _more_of_review,
}


def _problems(
    carrier: DidwwBase, call: Call, identity: tuple[str, str], address: tuple[str, str]
) -> Iterator[str]:
    proven = {
        _target_of(one.get("proof_type") or one["template"])
        for one in _proving(carrier, call, identity, address)
    }
    who, where = (owned(carrier, call, *target)["attributes"] for target in (identity, address))
    return rules.problems(who, where, proven)


def _proving(
    carrier: DidwwBase, call: Call, identity: tuple[str, str], address: tuple[str, str]
) -> list[Record]:
    them = (_text(identity), _text(address))
    proofs = [one for one in of(carrier, call, PROOFS) if one["entity"] in them]
    return proofs + [one for one in of(carrier, call, DOCUMENTS) if one["identity"] in them]


def _linking(carrier: DidwwBase, kind: str, name: str, own: tuple[str, str]) -> Link:
    table = carrier.world.store.table(f"didww.{kind}").values()
    return [(kind, record["id"]) for record in table if record[name] == _text(own)]


def _target(carrier: DidwwBase, call: Call, data: Any, name: str) -> tuple[str, str]:
    target = linked_to(data, name)
    if target is None or carrier.row_of(call, *target) is None:
        raise invalid(f"{name} - can't be blank", f"/data/relationships/{name}")
    if target[0] in TEXTS:
        owned(carrier, call, *target)
    return target


def _names(data: Any, name: str) -> bool:
    # Only where somebody was born may be left out.
    return name != "birth_country" or name in (data.get("relationships") or {})


def _ids(data: Any, name: str) -> list[str]:
    told = (data.get("relationships") or {}).get(name) or {"data": []}
    return [str(one["id"]) for one in told["data"]]


def _fits(record: Record, given: Mapping[str, str]) -> bool:
    told = record["attributes"]
    for name, text in given.items():
        place, dot, _ = name.partition(".")
        if dot:
            if _target_of(record[place])[1] != text:
                return False
        elif name == "description_contains":
            if text not in str(told["description"]):
                return False
        elif told[name] != text:
            return False
    return True


def _linked(row: Row, name: str) -> str:
    target = row.links[name.removesuffix(".id")]
    return target[1] if isinstance(target, tuple) else ""


def _text(target: tuple[str, str]) -> str:
    return "/".join(target)


def _target_of(text: str) -> tuple[str, str]:
    kind, _, id_ = text.partition("/")
    return kind, id_


def _kind(call: Call) -> str:
    return call.request.path.split("/")[3]


def owned(carrier: DidwwBase, call: Call, kind: str, id_: str) -> Record:
    """
    Find something of the account.

    :raises Refusal: if it has none such
    """
    record = carrier.world.store.get(f"didww.{kind}", id_)
    if record is None or record["account"] != call.account.id:
        raise not_found(id_)
    return record


def of(carrier: DidwwBase, call: Call, kind: str) -> list[Record]:
    """List what an account has of a kind."""
    table = carrier.world.store.table(f"didww.{kind}").values()
    return [record for record in table if record["account"] == call.account.id]
