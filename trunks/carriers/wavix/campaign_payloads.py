"""Wavix's words about brands and campaigns and ours, without any network."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from lib.e164 import E164, digits
from trunks.features import Problem, Stage, Standing
from trunks.messaging import BrandSpec, CampaignSpec, problem_from

MOST_SAMPLES: Final = 5
_VERTICALS: Final = {
    **{word: word for word in ("HEALTHCARE", "PROFESSIONAL", "RETAIL", "TECHNOLOGY", "EDUCATION")},
    **{word: word for word in ("FINANCIAL", "GOVERNMENT")},
    "NGO": "NON_PROFIT",
}
"""Any other sector is OTHER there."""
_BRANDS: Final = {
    "VERIFIED": Stage.ACTIVE,
    "VETTED_VERIFIED": Stage.ACTIVE,
    "SUSPENDED": Stage.REJECTED,
}
_CAMPAIGNS: Final = {
    "APPROVED": Stage.ACTIVE,
    **dict.fromkeys(("REJECTED", "DECLINED", "FAILED", "SUSPENDED", "EXPIRED"), Stage.REJECTED),
}
"""The description names two and says "such as"; whatever else comes is waited for."""
_LINK: Final = re.compile(
    r"(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|org|net|io|co|us)\b\S*", re.IGNORECASE
)
_TELEPHONE: Final = re.compile(r"(?:\+?\d[\s().-]*){10,}")


def brand_body(brand: BrandSpec) -> dict[str, Any]:
    """Write a brand; where its tax id is from is not asked here, so from where it is."""
    optional = {
        "website": brand.website,
        "stock_symbol": brand.stock_symbol,
        "stock_exchange": brand.stock_exchange,
    }
    return {
        "dba_name": brand.name,
        "company_name": brand.legal_name,
        "entity_type": brand.kind,
        "vertical": _VERTICALS.get(brand.sector, "OTHER"),
        "ein_taxid": brand.tax_id,
        "ein_taxid_country": brand.country,
        "first_name": brand.first_name,
        "last_name": brand.last_name,
        "phone_number": brand.phone.removeprefix("+"),
        "email": brand.email,
        "street_address": brand.street,
        "city": brand.city,
        "state_or_province": brand.region,
        "zip": brand.postal_code,
        "country": brand.country,
        **{name: value for name, value in optional.items() if value},
    }


def brands_from(body: Mapping[str, Any], brand: BrandSpec) -> list[Standing]:
    """Read those of a page that are this brand: the filters match parts of names."""
    wanted = (brand.name, brand.legal_name, brand.email)
    names = ("dba_name", "company_name", "email")
    return [
        brand_from(row) for row in body["items"] if tuple(row[name] for name in names) == wanted
    ]


def brand_from(body: Mapping[str, Any]) -> Standing:
    """
    Read a brand.

    A corrected one is UNVERIFIED for a while, as is one that failed; only that has a feedback.
    """
    word = str(body["status"])
    stage = _BRANDS.get(word, Stage.PENDING)
    if word == "UNVERIFIED" and body["feedback"]:
        stage = Stage.REJECTED
    return _standing(body, str(body["brand_id"]), stage)


def campaign_body(campaign: CampaignSpec, reference: str) -> dict[str, Any]:
    """Write a campaign, which is named by our reference."""
    samples = [*campaign.samples, *[None] * MOST_SAMPLES][:MOST_SAMPLES]
    return {
        "embedded_link_sample": None,
        **campaign_correction(campaign),
        **{f"sample{place}": text for place, text in enumerate(samples, start=1)},
        "name": reference,
        "usecase": campaign.use_case,
        "auto_renewal": True,
        "affiliate_marketing": False,
        "mock": False,
    }


def campaign_correction(campaign: CampaignSpec) -> dict[str, Any]:
    """Write what may be changed on a campaign; what is left out stays as it is."""
    links = _found(_LINK, campaign)
    return {
        "description": campaign.description,
        "optin_workflow": campaign.opt_in,
        "optin": True,
        "optin_keywords": campaign.opt_in_words,
        "optin_message": campaign.opt_in_answer,
        "optout": True,
        "optout_keywords": campaign.opt_out_words,
        "optout_message": campaign.opt_out_answer,
        "help": True,
        "help_keywords": campaign.help_words,
        "help_message": campaign.help_answer,
        "terms_conditions": campaign.terms,
        "embedded_links": bool(links),
        "embedded_phones": bool(_found(_TELEPHONE, campaign)),
        **({"embedded_link_sample": links[0]} if links else {}),
        # Neither is asked here: whoever does so has it registered by a person.
        "age_gated": False,
        "direct_lending": False,
        **{f"sample{place}": text for place, text in enumerate(campaign.samples, start=1)},
    }


def _found(what: re.Pattern[str], campaign: CampaignSpec) -> list[str]:
    """Give what stands in the samples of something."""
    return [match.group() for text in campaign.samples for match in what.finditer(text)]


def campaigns_from(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Read a page of campaigns."""
    return list(body["items"])


def campaign_from(body: Mapping[str, Any]) -> Standing:
    """Read a campaign."""
    stage = _CAMPAIGNS.get(str(body["status"]), Stage.PENDING)
    return _standing(body, reference_of(body), stage)


def reference_of(body: Mapping[str, Any]) -> str:
    """Name a campaign: all that is asked of it wants its brand, too."""
    return f"{body['brand_id']}/{body['campaign_id']}"


def path_of(reference: str) -> str:
    """Give where a campaign stands."""
    brand, _, campaign = reference.partition("/")
    return f"brands/{brand}/campaigns/{campaign}"


def has_number(body: Mapping[str, Any], number: E164) -> bool:
    """Tell whether a campaign names a number as one of its own."""
    return any(_is(number, told) for told in body["phone_numbers"])


def link_from(body: Mapping[str, Any], number: E164) -> Standing:
    """Read how a number stands among those of a campaign."""
    for row in body["numbers"]:
        if _is(number, row["number"]):
            stage = _CAMPAIGNS.get(str(row["status"]), Stage.PENDING)
            return Standing(stage=stage, carrier_reference=str(row["number"]))
    return Standing(stage=Stage.ABSENT)


def _is(number: E164, told: object) -> bool:
    return str(told).removeprefix("+") == digits(number)


def _standing(body: Mapping[str, Any], reference: str, stage: Stage) -> Standing:
    problems = _problems(body) if stage is Stage.REJECTED else ()
    return Standing(stage=stage, carrier_reference=reference, problems=problems)


def _problems(body: Mapping[str, Any]) -> tuple[Problem, ...]:
    # One text; the description says nothing of how several reasons are kept apart.
    words = str(body["feedback"] or "")
    return tuple(problem_from(each.strip()) for each in re.split(r"[;\n]", words) if each.strip())
