"""What a number says of itself: where it seems to be, and of which type. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import phonenumbers

from lib.e164 import BENCH_PREFIX, calling_code, digits
from trunks.numbering import NumberType

_Type = phonenumbers.PhoneNumberType
_TYPES = {
    _Type.MOBILE: NumberType.MOBILE,
    _Type.TOLL_FREE: NumberType.TOLL_FREE,
    _Type.SHARED_COST: NumberType.SHARED_COST,
    _Type.UAN: NumberType.NATIONAL,
}


@dataclass(frozen=True)
class Likely:
    """
    What we would say of a number of which nobody said more.

    :ivar calling_code: such as 1 or 44; 0 if it is that of no country
    :ivar is_planned: whether it is in a published numbering plan; carriers own others too
    """

    country: str
    type: NumberType
    calling_code: int
    is_planned: bool


def of(e164: str, *, country: str, told: str = "") -> Likely:
    """
    Look at a number.

    :param country: where it is if its calling code is that of no country
    :param told: where somebody says that it is, which needs no look
    """
    try:
        # The code that is reserved is looked up in vain.
        parsed = None if e164.startswith(BENCH_PREFIX) else _parted(e164)
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None:
        return Likely(told or country, NumberType.LOCAL, 0, is_planned=False)
    kind = phonenumbers.number_type(parsed)
    code = parsed.country_code or 0
    region = "" if told else phonenumbers.region_code_for_number(parsed)
    return Likely(
        told or _country(region or phonenumbers.region_code_for_country_code(code), country),
        _TYPES.get(kind, NumberType.LOCAL),
        code,
        is_planned=kind != _Type.UNKNOWN,
    )


def _parted(e164: str) -> phonenumbers.PhoneNumber:
    code = calling_code(e164)
    rest = digits(e164).removeprefix(code)
    if rest.startswith("0"):
        # A zero that belongs to the number, as in Italy, or one that does not.
        return phonenumbers.parse(e164)
    # What is canonical needs no parser, which takes longer than all that is asked of it here.
    return phonenumbers.PhoneNumber(country_code=int(code), national_number=int(rest))


def _country(region: str | None, otherwise: str) -> str:
    # Some codes, such as those of satellites, belong to no country.
    return region if region in phonenumbers.SUPPORTED_REGIONS else otherwise
