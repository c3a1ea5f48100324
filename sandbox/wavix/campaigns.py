"""
`/v3/10dlc/brands/{brand_id}/campaigns`: what a brand sends, and the numbers that take part.

Everything is decided after `order_seconds`. The registry refuses a campaign whose opt-in workflow
has fewer than forty characters; it is corrected and decided anew. A campaign names those of its
numbers that were approved.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sandbox.store import Record
from sandbox.wavix.base import NUMBERS, WavixBase, asked, body_of, done, error, invalid, paged
from sandbox.wavix.brands import (
    BRANDS,
    CAMPAIGNS,
    DUE,
    NULL,
    PAGE,
    decided,
    decided_later,
    mine,
    missing,
    moment,
    new_id,
    owned,
    shown,
)
from sandbox.wire import Answer, Call, Refusal, as_json

LINKS = "wavix.campaign_numbers"
_SAMPLES = ("sample2", "sample3", "sample4", "sample5")
_FLAGS = ("age_gated", "auto_renewal", "direct_lending", "embedded_links", "embedded_phones")
_TEXTS = (
    *("description", "optin_workflow", "help_keywords", "help_message", "optin_keywords"),
    *("optin_message", "optout_keywords", "optout_message", "name", "sample1"),
    "terms_conditions",
)
CAMPAIGN: dict[str, Any] = {
    **dict.fromkeys((*_TEXTS, "usecase"), str),
    **dict.fromkeys(("embedded_link_sample", *_SAMPLES), NULL),
    **dict.fromkeys((*_FLAGS, "affiliate_marketing", "mock", "help", "optin", "optout"), bool),
}
CORRECTION: dict[str, Any] = {
    **dict.fromkeys((*_TEXTS, *_SAMPLES, "embedded_link_sample", "privacy_policy"), str),
    **dict.fromkeys((*_FLAGS, "help", "optin", "optout"), bool),
}
SHORTEST, SHORTEST_ANSWER = 40, 20


def create_campaign(carrier: WavixBase, call: Call) -> Answer:
    """Register a campaign of a brand that was verified."""
    brand = owned(carrier, call, BRANDS, "brand_id")
    told = body_of(call, CAMPAIGN | {"privacy_policy": str}, CAMPAIGN)
    if brand["status"] not in ("VERIFIED", "VETTED_VERIFIED"):
        raise Refusal(error(400, "The Brand is not verified."))
    _check_texts(told)
    campaign: Record = {
        "privacy_policy": None,
        **told,
        "brand_id": brand["brand_id"],
        "campaign_id": new_id("C"),
        "monthly_fee": "10.0",
        "phone_numbers": [],
        "last_bill_date": None,
        "next_bill_date": None,
        "created_at": moment(carrier),
        "_account": call.account.id,
    }
    return decided_later(carrier, CAMPAIGNS, campaign, "PENDING", 201)


def update_campaign(carrier: WavixBase, call: Call) -> Answer:
    """Correct a campaign: what is left out stays."""
    campaign = _campaign(carrier, call)
    told = body_of(call, CORRECTION, ())
    _check_texts(told)
    return decided_later(carrier, CAMPAIGNS, {**campaign, **told}, "PENDING", 200)


def show_campaign(carrier: WavixBase, call: Call) -> Answer:
    """Show a campaign."""
    return as_json(_with_numbers(carrier, _campaign(carrier, call)))


def list_campaigns(carrier: WavixBase, call: Call) -> Answer:
    """List campaigns, of a brand or all; names match in parts."""
    given = asked(call, (*PAGE, "name", "usecase", "status"))
    if "brand_id" in call.parts:
        owned(carrier, call, BRANDS, "brand_id")
    rows = [
        _with_numbers(carrier, row)
        for row in mine(carrier, call, CAMPAIGNS)
        if row["brand_id"] == call.parts.get("brand_id", row["brand_id"])
        and given.get("name", "") in row["name"]
        and all(given.get(name, row[name]) == row[name] for name in ("usecase", "status"))
    ]
    return paged(call, "items", rows)


def delete_campaign(carrier: WavixBase, call: Call) -> Answer:
    """Delete a campaign; its numbers leave it."""
    campaign = _campaign(carrier, call)
    for link in _links(carrier, campaign):
        carrier.world.store.remove(LINKS, _key(campaign, link["number"]))
    carrier.world.store.remove(CAMPAIGNS, campaign["campaign_id"])
    return done()


def link(carrier: WavixBase, call: Call) -> Answer:
    """Let a number take part in a campaign, besides those in which it does."""
    campaign, number = _campaign(carrier, call), _number(carrier, call)
    if campaign["status"] != "APPROVED":
        raise Refusal(error(400, "The Campaign is not approved."))
    row: Record = {
        "number": number,
        "campaign_id": campaign["campaign_id"],
        "status": "PENDING",
        DUE: carrier.world.clock() + carrier.order_seconds,
    }
    carrier.world.store.put(LINKS, _key(campaign, number), row)
    return done()


def unlink(carrier: WavixBase, call: Call) -> Answer:
    """Take a number out of a campaign."""
    campaign = _campaign(carrier, call)
    key = _key(campaign, call.parts["number"])
    if carrier.world.store.get(LINKS, key) is None:
        raise missing("number")
    carrier.world.store.remove(LINKS, key)
    return done()


def numbers_of(carrier: WavixBase, call: Call) -> Answer:
    """List the numbers of a campaign, whatever became of them."""
    campaign = _campaign(carrier, call)
    rows = [{"number": row["number"], "status": row["status"]} for row in _links(carrier, campaign)]
    ids = {name: campaign[name] for name in ("brand_id", "campaign_id")}
    return as_json({**ids, "numbers": rows})


def settle(carrier: WavixBase) -> None:
    """Decide what is due."""
    now = carrier.world.clock()
    for table, decide in (
        (BRANDS, decided),
        (CAMPAIGNS, _decided_campaign),
        (LINKS, lambda _row: {"status": "APPROVED"}),
    ):
        for key, row in list(carrier.world.store.table(table).items()):
            if DUE in row and row[DUE] <= now:
                fresh = {name: value for name, value in row.items() if name != DUE}
                carrier.world.store.put(table, key, fresh | decide(row))


def _decided_campaign(campaign: Record) -> Record:
    if len(campaign["optin_workflow"]) >= SHORTEST:
        return {"status": "APPROVED", "feedback": None}
    return {"status": "REJECTED", "feedback": "The opt-in workflow says too little."}


def _check_texts(told: dict[str, Any]) -> None:
    for name in ("help_message", "optin_message", "optout_message", "sample1", *_SAMPLES):
        if len(told.get(name) or "x" * SHORTEST_ANSWER) < SHORTEST_ANSWER:
            raise invalid(name)
    for name in ("terms_conditions", "optin_keywords"):
        if name in told and not told[name]:
            raise invalid(name)


def _with_numbers(carrier: WavixBase, campaign: Record) -> Record:
    approved = [r["number"] for r in _links(carrier, campaign) if r["status"] == "APPROVED"]
    return {**shown(campaign), "phone_numbers": approved}


def _campaign(carrier: WavixBase, call: Call) -> Record:
    campaign = owned(carrier, call, CAMPAIGNS, "campaign_id")
    if campaign["brand_id"] != call.parts["brand_id"]:
        raise missing("Campaign")
    return campaign


def _number(carrier: WavixBase, call: Call) -> str:
    for row in mine(carrier, call, NUMBERS):
        if row["number"] == call.parts["number"]:
            return str(row["number"])
    raise missing("number")


def _links(carrier: WavixBase, campaign: Record) -> Collection[Record]:
    rows = carrier.world.store.table(LINKS).values()
    return [row for row in rows if row["campaign_id"] == campaign["campaign_id"]]


def _key(campaign: Record, number: str) -> str:
    return f"{campaign['campaign_id']} {number}"
