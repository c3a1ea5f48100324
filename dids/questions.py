"""Whether what somebody looks for is a question at all."""

from __future__ import annotations

from dataclasses import replace

from dids.sieve import Sieve
from lib import keypad
from lib.refusals import UnableTo
from trunks.offers import Wanted

MOST = 100


class UnableToSearch(UnableTo):
    """The question is none, or there is nobody to ask."""

    code = "cannot_search"


def checked(wanted: Wanted, sieve: Sieve, months: int) -> tuple[Wanted, Sieve]:
    """
    Give a question with its sieve, both as they are kept.

    :raises UnableToSearch: naming the field that must change
    """
    return _with_digits(_checked(wanted, months), _checked_sieve(sieve))


def _with_digits(wanted: Wanted, sieve: Sieve) -> tuple[Wanted, Sieve]:
    """Have carriers asked for a pattern of digits alone: that they all know."""
    if not sieve.pattern.isdigit() or wanted.contains:
        return wanted, sieve
    return replace(wanted, contains=sieve.pattern), replace(sieve, pattern="")


def _checked(wanted: Wanted, months: int) -> Wanted:
    if len(wanted.country) != 2 or not wanted.country.isalpha() or not wanted.country.isupper():
        raise UnableToSearch(
            "Write the country as two capital letters, for example US.", field="country"
        )
    for field in ("area_code", "prefix", "contains"):
        text = getattr(wanted, field)
        if text and (not text.isascii() or not text.isdigit() or len(text) > 15):
            raise UnableToSearch("Write digits only, at most 15.", field=field)
    for field in ("locality", "region"):
        if len(getattr(wanted, field)) > 100:
            raise UnableToSearch("Shorten this to 100 characters.", field=field)
    if not 1 <= wanted.limit <= MOST:
        raise UnableToSearch(f"Ask for 1 to {MOST} numbers per carrier.", field="limit")
    if not 1 <= months <= 120:
        raise UnableToSearch("Compare over 1 to 120 months.", field="months")
    return wanted


def _checked_sieve(sieve: Sieve) -> Sieve:
    try:
        pattern = keypad.written(sieve.pattern)
    except keypad.NotAPattern as wrong:
        raise UnableToSearch(str(wrong), field="pattern") from None
    if len(sieve.rate_center) > 100:
        raise UnableToSearch("Shorten this to 100 characters.", field="rate_center")
    return replace(sieve, pattern=pattern)
