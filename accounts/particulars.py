"""What must be right about an organization's own words before it is stored."""

from __future__ import annotations

import re
from dataclasses import dataclass
from zoneinfo import available_timezones

from phonenumbers import SUPPORTED_REGIONS

from accounts.wording import one_line
from lib.refusals import UnableTo

LONGEST_NAME = 120
_MOST = 2_147_483_647


class UnableToCreate(UnableTo):
    """Something about the organization to be created does not fit."""

    code = "cannot_create"


@dataclass(frozen=True)
class Particulars:
    """An organization's own words, checked."""

    name: str
    country: str
    currency: str
    time_zone: str
    number_limit: int | None
    tenant_limit: int | None


def checked(
    *,
    name: str,
    country: str,
    currency: str,
    time_zone: str,
    number_limit: int | None,
    tenant_limit: int | None,
) -> Particulars:
    """
    Check and tidy an organization's own words.

    :raises UnableToCreate: naming the field that must change
    """
    return Particulars(
        name=_name(name),
        country=_country(country),
        currency=_currency(currency),
        time_zone=_time_zone(time_zone),
        number_limit=_limit(number_limit, "number_limit"),
        tenant_limit=_limit(tenant_limit, "tenant_limit"),
    )


def _name(name: str) -> str:
    tidy = one_line(name, longest=LONGEST_NAME)
    if tidy is None:
        raise UnableToCreate(f"Give a name of 1 to {LONGEST_NAME} characters.", field="name")
    return tidy


def _country(country: str) -> str:
    code = country.strip().upper()
    if code not in SUPPORTED_REGIONS:
        raise UnableToCreate(
            "Give the country as its two-letter code, such as US or GB.", field="country"
        )
    return code


def _currency(currency: str) -> str:
    code = currency.strip().upper()
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise UnableToCreate(
            "Give the currency as its three-letter code, such as USD or EUR.", field="currency"
        )
    return code


def _time_zone(time_zone: str) -> str:
    if time_zone not in available_timezones():
        raise UnableToCreate(
            "Give the time zone by its name, such as America/Chicago or Europe/London.",
            field="time_zone",
        )
    return time_zone


def _limit(limit: int | None, field: str) -> int | None:
    if limit is not None and not 0 <= limit <= _MOST:
        raise UnableToCreate(
            "Give a limit of 0 or more, or none at all to allow any number.", field=field
        )
    return limit
