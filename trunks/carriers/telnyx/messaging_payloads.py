"""Telnyx's words about text messages and ours, without any network."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from trunks.features import Problem, Stage, Standing
from trunks.messaging import BrandSpec, CampaignSpec, problem_from

DESTINATIONS = ["US", "CA"]
"""Whither a profile may send; its numbers are there."""
_IDENTITIES = {
    "VERIFIED": Stage.ACTIVE,
    "VETTED_VERIFIED": Stage.ACTIVE,
    "SELF_DECLARED": Stage.ACTIVE,
    "UNVERIFIED": Stage.REJECTED,
}
_CAMPAIGNS = {
    "MNO_PROVISIONED": Stage.ACTIVE,
    "MNO_ACCEPTED": Stage.ACTIVE,
    "TCR_FAILED": Stage.REJECTED,
    "TCR_EXPIRED": Stage.REJECTED,
    "TCR_SUSPENDED": Stage.REJECTED,
    "TELNYX_FAILED": Stage.REJECTED,
    "MNO_REJECTED": Stage.REJECTED,
    "MNO_PROVISIONING_FAILED": Stage.REJECTED,
}
_LINKS = {
    "ASSIGNED": Stage.ACTIVE,
    "FAILED_ASSIGNMENT": Stage.REJECTED,
    "PENDING_UNASSIGNMENT": Stage.ABSENT,
    "FAILED_UNASSIGNMENT": Stage.ACTIVE,
}


def profile_name(address: str) -> str:
    """Name the profile of an address: the same one each time."""
    return f"portal {uuid5(NAMESPACE_URL, address)}"


def profile_body(address: str) -> dict[str, Any]:
    """Write a messaging profile."""
    return {
        "name": profile_name(address),
        "webhook_url": address,
        "webhook_api_version": "2",
        "whitelisted_destinations": DESTINATIONS,
    }


def brand_body(brand: BrandSpec) -> dict[str, Any]:
    """Write a brand; what is empty is left out."""
    fields = {
        "entityType": brand.kind,
        "displayName": brand.name,
        "companyName": brand.legal_name,
        "ein": brand.tax_id,
        "vertical": brand.sector,
        "website": brand.website,
        "email": brand.email,
        "businessContactEmail": brand.email if brand.kind == "PUBLIC_PROFIT" else "",
        "phone": brand.phone,
        "street": brand.street,
        "city": brand.city,
        "state": brand.region,
        "postalCode": brand.postal_code,
        "country": brand.country,
        "stockSymbol": brand.stock_symbol,
        "stockExchange": brand.stock_exchange,
        "firstName": brand.first_name,
        "lastName": brand.last_name,
    }
    return {name: value for name, value in fields.items() if value}


def is_brand(row: Mapping[str, Any], brand: BrandSpec) -> bool:
    """Tell whether an entry of the list is a brand of ours."""
    return bool(row.get("displayName") == brand.name and row.get("email") == brand.email)


def brand_from(body: Mapping[str, Any]) -> Standing:
    """Read a brand: registered first, then its identity is proven."""
    status, identity = str(body.get("status") or ""), str(body.get("identityStatus") or "")
    stage = Stage.PENDING
    if status == "REGISTRATION_FAILED":
        stage = Stage.REJECTED
    elif status == "OK":
        stage = _IDENTITIES.get(identity, Stage.PENDING)
    return _standing(body, "brandId", stage)


def campaign_body(campaign: CampaignSpec, brand: str, reference: str) -> dict[str, Any]:
    """Write a campaign."""
    return {
        "brandId": brand,
        "referenceId": reference,
        "usecase": campaign.use_case,
        "description": campaign.description,
        "messageFlow": campaign.opt_in,
        "optinKeywords": campaign.opt_in_words,
        "optoutKeywords": campaign.opt_out_words,
        "helpKeywords": campaign.help_words,
        "helpMessage": campaign.help_answer,
        "subscriberOptin": True,
        "subscriberOptout": True,
        "subscriberHelp": True,
        "termsAndConditions": True,
        **_samples(campaign),
    }


def campaign_correction(campaign: CampaignSpec) -> dict[str, Any]:
    """Write what may be changed on a campaign."""
    return {
        "messageFlow": campaign.opt_in,
        "helpMessage": campaign.help_answer,
        **_samples(campaign),
    }


def campaign_from(body: Mapping[str, Any]) -> Standing:
    """Read a campaign: in force once the networks have taken it."""
    word = str(body.get("campaignStatus") or "")
    stage = _CAMPAIGNS.get(word, Stage.PENDING)
    if body.get("submissionStatus") == "FAILED":
        stage = Stage.REJECTED
    return _standing(body, "campaignId", stage)


def link_from(body: Mapping[str, Any], campaign: str) -> Standing:
    """Read to which campaign a number is assigned, and whether it is yet."""
    if campaign not in {body["campaignId"], body.get("telnyxCampaignId")}:
        return Standing(stage=Stage.ABSENT)
    stage = _LINKS.get(str(body.get("assignmentStatus") or ""), Stage.PENDING)
    return _standing(body, "phoneNumber", stage)


def _samples(campaign: CampaignSpec) -> dict[str, str]:
    return {f"sample{place}": text for place, text in enumerate(campaign.samples, start=1)}


def _standing(body: Mapping[str, Any], key: str, stage: Stage) -> Standing:
    problems = _problems(body) if stage is Stage.REJECTED else ()
    return Standing(stage=stage, carrier_reference=str(body[key]), problems=problems)


def _problems(body: Mapping[str, Any]) -> tuple[Problem, ...]:
    # One text; the description says nothing of how several reasons are kept apart.
    words = str(body.get("failureReasons") or "")
    return tuple(problem_from(each.strip()) for each in re.split(r"[;\n]", words) if each.strip())
