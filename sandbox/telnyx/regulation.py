"""
Documents: what is asked for, what is uploaded, and the groups that hold it together.

The real service takes an order without documents and lets it wait; here it is refused, which keeps
the sandbox's orders simple. A text that says REFUSE is declined, everything else is approved.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import uuid
from typing import Any

from sandbox.store import Record
from sandbox.telnyx import emergency, errors, parameters
from sandbox.telnyx.base import TelnyxBase, moment
from sandbox.wire import Answer, Call, as_json
from sandbox.world import Account

ASKING = {("GB", "toll_free")}
"""Countries and types of numbers that are not sold to everybody."""
PARTS = (
    ("6a09cdc3-8948-47f0-aa62-74ac943d6c01", "Proof of Address", "document"),
    ("6a09cdc3-8948-47f0-aa62-74ac943d6c02", "Company Name", "textual"),
    ("6a09cdc3-8948-47f0-aa62-74ac943d6c03", "End User Address", "address"),
)
DOCUMENTS = "telnyx.documents"
GROUPS = "telnyx.requirement_groups"
DUE = "_due"
REFUSED_WORD = "REFUSE"

ASKED: dict[str, Any] = {
    **parameters.PAGE,
    "filter[country_code]": str,
    "filter[phone_number_type]": ("local", "national", "toll_free"),
    "filter[action]": ("branded_calling", "ordering", "porting"),
}
OF_GROUPS: dict[str, Any] = {
    "filter[customer_reference]": str,
    "filter[country_code]": str,
    "filter[status]": str,
}
DOCUMENT: dict[str, Any] = {"file": str, "filename": str, "customer_reference": str}
VALUES: dict[str, Any] = {"regulatory_requirements": [dict], "customer_reference": str}
GROUP: dict[str, Any] = {
    **VALUES,
    "country_code": str,
    "phone_number_type": ("local", "toll_free", "mobile", "national", "shared_cost"),
    "action": ("ordering", "porting"),
}


def requirements(carrier: TelnyxBase, call: Call) -> Answer:
    """Say what is asked for, an entry for each country and type."""
    asked = parameters.query(call.request, ASKED)
    country, kind = asked.get("filter[country_code]"), asked.get("filter[phone_number_type]")
    rows = [
        _requirement(where, what)
        for where, what in sorted(ASKING)
        if country in (None, where) and kind in (None, what)
    ]
    return parameters.paged(rows, asked, size=20)


def list_documents(carrier: TelnyxBase, call: Call) -> Answer:
    """List documents, newest first."""
    return _listing(carrier, call, DOCUMENTS, "filter[customer_reference][eq]")


def upload(carrier: TelnyxBase, call: Call) -> Answer:
    """Take a file in base 64."""
    asked = parameters.body(call.request, DOCUMENT)
    try:
        content = base64.b64decode(asked.get("file", ""), validate=True)
    except binascii.Error:
        content = b""
    if not content:
        raise errors.unprocessable("The file cannot be read.", pointer="/file")
    document = _made(carrier, call, "document") | {
        "filename": asked.get("filename", ""),
        "customer_reference": asked.get("customer_reference", ""),
        "content_type": "application/pdf",
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": {"amount": len(content), "unit": "bytes"},
        "status": "pending",
        "av_scan_status": "scanned",
    }
    carrier.world.store.put(DOCUMENTS, document["id"], document)
    return as_json({"data": parameters.shown(document)})


def list_groups(carrier: TelnyxBase, call: Call) -> Answer:
    """List groups, all at once and unwrapped."""
    asked = parameters.query(call.request, OF_GROUPS)
    rows = [
        parameters.shown(group)
        for group in _mine(carrier, call.account, GROUPS)
        if all(
            group[name.removeprefix("filter[").removesuffix("]")] == value
            for name, value in asked.items()
        )
    ]
    return as_json(rows)


def create(carrier: TelnyxBase, call: Call) -> Answer:
    """Make a group."""
    asked = parameters.body(call.request, GROUP)
    for name in ("country_code", "phone_number_type", "action"):
        if name not in asked:
            raise errors.unprocessable(f"{name} is missing.", pointer=f"/{name}")
    group = _made(carrier, call, "requirement_group") | {
        "customer_reference": "",
        **asked,
        "status": "unapproved",
        DUE: 0.0,
    }
    group["regulatory_requirements"] = _values(carrier, asked.get("regulatory_requirements", []))
    carrier.world.store.put(GROUPS, group["id"], group)
    return as_json(parameters.shown(group))


def update(carrier: TelnyxBase, call: Call) -> Answer:
    """Change what a group holds, unless somebody is looking at it."""
    group = _owned(carrier, call)
    asked = parameters.body(call.request, VALUES)
    if group["status"] in {"pending-approval", "approved"}:
        raise errors.unprocessable("The group is not open.", pointer="/status")
    group["regulatory_requirements"] = _values(carrier, asked.get("regulatory_requirements", []))
    return _kept(carrier, group | {"status": "unapproved"})


def submit(carrier: TelnyxBase, call: Call) -> Answer:
    """Have a group decided."""
    group = _owned(carrier, call)
    held = {part["requirement_id"] for part in group["regulatory_requirements"]}
    if missing := [name for key, name, _ in PARTS if key not in held]:
        raise errors.unprocessable(f"{missing[0]} is missing.", pointer="/")
    if group["status"] != "unapproved":
        raise errors.unprocessable("The group is not open.", pointer="/status")
    due = carrier.world.clock() + carrier.order_seconds
    parts = [part | {"status": "pending-approval"} for part in group["regulatory_requirements"]]
    changed = {"status": "pending-approval", "regulatory_requirements": parts, DUE: due}
    return _kept(carrier, group | changed)


def delete(carrier: TelnyxBase, call: Call) -> Answer:
    """Drop a group."""
    group = _owned(carrier, call)
    carrier.world.store.remove(GROUPS, group["id"])
    return as_json(parameters.shown(group))


def settle(carrier: TelnyxBase) -> None:
    """Decide every group whose time has come."""
    for group in list(carrier.world.store.table(GROUPS).values()):
        if group["status"] == "pending-approval" and group[DUE] <= carrier.world.clock():
            parts = [
                part | {"status": "declined" if REFUSED_WORD in part["field_value"] else "approved"}
                for part in group["regulatory_requirements"]
            ]
            declined = any(part["status"] == "declined" for part in parts)
            status = "declined" if declined else "approved"
            changed = {"status": status, "regulatory_requirements": parts}
            carrier.world.store.put(GROUPS, group["id"], group | changed)


def require(carrier: TelnyxBase, account: Account, lines: list[dict[str, Any]]) -> None:
    """
    Refuse to sell what asks for documents to whoever has shown none.

    :raises Refusal: if a number's line names no approved group of its country and type
    """
    for place, line in enumerate(lines):
        article = carrier.shelf.articles.get(line["phone_number"])
        if article is None or (article.country, article.kind) not in ASKING:
            continue
        group = carrier.world.store.get(GROUPS, line.get("requirement_group_id", ""))
        fits = group is not None and (
            (group["_account"], group["status"]) == (account.id, "approved")
            and (group["country_code"], group["phone_number_type"])
            == (article.country, article.kind)
        )
        if not fits:
            raise errors.unprocessable(
                "The regulatory requirements are not met.", pointer=f"/phone_numbers/{place}"
            )


def _requirement(country: str, kind: str) -> Record:
    stamp = "2024-01-01T00:00:00.000000Z"
    of_all = {"created_at": stamp, "updated_at": stamp}
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{country}/{kind}")),
        "record_type": "requirement",
        "country_code": country,
        "locality": "",
        "action": "ordering",
        "requirement_types": [
            {
                "id": key,
                "record_type": "requirement_type",
                "name": name,
                "type": form,
                "description": f"{name} of the end user",
                "acceptance_criteria": {},
                **of_all,
            }
            for key, name, form in PARTS
        ],
        **of_all,
        "phone_number_type": kind,
    }


def _values(carrier: TelnyxBase, parts: list[dict[str, Any]]) -> list[Record]:
    kinds = {key: form for key, _, form in PARTS}
    stamp = moment(carrier.world.now())
    for place, part in enumerate(parts):
        key, value = part.get("requirement_id"), part.get("field_value")
        tables = {"document": DOCUMENTS, "address": emergency.TABLE}
        table = tables.get(kinds.get(str(key), ""), "")
        if key not in kinds or (table and carrier.world.store.get(table, str(value)) is None):
            pointer = f"/regulatory_requirements/{place}"
            raise errors.unprocessable("There is no such value.", pointer=pointer)
    return [
        {
            "requirement_id": part["requirement_id"],
            "field_value": str(part["field_value"]),
            "field_type": kinds[part["requirement_id"]],
            "status": "unapproved",
            "created_at": stamp,
            "updated_at": stamp,
        }
        for part in parts
    ]


def _made(carrier: TelnyxBase, call: Call, kind: str) -> Record:
    stamp = moment(carrier.world.now())
    return {
        "id": str(uuid.uuid4()),
        "record_type": kind,
        "created_at": stamp,
        "updated_at": stamp,
        "_account": call.account.id,
    }


def _kept(carrier: TelnyxBase, group: Record) -> Answer:
    group["updated_at"] = moment(carrier.world.now())
    carrier.world.store.put(GROUPS, group["id"], group)
    return as_json(parameters.shown(group))


def _owned(carrier: TelnyxBase, call: Call) -> Record:
    group = carrier.world.store.get(GROUPS, call.parts["id"])
    if group is None or group["_account"] != call.account.id:
        raise errors.not_found()
    return dict(group)


def _mine(carrier: TelnyxBase, account: Account, table: str) -> list[Record]:
    rows = reversed(carrier.world.store.table(table).values())
    return [row for row in rows if row["_account"] == account.id]


def _listing(carrier: TelnyxBase, call: Call, table: str, by: str) -> Answer:
    asked = parameters.query(call.request, {**parameters.PAGE, by: str})
    wanted = asked.get(by)
    rows = [
        parameters.shown(row)
        for row in _mine(carrier, call.account, table)
        if wanted in (None, row.get("customer_reference"))
    ]
    return parameters.paged(rows, asked, size=20)
