"""Whether a number is what somebody looked for; carriers read patterns generously."""

from __future__ import annotations

from lib.e164 import E164, DidFormat, digits, in_format
from trunks.offers import Wanted


def fits(number: E164, wanted: Wanted) -> bool:
    """Tell whether the digits of a number match the digits that were asked for."""
    national = in_format(number, DidFormat.NATIONAL)
    return national.startswith(wanted.area_code + wanted.prefix) and (
        wanted.contains in digits(number)
    )
