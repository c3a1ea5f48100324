"""Twilio's words about brands and campaigns and ours, without any network."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from trunks.carriers.twilio.payloads import Params
from trunks.features import Problem, Stage, Standing
from trunks.messaging import BrandSpec, CampaignSpec, problem_from

_BRANDS = {
    "APPROVED": Stage.ACTIVE,
    "FAILED": Stage.REJECTED,
    "SUSPENDED": Stage.REJECTED,
    "DELETION_PENDING": Stage.ABSENT,
}
_CAMPAIGNS = {"VERIFIED": Stage.ACTIVE, "FAILED": Stage.REJECTED}
_USE_CASES = {"FRAUD_ALERT": "FRAUD_ALERT_MESSAGING"}
"""Where Twilio's word for a use case is another than the registry's."""
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
_PHONE = re.compile(r"\+?\d[\d ().-]{6,}\d")


def profile_name(brand: BrandSpec) -> str:
    """Name the profiles of a brand in Trust Hub, under which a person made them there."""
    return brand.legal_name


def brand_form(profile: str, a2p_profile: str, brand: BrandSpec) -> Params:
    """Write a brand: Twilio reads all else from the two profiles."""
    del brand
    return [("CustomerProfileBundleSid", profile), ("A2PProfileBundleSid", a2p_profile)]


def brand_from(body: Mapping[str, Any]) -> Standing:
    """Read a brand; one whose identity nobody could prove is refused."""
    stage = _BRANDS.get(str(body["status"]), Stage.PENDING)
    if stage is Stage.ACTIVE and body.get("identity_status") == "UNVERIFIED":
        stage = Stage.REJECTED
    return _standing(body, str(body["sid"]), stage)


def service_name(reference: str) -> str:
    """Name the messaging service of a campaign by our reference."""
    return f"portal {reference}"


def service_form(reference: str) -> Params:
    """Write a messaging service that leaves each number's messages where the number says."""
    return [
        ("FriendlyName", service_name(reference)),
        ("UseInboundWebhookOnNumber", "true"),
    ]


def campaign_form(campaign: CampaignSpec, brand: str) -> Params:
    """Write a campaign."""
    return [
        ("BrandRegistrationSid", brand),
        ("UsAppToPersonUsecase", _USE_CASES.get(campaign.use_case, campaign.use_case)),
        *_told(campaign),
        ("SubscriberOptIn", "true"),
        ("HelpMessage", campaign.help_answer),
        *(("OptInKeywords", word) for word in _words(campaign.opt_in_words)),
        *(("OptOutKeywords", word) for word in _words(campaign.opt_out_words)),
        *(("HelpKeywords", word) for word in _words(campaign.help_words)),
    ]


def campaign_correction(campaign: CampaignSpec) -> Params:
    """Write what may be changed on a campaign; all of it must be said."""
    return [*_told(campaign), ("AgeGated", "false"), ("DirectLending", "false")]


def campaign_from(body: Mapping[str, Any], service: str) -> Standing:
    """Read a campaign; it is known by its messaging service, which has no other one."""
    stage = _CAMPAIGNS.get(str(body["campaign_status"]), Stage.PENDING)
    return _standing(body, service, stage)


def _told(campaign: CampaignSpec) -> Params:
    texts = " ".join(campaign.samples)
    return [
        ("Description", campaign.description),
        ("MessageFlow", campaign.opt_in),
        *(("MessageSamples", sample) for sample in campaign.samples),
        ("HasEmbeddedLinks", _truth(_LINK.search(texts))),
        ("HasEmbeddedPhone", _truth(_PHONE.search(texts))),
    ]


def _truth(found: object) -> str:
    return "true" if found else "false"


def _words(text: str) -> Sequence[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _standing(body: Mapping[str, Any], reference: str, stage: Stage) -> Standing:
    problems = tuple(_problems(body)) if stage is Stage.REJECTED else ()
    return Standing(stage=stage, carrier_reference=reference, problems=problems)


def _problems(body: Mapping[str, Any]) -> list[Problem]:
    """Read what is minded; the carrier's name of a field tells more than its words."""
    minded = []
    for error in body.get("errors") or []:
        words = str(error.get("description") or "")
        named = " ".join(map(str, error.get("fields") or []))
        field = problem_from(named.replace("_", " ")).field or problem_from(words).field
        minded.append(Problem(field=field, words=words))
    if not minded and body.get("failure_reason"):
        minded.append(problem_from(str(body["failure_reason"])))
    return minded
