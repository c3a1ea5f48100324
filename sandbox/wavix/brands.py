"""
`/v3/10dlc/brands`: who sends, and what brands have in common with what they send.

Everything is decided after `order_seconds`. The registry refuses a brand whose EIN is all zeros; it
is corrected and decided anew. A corrected brand is UNVERIFIED until then, as is one that was
refused.
"""

from __future__ import annotations

import uuid
from typing import Any

from sandbox.store import Record
from sandbox.wavix.base import WavixBase, asked, body_of, done, error, invalid, paged
from sandbox.wire import Answer, Call, Refusal, as_json

BRANDS, CAMPAIGNS = "wavix.brands", "wavix.campaigns"
NULL = (str, type(None))
BRAND: dict[str, Any] = {
    **dict.fromkeys(
        (
            *("dba_name", "company_name", "entity_type", "vertical", "ein_taxid"),
            *("ein_taxid_country", "first_name", "last_name", "phone_number", "email"),
            *("street_address", "city", "zip", "country"),
        ),
        str,
    ),
    "state_or_province": NULL,
}
BRAND_OPTIONS: dict[str, Any] = {
    "website": str,
    "stock_symbol": NULL,
    "stock_exchange": NULL,
    "mock": bool,
}
IDENTITY = ("ein_taxid", "ein_taxid_country", "entity_type", "company_name")
"""What has a brand verified anew; of the name the description says nothing."""
KINDS = ("PRIVATE_PROFIT", "PUBLIC_PROFIT", "NON_PROFIT", "GOVERNMENT")
VERTICALS = (
    *("HEALTHCARE", "PROFESSIONAL", "RETAIL", "TECHNOLOGY", "EDUCATION", "FINANCIAL"),
    *("NON_PROFIT", "GOVERNMENT", "OTHER"),
)
PAGE = ("page", "per_page", "created_before", "created_after", "mock")
DUE = "_due"


def create(carrier: WavixBase, call: Call) -> Answer:
    """Register a brand."""
    told = _brand(body_of(call, BRAND | BRAND_OPTIONS, BRAND))
    brand: Record = {
        **dict.fromkeys(("website", "stock_symbol", "stock_exchange")),
        **told,
        "brand_id": new_id("B"),
        "mock": False,
        "created_at": moment(carrier),
        "_account": call.account.id,
    }
    return decided_later(carrier, BRANDS, brand, "REVIEW", 201)


def update(carrier: WavixBase, call: Call) -> Answer:
    """Correct a brand that sends nothing yet."""
    brand = owned(carrier, call, BRANDS, "brand_id")
    told = _brand(body_of(call, BRAND | BRAND_OPTIONS, ()))
    if any(row["status"] == "APPROVED" for row in _of_brand(carrier, brand)):
        raise Refusal(error(422, "The Brand has active campaigns and cannot be updated."))
    changed = {**brand, **told}
    if any(changed[name] != brand[name] for name in IDENTITY):
        return decided_later(carrier, BRANDS, changed, "UNVERIFIED", 200)
    carrier.world.store.put(BRANDS, brand["brand_id"], changed)
    return as_json(shown(changed))


def show(carrier: WavixBase, call: Call) -> Answer:
    """Show a brand."""
    return as_json(shown(owned(carrier, call, BRANDS, "brand_id")))


def listing(carrier: WavixBase, call: Call) -> Answer:
    """List the brands; names match in parts."""
    exact = ("entity_type", "status", "country", "ein_taxid")
    given = asked(call, (*PAGE, *exact, "dba_name", "company_name", "show_deleted"))
    rows = [
        shown(row)
        for row in mine(carrier, call, BRANDS)
        if all(given.get(name, "") in row[name] for name in ("dba_name", "company_name"))
        and all(given.get(name, row[name]) == row[name] for name in exact)
    ]
    return paged(call, "items", rows)


def delete(carrier: WavixBase, call: Call) -> Answer:
    """Delete a brand without campaigns."""
    brand = owned(carrier, call, BRANDS, "brand_id")
    if _of_brand(carrier, brand):
        raise Refusal(error(400, "The Brand has active campaigns."))
    carrier.world.store.remove(BRANDS, brand["brand_id"])
    return done()


def decided(brand: Record) -> Record:
    """Decide about a brand."""
    if brand["ein_taxid"].strip("0-"):
        return {"status": "VERIFIED", "feedback": None}
    words = "The EIN does not match the legal company name."
    return {"status": "UNVERIFIED", "feedback": words}


def _brand(told: dict[str, Any]) -> dict[str, Any]:
    for name in BRAND:
        if name in told and not told[name]:
            raise invalid(name)
    if told.get("entity_type", KINDS[0]) not in KINDS:
        raise invalid("entity_type")
    if told.get("vertical", VERTICALS[0]) not in VERTICALS:
        raise invalid("vertical")
    return told


def decided_later(carrier: WavixBase, table: str, row: Record, status: str, answer: int) -> Answer:
    due = carrier.world.clock() + carrier.order_seconds
    row = {**row, "status": status, "feedback": None, "updated_at": moment(carrier), DUE: due}
    carrier.world.store.put(table, row["brand_id" if table == BRANDS else "campaign_id"], row)
    return as_json(shown(row), status=answer)


def owned(carrier: WavixBase, call: Call, table: str, name: str) -> Record:
    """Give what the path names, if it is the account's."""
    row = carrier.world.store.get(table, call.parts[name])
    if row is None or row["_account"] != call.account.id:
        raise missing("Brand" if table == BRANDS else "Campaign")
    return row


def mine(carrier: WavixBase, call: Call, table: str) -> list[Record]:
    """Give what is the account's."""
    rows = carrier.world.store.table(table).values()
    return [row for row in rows if row["_account"] == call.account.id]


def _of_brand(carrier: WavixBase, brand: Record) -> list[Record]:
    rows = carrier.world.store.table(CAMPAIGNS).values()
    return [row for row in rows if row["brand_id"] == brand["brand_id"]]


def missing(what: str) -> Refusal:
    """Refuse what is not there or not the account's."""
    return Refusal(error(404, f"Request failed. The {what} is not found."))


def shown(row: Record) -> Record:
    """Leave out what only the carrier knows."""
    return {name: value for name, value in row.items() if not name.startswith("_")}


def new_id(letter: str) -> str:
    """Make up an id as the registry does."""
    return f"{letter}{uuid.uuid4().hex[:6].upper()}"


def moment(carrier: WavixBase) -> str:
    """Write down what time it is."""
    return carrier.world.now().strftime("%Y-%m-%dT%H:%M:%S")
