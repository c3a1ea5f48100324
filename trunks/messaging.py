"""
What is said about text messages: who sends them, what for, and where those that come in go.

In the United States, businesses send from ordinary numbers only after they have been registered
(10DLC): a brand says who they are, a campaign what they send.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from trunks.features import Problem


@dataclass(frozen=True, kw_only=True)
class BrandSpec:
    """
    Who sends messages, as the registry of the carriers wants to know it.

    :ivar kind: PRIVATE_PROFIT, PUBLIC_PROFIT, NON_PROFIT or GOVERNMENT
    :ivar tax_id: in the United States the EIN
    :ivar sector: one of `SECTORS`
    :ivar first_name: of whoever answers for it; some registries ask for a person
    """

    kind: str
    name: str
    legal_name: str
    tax_id: str
    sector: str
    website: str
    email: str
    phone: str
    street: str
    city: str
    region: str
    postal_code: str
    country: str
    stock_symbol: str = ""
    stock_exchange: str = ""
    first_name: str = ""
    last_name: str = ""


@dataclass(frozen=True, kw_only=True)
class CampaignSpec:
    """
    What a brand sends.

    :ivar use_case: one of `USE_CASES`
    :ivar opt_in: how people come to agree to it
    :ivar opt_in_answer: what those read who begin it by a word
    :ivar terms: the web address of its terms
    """

    use_case: str
    description: str
    opt_in: str
    samples: tuple[str, ...]
    opt_in_words: str = ""
    opt_out_words: str = "STOP"
    help_words: str = "HELP"
    help_answer: str = ""
    opt_in_answer: str = ""
    opt_out_answer: str = ""
    terms: str = ""


SECTORS = (
    *("AGRICULTURE", "COMMUNICATION", "CONSTRUCTION", "EDUCATION", "ENERGY", "ENTERTAINMENT"),
    *("FINANCIAL", "GOVERNMENT", "HEALTHCARE", "HOSPITALITY", "HUMAN_RESOURCES", "INSURANCE"),
    *("LEGAL", "MANUFACTURING", "NGO", "POLITICAL", "POSTAL", "PROFESSIONAL", "REAL_ESTATE"),
    *("RETAIL", "TECHNOLOGY", "TRANSPORTATION"),
)
"""What the registry calls verticals; gambling is not let in by every network and left out."""

USE_CASES = (
    *("2FA", "ACCOUNT_NOTIFICATION", "CUSTOMER_CARE", "DELIVERY_NOTIFICATION", "FRAUD_ALERT"),
    *("HIGHER_EDUCATION", "LOW_VOLUME", "MARKETING", "MIXED", "PUBLIC_SERVICE_ANNOUNCEMENT"),
    "SECURITY_ALERT",
)

_FIELDS = (
    (("first name", "first_name"), "first_name"),
    (("last name", "last_name"), "last_name"),
    (("terms", "terms_conditions"), "terms"),
    (("ein", "tax id", "tax_id", "taxid"), "tax_id"),
    (("legal name", "company name", "companyname"), "legal_name"),
    (("website", "web site", "url"), "website"),
    (("email", "e-mail"), "email"),
    (("address", "street", "postal"), "street"),
    (("phone",), "phone"),
    (("stock",), "stock_symbol"),
    (("sample",), "samples"),
    (("opt-in", "opt in", "optin", "message flow", "messageflow", "call to action"), "opt_in"),
    (("use case", "usecase"), "use_case"),
    (("description",), "description"),
    (("display name", "displayname"), "name"),
)
"""Words with which carriers name a field, and its name here; the first that fits counts."""


def missing(spec: BrandSpec | CampaignSpec, names: Collection[str]) -> tuple[Problem, ...]:
    """Name what is asked for and was not filled in."""
    return tuple(
        Problem(field=name, words="This is asked for. Fill it in.")
        for name in sorted(names)
        if not getattr(spec, name)
    )


def problem_from(words: str) -> Problem:
    """Read which of our fields a carrier minds, where its words tell."""
    said = words.lower()
    for marks, field in _FIELDS:
        if any(mark in said for mark in marks):
            return Problem(field=field, words=words)
    return Problem(field="", words=words)
