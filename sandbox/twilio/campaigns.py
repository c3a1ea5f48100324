"""
Brands (`a2p/BrandRegistrations`) and campaigns (`Compliance/Usa2p`): one for each service.

Everything is decided before the next request. A brand has nothing of its own: what the registry
minds stands in its profiles. A campaign whose message flow says too little is refused when it is
decided.
"""

from __future__ import annotations

from typing import Any

from sandbox.store import Record
from sandbox.twilio import errors, parameters, services, trust
from sandbox.twilio.base import TwilioBase, new_sid, shown
from sandbox.wire import Answer, Call, as_json

BRANDS, CAMPAIGNS = "twilio.brands", "twilio.campaigns"
BRAND: dict[str, Any] = {
    "CustomerProfileBundleSid": "BU",
    "A2PProfileBundleSid": "BU",
    "BrandType": ("STANDARD", "SOLE_PROPRIETOR"),
    "Mock": bool,
    "SkipAutomaticSecVet": bool,
}
_KEYWORDS = {"OptInKeywords": [str], "OptOutKeywords": [str], "HelpKeywords": [str]}
CORRECTION: dict[str, Any] = {
    "HasEmbeddedLinks": bool,
    "HasEmbeddedPhone": bool,
    "MessageSamples": [str],
    "MessageFlow": str,
    "Description": str,
    "AgeGated": bool,
    "DirectLending": bool,
    "PrivacyPolicyUrl": parameters.URL,
    "TermsAndConditionsUrl": parameters.URL,
}
CAMPAIGN: dict[str, Any] = {
    **CORRECTION,
    **_KEYWORDS,
    "BrandRegistrationSid": "BN",
    "UsAppToPersonUsecase": str,
    "OptInMessage": str,
    "OptOutMessage": str,
    "HelpMessage": str,
    "SubscriberOptIn": bool,
}
NEEDED = (
    *("BrandRegistrationSid", "Description", "MessageFlow", "MessageSamples"),
    *("UsAppToPersonUsecase", "HasEmbeddedLinks", "HasEmbeddedPhone"),
)
CORRECTED = (
    *("HasEmbeddedLinks", "HasEmbeddedPhone", "MessageSamples", "MessageFlow", "Description"),
    *("AgeGated", "DirectLending"),
)
SHORTEST = 40
UNDER_WAY = "_under_way"


def create_brand(carrier: TwilioBase, call: Call) -> Answer:
    """Register a brand from two approved profiles."""
    needed = ("CustomerProfileBundleSid", "A2PProfileBundleSid")
    asked = parameters.form(call.request, BRAND, required=needed)
    profile = trust.approved(carrier, call, asked[needed[0]], "CustomerProfiles")
    product = trust.approved(carrier, call, asked[needed[1]], "TrustProducts")
    brand: Record = {
        "sid": new_sid("BN"),
        "account_sid": call.account.id,
        "customer_profile_bundle_sid": profile["sid"],
        "a2p_profile_bundle_sid": product["sid"],
        "brand_type": asked.get("BrandType", "STANDARD"),
        "tcr_id": None,
        "failure_reason": None,
        "brand_score": None,
        "brand_feedback": [],
        "identity_status": "SELF_DECLARED",
        "russell_3000": False,
        "government_entity": False,
        "tax_exempt_status": None,
        "skip_automatic_sec_vet": asked.get("SkipAutomaticSecVet", False),
        "mock": asked.get("Mock", False),
        "links": {},
        "date_created": carrier.stamp_iso(),
    }
    return _kept_brand(carrier, call, brand, status=201)


def update_brand(carrier: TwilioBase, call: Call) -> Answer:
    """Have a refused brand decided anew, from what its profiles say now; the body is empty."""
    parameters.form(call.request, {})
    brand = _brand(carrier, call)
    if brand["status"] != "FAILED":
        raise errors.refused(21718, "Only a failed brand registration can be updated")
    return _kept_brand(carrier, call, brand, status=202)


def retrieve_brand(carrier: TwilioBase, call: Call) -> Answer:
    """Show a brand."""
    return as_json(_shown_brand(call, _brand(carrier, call)))


def list_brands(carrier: TwilioBase, call: Call) -> Answer:
    """List the brands; the list takes no filter."""
    rows = [
        _shown_brand(call, brand)
        for brand in carrier.world.store.table(BRANDS).values()
        if brand["account_sid"] == call.account.id
    ]
    return parameters.paged_by_meta(call.request, "data", rows)


def create_campaign(carrier: TwilioBase, call: Call) -> Answer:
    """Register the campaign of a service, which may have one only."""
    service = services.owned(carrier, call)
    asked = parameters.form(call.request, CAMPAIGN, required=NEEDED)
    if _campaigns(carrier, service):
        raise errors.refused(21720, "The Messaging Service has a campaign already")
    brand = carrier.world.store.get(BRANDS, asked["BrandRegistrationSid"])
    if brand is None or brand["account_sid"] != call.account.id or brand["status"] != "APPROVED":
        raise errors.refused(21721, "The brand is not an approved one")
    _check(asked)
    campaign: Record = {
        "sid": new_sid("QE"),
        "account_sid": call.account.id,
        "messaging_service_sid": service["sid"],
        "brand_registration_sid": brand["sid"],
        "us_app_to_person_usecase": asked["UsAppToPersonUsecase"],
        "subscriber_opt_in": asked.get("SubscriberOptIn", False),
        "opt_in_message": asked.get("OptInMessage"),
        "opt_out_message": asked.get("OptOutMessage"),
        "help_message": asked.get("HelpMessage"),
        "opt_in_keywords": asked.get("OptInKeywords", []),
        "opt_out_keywords": asked.get("OptOutKeywords", []),
        "help_keywords": asked.get("HelpKeywords", []),
        "campaign_id": None,
        "is_externally_registered": False,
        "rate_limits": None,
        "mock": False,
        "date_created": carrier.stamp_iso(),
    }
    return _kept_campaign(carrier, call, campaign, asked, status=201)


def update_campaign(carrier: TwilioBase, call: Call) -> Answer:
    """Correct a refused campaign, which is decided anew."""
    campaign = _campaign(carrier, call)
    asked = parameters.form(call.request, CORRECTION, required=CORRECTED)
    if campaign["campaign_status"] != "FAILED":
        raise errors.refused(21722, "Only a failed campaign can be updated")
    _check(asked)
    return _kept_campaign(carrier, call, campaign, asked)


def retrieve_campaign(carrier: TwilioBase, call: Call) -> Answer:
    """Show a campaign."""
    return as_json(_shown_campaign(call, _campaign(carrier, call)))


def list_campaigns(carrier: TwilioBase, call: Call) -> Answer:
    """List the campaign of a service."""
    service = services.owned(carrier, call)
    rows = [_shown_campaign(call, row) for row in _campaigns(carrier, service)]
    return parameters.paged_by_meta(call.request, "compliance", rows)


def delete_campaign(carrier: TwilioBase, call: Call) -> Answer:
    """End a campaign; its service stays."""
    carrier.world.store.remove(CAMPAIGNS, _campaign(carrier, call)["sid"])
    return Answer(204)


def settle(carrier: TwilioBase) -> None:
    """Decide what is under way."""
    for table, decided in ((BRANDS, _decided_brand), (CAMPAIGNS, _decided_campaign)):
        for row in list(carrier.world.store.table(table).values()):
            if UNDER_WAY in row:
                fresh = {name: value for name, value in row.items() if name != UNDER_WAY}
                carrier.world.store.put(table, row["sid"], fresh | decided(carrier, row))


def _decided_brand(carrier: TwilioBase, brand: Record) -> Record:
    if not trust.is_minded(carrier, brand["customer_profile_bundle_sid"]):
        return {"status": "APPROVED", "identity_status": "VERIFIED", "tcr_id": "BSANDBX"}
    words = "The business registration number does not match the business name."
    return {"status": "FAILED", "failure_reason": words, "errors": _minded(30795, words, "ein")}


def _decided_campaign(carrier: TwilioBase, campaign: Record) -> Record:
    del carrier
    if len(campaign["message_flow"]) >= SHORTEST:
        return {"campaign_status": "VERIFIED", "campaign_id": "CSANDBX"}
    words = "The campaign does not say how consumers consent."
    return {"campaign_status": "FAILED", "errors": _minded(30909, words, "MESSAGE_FLOW")}


def _minded(code: int, words: str, field: str) -> list[Record]:
    url = f"https://www.twilio.com/docs/api/errors/{code}"
    return [{"error_code": code, "description": words, "fields": [field], "url": url}]


def _check(asked: dict[str, Any]) -> None:
    if len(asked["Description"]) < SHORTEST:
        raise errors.refused(21723, f"Description must have {SHORTEST} characters or more")
    samples = asked["MessageSamples"]
    if not 2 <= len(samples) <= 5 or any(len(sample) < 20 for sample in samples):
        raise errors.refused(21724, "MessageSamples must be two to five of 20 characters or more")


def _campaigns(carrier: TwilioBase, service: Record) -> list[Record]:
    rows = carrier.world.store.table(CAMPAIGNS).values()
    return [row for row in rows if row["messaging_service_sid"] == service["sid"]]


def _brand(carrier: TwilioBase, call: Call) -> Record:
    brand = carrier.world.store.get(BRANDS, call.parts["sid"])
    if brand is None or brand["account_sid"] != call.account.id:
        raise errors.not_found(f"/a2p/BrandRegistrations/{call.parts['sid']}")
    return brand


def _campaign(carrier: TwilioBase, call: Call) -> Record:
    for row in _campaigns(carrier, services.owned(carrier, call)):
        if row["sid"] == call.parts["sid"]:
            return row
    raise errors.not_found(f"/Compliance/Usa2p/{call.parts['sid']}")


def _kept_brand(carrier: TwilioBase, call: Call, brand: Record, *, status: int) -> Answer:
    fresh: Record = {
        "status": "PENDING",
        "errors": [],
        "failure_reason": None,
        "date_updated": carrier.stamp_iso(),
        UNDER_WAY: True,
    }
    carrier.world.store.put(BRANDS, brand["sid"], brand | fresh)
    return as_json(_shown_brand(call, brand | fresh), status=status)


def _kept_campaign(
    carrier: TwilioBase, call: Call, campaign: Record, asked: dict[str, Any], *, status: int = 200
) -> Answer:
    fresh: Record = {
        "description": asked["Description"],
        "message_flow": asked["MessageFlow"],
        "message_samples": asked["MessageSamples"],
        "has_embedded_links": asked["HasEmbeddedLinks"],
        "has_embedded_phone": asked["HasEmbeddedPhone"],
        "age_gated": asked.get("AgeGated", False),
        "direct_lending": asked.get("DirectLending", False),
        "campaign_status": "IN_PROGRESS",
        "errors": [],
        "date_updated": carrier.stamp_iso(),
        UNDER_WAY: True,
    }
    carrier.world.store.put(CAMPAIGNS, campaign["sid"], campaign | fresh)
    return as_json(_shown_campaign(call, campaign | fresh), status=status)


def _shown_brand(call: Call, brand: Record) -> Record:
    root = call.request.path.partition("/v1/")[0]
    url = f"{call.request.base}{root}/v1/a2p/BrandRegistrations/{brand['sid']}"
    return {**shown(brand), "url": url}


def _shown_campaign(call: Call, campaign: Record) -> Record:
    service = campaign["messaging_service_sid"]
    return {
        **shown(campaign),
        "url": services.at(call, service, "Compliance/Usa2p", campaign["sid"]),
    }
