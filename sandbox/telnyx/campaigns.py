"""
`/10dlc`: brands, campaigns, and the numbers that take part. Unwrapped, and in camelCase.

Everything is decided after `order_seconds`. The registry refuses a brand whose EIN is all zeros and
a campaign whose message flow has fewer than forty characters; both are corrected and decided anew.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from sandbox.store import Record
from sandbox.telnyx import errors, numbers, parameters
from sandbox.telnyx.base import TelnyxBase, moment
from sandbox.wire import Answer, Call, Refusal, as_json

BRANDS, CAMPAIGNS, LINKS = "telnyx.brands", "telnyx.campaigns", "telnyx.campaign_numbers"
BRAND: dict[str, Any] = dict.fromkeys(
    (
        *("entityType", "displayName", "companyName", "ein", "vertical", "website", "email"),
        *("businessContactEmail", "phone", "street", "city", "state", "postalCode", "country"),
        *("stockSymbol", "stockExchange", "firstName", "lastName"),
    ),
    str,
)
_TEXTS = ("messageFlow", "helpMessage", "sample1", "sample2", "sample3", "sample4", "sample5")
CAMPAIGN: dict[str, Any] = {
    **dict.fromkeys(("brandId", "referenceId", "usecase", "description", *_TEXTS), str),
    **dict.fromkeys(("optinKeywords", "optoutKeywords", "helpKeywords"), str),
    **dict.fromkeys(("subscriberOptin", "subscriberOptout", "subscriberHelp"), bool),
    "termsAndConditions": bool,
}
CORRECTION: dict[str, Any] = dict.fromkeys(_TEXTS, str)
LINK: dict[str, Any] = {"phoneNumber": str, "campaignId": str}
SHORTEST = 40
DUE = "_due"


def create_brand(carrier: TelnyxBase, call: Call) -> Answer:
    """Register a brand."""
    asked = _brand_body(call)
    brand: Record = {
        "brandId": str(uuid.uuid4()),
        "brandRelationship": "BASIC_ACCOUNT",
        "createdAt": moment(carrier.world.now()),
        "_account": call.account.id,
        **asked,
    }
    return _kept(carrier, BRANDS, "brandId", brand, _undecided_brand)


def update_brand(carrier: TelnyxBase, call: Call) -> Answer:
    """Correct a brand, which is decided anew."""
    brand = _owned(carrier, call, BRANDS) | _brand_body(call)
    return _kept(carrier, BRANDS, "brandId", brand, _undecided_brand)


def retrieve_brand(carrier: TelnyxBase, call: Call) -> Answer:
    """Show a brand."""
    return as_json(parameters.shown(_owned(carrier, call, BRANDS)))


def list_brands(carrier: TelnyxBase, call: Call) -> Answer:
    """List the brands."""
    shape = {"page": int, "recordsPerPage": int, "displayName": str}
    asked = parameters.query(call.request, shape)
    rows = [
        {name: brand.get(name) for name in ("brandId", "displayName", "email", "status")}
        for brand in _mine(carrier, call, BRANDS)
        if asked.get("displayName", brand["displayName"]) == brand["displayName"]
    ]
    return _paged(rows, asked)


def delete_brand(carrier: TelnyxBase, call: Call) -> Answer:
    """Delete a brand without campaigns; refused with a single error, as nothing else here is."""
    try:
        brand = _owned(carrier, call, BRANDS)
        if any(row["brandId"] == brand["brandId"] for row in _mine(carrier, call, CAMPAIGNS)):
            raise errors.malformed("The brand has active campaigns.")
    except Refusal as refusal:
        (error,) = json.loads(refusal.answer.body)["errors"]
        del error["meta"]
        raise Refusal(as_json(error, status=refusal.answer.status)) from refusal
    carrier.world.store.remove(BRANDS, brand["brandId"])
    return Answer(204)


def create_campaign(carrier: TelnyxBase, call: Call) -> Answer:
    """Register a campaign."""
    asked = parameters.body(call.request, CAMPAIGN)
    brand = carrier.world.store.get(BRANDS, str(asked.get("brandId")))
    if brand is None or brand["_account"] != call.account.id:
        raise errors.unprocessable("The brand does not exist.", pointer="/brandId", code="10017")
    for row in _mine(carrier, call, CAMPAIGNS):
        if asked.get("referenceId") and row["referenceId"] == asked["referenceId"]:
            raise errors.unprocessable("referenceId is used already.", pointer="/referenceId")
    campaign: Record = {
        "campaignId": str(uuid.uuid4()),
        "cspId": "SANDBOX",
        "mock": False,
        "subUsecases": [],
        "_account": call.account.id,
        **asked,
    }
    return _kept(carrier, CAMPAIGNS, "campaignId", campaign, _undecided_campaign)


def update_campaign(carrier: TelnyxBase, call: Call) -> Answer:
    """Correct a campaign, which is decided anew."""
    asked = parameters.body(call.request, CORRECTION)
    campaign = _owned(carrier, call, CAMPAIGNS) | asked
    return _kept(carrier, CAMPAIGNS, "campaignId", campaign, _undecided_campaign)


def retrieve_campaign(carrier: TelnyxBase, call: Call) -> Answer:
    """Show a campaign."""
    return as_json(parameters.shown(_owned(carrier, call, CAMPAIGNS)))


def list_campaigns(carrier: TelnyxBase, call: Call) -> Answer:
    """List the campaigns of a brand."""
    asked = parameters.query(call.request, {"page": int, "recordsPerPage": int, "brandId": str})
    if "brandId" not in asked:
        raise errors.malformed("brandId is required", parameter="brandId")
    rows = [
        parameters.shown(row)
        for row in _mine(carrier, call, CAMPAIGNS)
        if row["brandId"] == asked["brandId"]
    ]
    return _paged(rows, asked)


def delete_campaign(carrier: TelnyxBase, call: Call) -> Answer:
    """End a campaign; its numbers leave it."""
    campaign = _owned(carrier, call, CAMPAIGNS)
    for link in _mine(carrier, call, LINKS):
        if link["campaignId"] == campaign["campaignId"]:
            carrier.world.store.remove(LINKS, link["phoneNumber"])
    carrier.world.store.remove(CAMPAIGNS, campaign["campaignId"])
    return as_json({"time": carrier.world.clock(), "record_type": "campaign", "message": "gone"})


def create_link(carrier: TelnyxBase, call: Call) -> Answer:
    """Let a number take part in a campaign."""
    asked = parameters.body(call.request, LINK)
    number = numbers.by_number(carrier, str(asked.get("phoneNumber")))
    if number is None or number["_account"] != call.account.id:
        raise errors.not_found()
    campaign = carrier.world.store.get(CAMPAIGNS, str(asked.get("campaignId")))
    if campaign is None or campaign["_account"] != call.account.id:
        raise errors.unprocessable("No such campaign.", pointer="/campaignId", code="10017")
    stamp = moment(carrier.world.now())
    link: Record = {
        **asked,
        "telnyxCampaignId": asked["campaignId"],
        "brandId": campaign["brandId"],
        "assignmentStatus": "PENDING_ASSIGNMENT",
        "createdAt": stamp,
        "updatedAt": stamp,
        "_account": call.account.id,
        DUE: carrier.world.clock() + carrier.order_seconds,
    }
    carrier.world.store.put(LINKS, link["phoneNumber"], link)
    return as_json(parameters.shown(link))


def retrieve_link(carrier: TelnyxBase, call: Call) -> Answer:
    """Show in which campaign a number takes part."""
    return as_json(parameters.shown(_owned(carrier, call, LINKS)))


def delete_link(carrier: TelnyxBase, call: Call) -> Answer:
    """Take a number out of its campaign."""
    link = _owned(carrier, call, LINKS)
    carrier.world.store.remove(LINKS, link["phoneNumber"])
    return as_json(parameters.shown(link | {"assignmentStatus": "PENDING_UNASSIGNMENT"}))


def settle(carrier: TelnyxBase) -> None:
    """Decide what is due."""
    now = carrier.world.clock()
    for table, key, decide in (
        (BRANDS, "brandId", _decided_brand),
        (CAMPAIGNS, "campaignId", _decided_campaign),
        (LINKS, "phoneNumber", lambda _row: {"assignmentStatus": "ASSIGNED"}),
    ):
        for row in list(carrier.world.store.table(table).values()):
            if DUE in row and row[DUE] <= now:
                fresh = {name: value for name, value in row.items() if name != DUE}
                carrier.world.store.put(table, row[key], fresh | decide(row))


def _undecided_brand() -> Record:
    return {"status": "REGISTRATION_PENDING", "identityStatus": "SELF_DECLARED"}


def _decided_brand(brand: Record) -> Record:
    if brand.get("ein", "").strip("0-"):
        return {"status": "OK", "identityStatus": "VERIFIED", "failureReasons": ""}
    words = "The EIN does not match the legal company name."
    return {"status": "REGISTRATION_FAILED", "failureReasons": words}


def _undecided_campaign() -> Record:
    return {"campaignStatus": "TCR_PENDING", "submissionStatus": "PENDING"}


def _decided_campaign(campaign: Record) -> Record:
    if len(campaign.get("messageFlow", "")) >= SHORTEST:
        done = {"campaignStatus": "MNO_PROVISIONED", "submissionStatus": "CREATED"}
        return done | {"failureReasons": ""}
    words = "The message flow does not say how consumers opt in."
    return {"campaignStatus": "MNO_REJECTED", "failureReasons": words}


def _brand_body(call: Call) -> dict[str, Any]:
    asked = parameters.body(call.request, BRAND)
    for name in ("entityType", "displayName", "country", "email", "vertical"):
        if not asked.get(name):
            raise errors.unprocessable(f"{name} is required", pointer=f"/{name}")
    return asked


def _kept(carrier: TelnyxBase, table: str, key: str, row: Record, undecided: Any) -> Answer:
    row = row | undecided() | {DUE: carrier.world.clock() + carrier.order_seconds}
    carrier.world.store.put(table, row[key], row)
    return as_json(parameters.shown(row))


def _mine(carrier: TelnyxBase, call: Call, table: str) -> list[Record]:
    rows = carrier.world.store.table(table).values()
    return [row for row in rows if row["_account"] == call.account.id]


def _owned(carrier: TelnyxBase, call: Call, table: str) -> Record:
    row = carrier.world.store.get(table, call.parts["id"])
    if row is None or row["_account"] != call.account.id:
        raise errors.not_found()
    return row


def _paged(rows: list[Record], asked: dict[str, Any]) -> Answer:
    page, size = asked.get("page", 1), asked.get("recordsPerPage", 10)
    shown = rows[(page - 1) * size : page * size]
    return as_json({"page": page, "records": shown, "totalRecords": len(rows)})
