"""In which countries a number needs a place to which help is sent before it may be used."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from django.conf import settings

from trunks.numbering import Capability, NumberType

_FICTIONAL: Final = re.compile(
    r"\+1\d{3}55501\d{2}"
    r"|\+44(?:1(?:1[3-8]|21|31|41|51|61)4960|191498|2079460|2890180|2920180|1632960|3069990)\d{3}"
    r"|\+44(?:7700900|8081570|9098790)\d{3}"
)
"""What NANPA (555-0100 to 0199) and Ofcom (numbers for drama) keep for films and tests."""
CALLING: Final = frozenset({NumberType.LOCAL, NumberType.NATIONAL, NumberType.MOBILE})
"""From these people call. Toll-free and shared-cost numbers are called, and carriers register no
address for them."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """
    What a country asks of whoever lets people call from its numbers.

    :ivar short: the number that is dialed for help
    :ivar law: what is asked, in words for whoever enters an address
    :ivar state_label: what its addresses call the state; empty where they have none
    :ivar postal_label: what they call the postal code
    """

    short: str
    law: str
    state_label: str = ""
    postal_label: str = "Postal code"


RULES: Final[Mapping[str, Rule]] = {
    # RAY BAUM's Act, section 506 (47 CFR 9.8, 9.16): a dispatchable location, that is a validated
    # street address with floor, suite or room where it takes that to find the caller.
    "US": Rule(
        short="911",
        law="The law asks for a street address, with floor and room where that is needed to find "
        "the caller.",
        state_label="State",
        postal_label="ZIP code",
    ),
    # CRTC Decision 2005-21: VoIP providers give 9-1-1 service, and users keep the address current.
    "CA": Rule(
        short="911",
        law="The regulator asks that the address be kept current by whoever uses the number.",
        state_label="Province",
    ),
    # Ofcom General Condition A3: calls to 999 and 112, with caller location where it is feasible.
    "GB": Rule(
        short="999",
        law="The regulator asks for calls to 999 and 112 with the location of the caller.",
        postal_label="Postcode",
    ),
    # Ley 11/2022, General de Telecomunicaciones, on calls to 112 and the location of the caller.
    "ES": Rule(
        short="112",
        law="The law asks for calls to 112 with the location of the caller.",
        state_label="Province",
    ),
}


def rules() -> dict[str, Rule]:
    """Give the rule of each country that has one; EMERGENCY_COUNTRIES names further ones."""
    more = Rule(short="112", law="Your provider asks for the location of the caller.")
    return {**dict.fromkeys(settings.EMERGENCY_COUNTRIES, more), **RULES}


def needs_location(country: str, type_: str, capabilities: Collection[str]) -> bool:
    """
    Tell whether a number may be used only with a location.

    :param capabilities: those that are known; a number of which nothing is known can call
    """
    can_call = not capabilities or Capability.VOICE in capabilities
    return country in rules() and type_ in CALLING and can_call


def is_fictional(e164: str) -> bool:
    """Tell whether a number is one of those with which nobody can call."""
    return _FICTIONAL.fullmatch(e164) is not None
