"""
Which addresses the sandbox's emergency services can find.

Every address is found whose parts look like ones of its country, except what somebody wants to see
fail: a street with the word Nowhere is unknown, Mian is corrected to Main, and what is registered
at a street with the word Failing fails afterwards. No address of the sandbox leaves it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_POSTAL = {
    "US": r"\d{5}(-\d{4})?",
    "CA": r"[A-Z]\d[A-Z] ?\d[A-Z]\d",
    "GB": r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}",
    "ES": r"\d{5}",
}


@dataclass(frozen=True)
class Judgement:
    """
    What is said of an address.

    :ivar trouble: what is wrong, as "house_number", "street" or "postal_code"; empty for nothing
    :ivar street: how house number and street are written
    """

    trouble: str
    street: str


def judge(street: str, postal_code: str, country: str) -> Judgement:
    """Look at an address; the city is believed."""
    corrected = re.sub(r"\bMian\b", "Main", street)
    if not re.search(r"\d", street):
        return Judgement("house_number", street)
    if "nowhere" in street.lower():
        return Judgement("street", street)
    if not re.fullmatch(_POSTAL.get(country, r".+"), postal_code.upper()):
        return Judgement("postal_code", street)
    return Judgement("street" if corrected != street else "", corrected)


def fails_later(street: str) -> bool:
    """Tell whether what is registered there is accepted first and fails afterwards."""
    return "failing" in street.lower()
