"""
Regulatory compliance: what is asked for, who and what is shown, and the bundles that hold it.

An evaluation minds an answer that says REFUSE; a review rejects a file that does, and approves
everything else. Files are taken at a host of their own, here under a first segment of its own.
"""

from __future__ import annotations

import json
from typing import Any

from sandbox.store import Record
from sandbox.twilio import emergency, errors, parameters, rules
from sandbox.twilio.base import TwilioBase, iso, new_sid, shown
from sandbox.wire import Answer, Call, as_json
from sandbox.world import Account

NUMBERS = "/numbers/v2/RegulatoryCompliance"
UPLOADS = "/numbers-upload/v2/RegulatoryCompliance"
BUNDLES = "twilio.bundles"
PEOPLE = "twilio.end_users"
PAPERS = "twilio.supporting_documents"
ITEMS = "twilio.item_assignments"
EVALUATIONS = "twilio.evaluations"
DUE = "_due"
OPEN = {"draft", "twilio-rejected"}
STATUSES = (
    *("draft", "pending-review", "in-review", "twilio-rejected", "twilio-approved"),
    "provisionally-approved",
)

LIST: dict[str, Any] = {
    **parameters.PAGE,
    "EndUserType": ("individual", "business"),
    "IsoCountry": str,
    "NumberType": str,
    "IncludeConstraints": bool,
}
LIST_BUNDLES: dict[str, Any] = {**parameters.PAGE, "FriendlyName": str, "Status": STATUSES}
PERSON_FORM: dict[str, Any] = {
    "FriendlyName": str,
    "Type": ("individual", "business"),
    "Attributes": str,
}
PAPER_FORM: dict[str, Any] = {"FriendlyName": str, "Type": str, "Attributes": str}
BUNDLE_FORM: dict[str, Any] = {"FriendlyName": str, "Email": str, "RegulationSid": "RN"}
CHANGES: dict[str, Any] = {"Status": STATUSES, "FriendlyName": str, "Email": str}


def list_regulations(carrier: TwilioBase, call: Call) -> Answer:
    """Say what is asked for in a country, a regulation for each type and each sort of person."""
    asked = parameters.query(call.request, LIST)
    rows = [
        row
        for row in rules.regulations()
        if asked.get("IsoCountry", row["iso_country"]) == row["iso_country"]
        and asked.get("NumberType", row["number_type"]) == row["number_type"]
        and asked.get("EndUserType", row["end_user_type"]) == row["end_user_type"]
    ]
    return parameters.paged_by_meta(call.request, "results", rows, LIST)


def regulation(carrier: TwilioBase, call: Call) -> Answer:
    """Show one regulation."""
    found = rules.regulation(call.parts["sid"])
    if found is None:
        raise errors.not_found(f"/Regulations/{call.parts['sid']}")
    return as_json(found)


def list_people(carrier: TwilioBase, call: Call) -> Answer:
    """List the account's end users."""
    return _listing(carrier, call, PEOPLE)


def add_person(carrier: TwilioBase, call: Call) -> Answer:
    """Make an end user."""
    asked = parameters.form(call.request, PERSON_FORM, required=("FriendlyName", "Type"))
    return _keep(carrier, call, PEOPLE, "IT", "EndUsers", _described(asked))


def list_papers(carrier: TwilioBase, call: Call) -> Answer:
    """List the account's documents."""
    return _listing(carrier, call, PAPERS)


def add_paper(carrier: TwilioBase, call: Call) -> Answer:
    """Make a document that needs no file."""
    asked = parameters.form(call.request, PAPER_FORM, required=("FriendlyName", "Type"))
    return _add_paper(carrier, call, asked, b"")


def upload(carrier: TwilioBase, call: Call) -> Answer:
    """Make a document of a file."""
    asked, files = call.request.multipart()
    file = files.get("File")
    if (
        not file
        or not file.content
        or not {"FriendlyName", "Type"} <= set(asked) <= set(PAPER_FORM)
    ):
        raise errors.invalid("File, FriendlyName and Type are required")
    return _add_paper(carrier, call, asked, file.content)


def paper(carrier: TwilioBase, call: Call) -> Answer:
    """Show one document."""
    return as_json(shown(_owned(carrier, call, PAPERS, "sid")))


def list_bundles(carrier: TwilioBase, call: Call) -> Answer:
    """List the account's bundles."""
    asked = parameters.query(call.request, LIST_BUNDLES)
    rows = [
        shown(row)
        for row in _mine(carrier, call.account, BUNDLES)
        if asked.get("FriendlyName", row["friendly_name"]) == row["friendly_name"]
        and asked.get("Status", row["status"]) == row["status"]
    ]
    return parameters.paged_by_meta(call.request, "results", rows, LIST_BUNDLES)


def add_bundle(carrier: TwilioBase, call: Call) -> Answer:
    """Make a draft."""
    asked = parameters.form(call.request, BUNDLE_FORM, required=("FriendlyName", "Email"))
    if rules.regulation(asked.get("RegulationSid", "")) is None:
        raise errors.invalid("Invalid parameter: RegulationSid")
    told = {
        "regulation_sid": asked["RegulationSid"],
        "friendly_name": asked["FriendlyName"],
        "email": asked["Email"],
        "status": "draft",
        "status_callback": None,
        "valid_until": None,
        "links": {},
        DUE: 0.0,
    }
    return _keep(carrier, call, BUNDLES, "BU", "Bundles", told)


def bundle(carrier: TwilioBase, call: Call) -> Answer:
    """Show one bundle."""
    return as_json(shown(_owned(carrier, call, BUNDLES, "sid")))


def change_bundle(carrier: TwilioBase, call: Call) -> Answer:
    """Hand a bundle over for review, once its last evaluation minded nothing."""
    found = _owned(carrier, call, BUNDLES, "sid")
    asked = parameters.form(call.request, CHANGES)
    if asked.get("Status") != "pending-review" or found["status"] not in OPEN:
        raise errors.refused(22211, "The bundle cannot be changed to that status")
    if not all(one["passed"] for one in _results(carrier, found)):
        raise errors.refused(22212, "The bundle is not compliant")
    due = carrier.world.clock() + carrier.order_seconds
    return _kept(carrier, found | {"status": "pending-review", DUE: due})


def delete_bundle(carrier: TwilioBase, call: Call) -> Answer:
    """Drop a bundle with what was assigned to it."""
    found = _owned(carrier, call, BUNDLES, "sid")
    for item in _items(carrier, found["sid"]):
        carrier.world.store.remove(ITEMS, item["sid"])
    carrier.world.store.remove(BUNDLES, found["sid"])
    return Answer(204)


def list_items(carrier: TwilioBase, call: Call) -> Answer:
    """List what is assigned to a bundle."""
    found = _owned(carrier, call, BUNDLES, "bundle")
    rows = [shown(item) for item in _items(carrier, found["sid"])]
    return parameters.paged_by_meta(call.request, "results", rows)


def add_item(carrier: TwilioBase, call: Call) -> Answer:
    """Assign a person or a document to an open bundle, once."""
    found = _open_bundle(carrier, call)
    asked = parameters.form(call.request, {"ObjectSid": str}, required=("ObjectSid",))
    sid = asked["ObjectSid"]
    there = carrier.world.store.get(PEOPLE if sid.startswith("IT") else PAPERS, sid)
    if there is None or there["account_sid"] != call.account.id:
        raise errors.not_found(f"/{sid}")
    if any(item["object_sid"] == sid for item in _items(carrier, found["sid"])):
        raise errors.refused(22213, "The item is assigned already")
    told = {"bundle_sid": found["sid"], "object_sid": sid}
    path = f"Bundles/{found['sid']}/ItemAssignments"
    return _keep(carrier, call, ITEMS, "BV", path, told)


def remove_item(carrier: TwilioBase, call: Call) -> Answer:
    """Take something out of an open bundle."""
    _open_bundle(carrier, call)
    item = _owned(carrier, call, ITEMS, "sid")
    carrier.world.store.remove(ITEMS, item["sid"])
    return Answer(204)


def evaluate(carrier: TwilioBase, call: Call) -> Answer:
    """Hold a bundle against its regulation."""
    found = _owned(carrier, call, BUNDLES, "bundle")
    results = _results(carrier, found)
    told = {
        "bundle_sid": found["sid"],
        "regulation_sid": found["regulation_sid"],
        "status": "compliant" if all(one["passed"] for one in results) else "noncompliant",
        "results": results,
    }
    path = f"Bundles/{found['sid']}/Evaluations"
    return _keep(carrier, call, EVALUATIONS, "EL", path, told)


def settle(carrier: TwilioBase) -> None:
    """Review every bundle whose time has come."""
    for found in list(carrier.world.store.table(BUNDLES).values()):
        if found["status"] == "pending-review" and found[DUE] <= carrier.world.clock():
            papers = _objects(carrier, found["sid"], PAPERS)
            bad = [row for row in papers if row["_refused"]]
            for row in papers:
                said = {"status": "rejected", "failure_reason": "The document cannot be read."}
                good = {"status": "approved", "failure_reason": None}
                carrier.world.store.put(PAPERS, row["sid"], row | (said if row in bad else good))
            _kept(carrier, found | {"status": "twilio-rejected" if bad else "twilio-approved"})


def require(carrier: TwilioBase, account: Account, country: str, kind: str, sid: str) -> None:
    """
    Refuse to sell what asks for documents to whoever has shown none.

    :raises Refusal: if the bundle is not an approved one for numbers of that country and type
    """
    if (country, kind) not in rules.ASKING:
        return
    if not sid:
        raise errors.refused(21649, "Bundle required and not provided")
    found = carrier.world.store.get(BUNDLES, sid)
    rule = rules.regulation(found["regulation_sid"]) if found else None
    if (
        found is None
        or rule is None
        or (found["account_sid"], found["status"]) != (account.id, "twilio-approved")
        or (rule["iso_country"], rule["number_type"]) != (country, kind)
    ):
        raise errors.refused(21651, "Bundle is not approved for this number")


def _results(carrier: TwilioBase, found: Record) -> list[Record]:
    there = _objects(carrier, found["sid"], PEOPLE) + _objects(carrier, found["sid"], PAPERS)
    return rules.results(found["regulation_sid"], there)


def _described(asked: dict[str, Any]) -> Record:
    try:
        attributes = json.loads(asked.get("Attributes") or "{}")
    except ValueError:
        raise errors.invalid("Attributes is not JSON") from None
    return {
        "friendly_name": asked["FriendlyName"],
        "type": asked["Type"],
        "attributes": attributes,
    }


def _add_paper(carrier: TwilioBase, call: Call, asked: dict[str, Any], file: bytes) -> Answer:
    told = _described(asked)
    for sid in told["attributes"].get("address_sids", []):
        if not emergency.is_owned(carrier, call.account, sid):
            raise errors.invalid(f"Address {sid} was not found")
    more = {
        "status": "draft",
        "failure_reason": None,
        "errors": None,
        "mime_type": "application/pdf" if file else None,
        "_refused": rules.REFUSED_WORD.encode() in file,
    }
    return _keep(carrier, call, PAPERS, "RD", "SupportingDocuments", told | more)


def _keep(
    carrier: TwilioBase, call: Call, table: str, letters: str, path: str, told: Record
) -> Answer:
    sid, stamp = new_sid(letters), iso(carrier.world.now())
    row = {
        "sid": sid,
        "account_sid": call.account.id,
        **told,
        "date_created": stamp,
        "url": f"https://numbers.twilio.com/v2/RegulatoryCompliance/{path}/{sid}",
    }
    if table not in (ITEMS, EVALUATIONS):
        row["date_updated"] = stamp
    carrier.world.store.put(table, sid, row)
    return as_json(shown(row), status=201)


def _kept(carrier: TwilioBase, found: Record) -> Answer:
    found["date_updated"] = iso(carrier.world.now())
    carrier.world.store.put(BUNDLES, found["sid"], found)
    return as_json(shown(found))


def _open_bundle(carrier: TwilioBase, call: Call) -> Record:
    found = _owned(carrier, call, BUNDLES, "bundle")
    if found["status"] not in OPEN:
        raise errors.refused(22211, "The bundle is being reviewed or was approved")
    return found


def _owned(carrier: TwilioBase, call: Call, table: str, part: str) -> Record:
    row = carrier.world.store.get(table, call.parts[part])
    if row is None or row["account_sid"] != call.account.id:
        raise errors.not_found(f"/{call.parts[part]}")
    return dict(row)


def _mine(carrier: TwilioBase, account: Account, table: str) -> list[Record]:
    rows = reversed(carrier.world.store.table(table).values())
    return [row for row in rows if row["account_sid"] == account.id]


def _listing(carrier: TwilioBase, call: Call, table: str) -> Answer:
    rows = [shown(row) for row in _mine(carrier, call.account, table)]
    return parameters.paged_by_meta(call.request, "results", rows)


def _items(carrier: TwilioBase, bundle: str) -> list[Record]:
    table = carrier.world.store.table(ITEMS)
    return [item for item in table.values() if item["bundle_sid"] == bundle]


def _objects(carrier: TwilioBase, bundle: str, table: str) -> list[Record]:
    found = (carrier.world.store.get(table, item["object_sid"]) for item in _items(carrier, bundle))
    return [row for row in found if row is not None]
