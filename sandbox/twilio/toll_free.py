"""
Verifications of toll-free numbers (`Tollfree/Verifications`): one for each number.

Everything is decided before the next request. A verification is refused where its summary has
fewer than forty characters, and may be edited then.
"""

from __future__ import annotations

import re
from typing import Any

from sandbox.store import Record
from sandbox.twilio import errors, numbers, parameters
from sandbox.twilio.base import TwilioBase, new_sid, shown
from sandbox.wire import Answer, Call, as_json

TABLE = "twilio.toll_free"
USES = (
    *("TWO_FACTOR_AUTHENTICATION", "ACCOUNT_NOTIFICATIONS", "CUSTOMER_CARE", "CHARITY_NONPROFIT"),
    *("DELIVERY_NOTIFICATIONS", "FRAUD_ALERT_MESSAGING", "EVENTS", "HIGHER_EDUCATION", "K12"),
    *("MARKETING", "POLLING_AND_VOTING_NON_POLITICAL", "POLITICAL_ELECTION_CAMPAIGNS"),
    *("PUBLIC_SERVICE_ANNOUNCEMENT", "SECURITY_ALERT"),
)
OPT_INS = (
    *("VERBAL", "WEB_FORM", "PAPER_FORM", "VIA_TEXT", "MOBILE_QR_CODE", "IMPORT"),
    "IMPORT_PLEASE_REPLACE",
)
KINDS = ("PRIVATE_PROFIT", "PUBLIC_PROFIT", "SOLE_PROPRIETOR", "NON_PROFIT", "GOVERNMENT")
NEEDED = (
    *("BusinessName", "BusinessWebsite", "NotificationEmail", "UseCaseCategories"),
    *("UseCaseSummary", "ProductionMessageSample", "OptInImageUrls", "OptInType", "MessageVolume"),
)
REGISTERED = (
    *("BusinessRegistrationNumber", "BusinessRegistrationAuthority"),
    "BusinessRegistrationCountry",
)
TEXTS = (
    *("AdditionalInformation", "BusinessStreetAddress", "BusinessCity", "BusinessPostalCode"),
    *("BusinessStateProvinceRegion", "BusinessCountry", "BusinessContactFirstName"),
    *("BusinessContactLastName", "BusinessContactEmail", "BusinessContactPhone"),
)
BODY: dict[str, Any] = {
    **dict.fromkeys((*NEEDED, *TEXTS, *REGISTERED), str),
    "UseCaseCategories": [USES],
    "OptInImageUrls": [parameters.URL],
    "OptInType": OPT_INS,
    "BusinessType": KINDS,
}
SID = "TollfreePhoneNumberSid"
LIST: dict[str, Any] = {**parameters.PAGE, SID: "PN"}
SHORTEST = 40
UNDER_WAY = "_under_way"


def create(carrier: TwilioBase, call: Call) -> Answer:
    """Hand one in; a number that has one gets no second one."""
    asked = parameters.form(call.request, {**BODY, SID: "PN"}, required=(*NEEDED, SID))
    number = numbers.owned(carrier, call, asked[SID])
    if any(row["tollfree_phone_number_sid"] == number["sid"] for row in _mine(carrier, call)):
        raise errors.refused(20409, "A verification of the number exists already")
    row: Record = {
        "sid": new_sid("HH"),
        "account_sid": call.account.id,
        "tollfree_phone_number_sid": number["sid"],
        "tollfree_phone_number": number["phone_number"],
        "external_reference_id": None,
        "resource_links": {},
        "date_created": carrier.stamp_iso(),
    }
    return _handed_in(carrier, call, row, asked, status=201)


def update(carrier: TwilioBase, call: Call) -> Answer:
    """Edit one, which is decided anew."""
    row = _owned(carrier, call)
    return _handed_in(carrier, call, row, parameters.form(call.request, BODY), status=202)


def retrieve(carrier: TwilioBase, call: Call) -> Answer:
    """Show one."""
    return as_json(_shown(call, _owned(carrier, call)))


def listing(carrier: TwilioBase, call: Call) -> Answer:
    """List them."""
    sid = parameters.query(call.request, LIST).get(SID)
    rows = [
        _shown(call, row)
        for row in _mine(carrier, call)
        if sid in (None, row["tollfree_phone_number_sid"])
    ]
    return parameters.paged_by_meta(call.request, "verifications", rows, LIST)


def delete(carrier: TwilioBase, call: Call) -> Answer:
    """Delete one."""
    carrier.world.store.remove(TABLE, _owned(carrier, call)["sid"])
    return Answer(204)


def settle(carrier: TwilioBase) -> None:
    """Decide what is under way."""
    for row in list(carrier.world.store.table(TABLE).values()):
        if UNDER_WAY in row:
            fresh = {name: value for name, value in row.items() if name != UNDER_WAY}
            carrier.world.store.put(TABLE, row["sid"], fresh | _decided(row))


def _decided(row: Record) -> Record:
    if len(row["use_case_summary"]) >= SHORTEST:
        return {"status": "TWILIO_APPROVED"}
    words = "The use case is not clear."
    return {
        "status": "TWILIO_REJECTED",
        "rejection_reason": words,
        "error_code": 30445,
        "edit_allowed": True,
    }


def _handed_in(
    carrier: TwilioBase, call: Call, row: Record, asked: dict[str, Any], *, status: int
) -> Answer:
    told = {_field(name): value for name, value in asked.items() if name != SID}
    fresh: Record = {
        "status": "PENDING_REVIEW",
        "rejection_reason": None,
        "error_code": None,
        "edit_allowed": None,
        "date_updated": carrier.stamp_iso(),
        UNDER_WAY: True,
    }
    row = row | told | fresh
    carrier.world.store.put(TABLE, row["sid"], row)
    return as_json(_shown(call, row), status=status)


def _field(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _mine(carrier: TwilioBase, call: Call) -> list[Record]:
    rows = carrier.world.store.table(TABLE).values()
    return [row for row in rows if row["account_sid"] == call.account.id]


def _owned(carrier: TwilioBase, call: Call) -> Record:
    row = carrier.world.store.get(TABLE, call.parts["sid"])
    if row is None or row["account_sid"] != call.account.id:
        raise errors.not_found(f"/Tollfree/Verifications/{call.parts['sid']}")
    return row


def _shown(call: Call, row: Record) -> Record:
    root = call.request.path.partition("/v1/")[0]
    url = f"{call.request.base}{root}/v1/Tollfree/Verifications/{row['sid']}"
    return {**shown(row), "url": url}
