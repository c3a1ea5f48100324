"""Phone numbers as E.164 (ITU-T: at most 15 digits), and the forms in which trunks carry them."""

from __future__ import annotations

import re
from contextlib import suppress
from enum import StrEnum
from typing import NewType

import phonenumbers

E164 = NewType("E164", str)

MAX_LENGTH = 16
"""A plus and fifteen digits."""

BENCH_PREFIX = "+999"
"""ITU-T reserves country code 999: no one can own a number below it, so benchmarks may."""

_FEW_DIGITS = 4
"""As few may stand anywhere in a number, also with a zero first."""

_SHAPE = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)


class NotANumber(ValueError):
    """The text cannot be read as a phone number; the message says why and what to type instead."""


class DidFormat(StrEnum):
    """How a trunk writes the called number in the request line."""

    PLUS_E164 = "PLUS_E164"
    """+13125550123"""
    E164 = "E164"
    """13125550123"""
    NATIONAL = "NATIONAL"
    """3125550123: the national significant number, without trunk prefix."""


def is_e164(text: str) -> bool:
    """Tell whether the text is already canonical."""
    return bool(_SHAPE.fullmatch(text))


def parse(text: str, *, country: str = "") -> E164:
    """
    Read a number as people type it.

    Possible numbers are accepted whether or not the numbering plan has assigned them: carriers own
    numbers that the published plans don't know.

    :param country: ISO 3166 alpha-2, for numbers typed in their national form
    :raises NotANumber: if it is none
    """
    typed = text.strip()
    if is_e164(typed) and typed.startswith(BENCH_PREFIX):
        return E164(typed)
    try:
        number = phonenumbers.parse(typed, country.upper() or None)
    except phonenumbers.NumberParseException as trouble:
        raise NotANumber(
            f"“{typed[:40]}” is not a phone number. Write it with its country code, "
            "for example +13125550123."
        ) from trouble
    if number.extension:
        raise NotANumber(f"“{typed[:40]}” has an extension. Leave out what follows the number.")
    if not phonenumbers.is_possible_number(number):
        raise NotANumber(f"“{typed[:40]}” has too few or too many digits for its country.")
    canonical = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if not is_e164(canonical):
        raise NotANumber(f"“{typed[:40]}” is too short to be called from abroad.")
    return E164(canonical)


def beginnings(typed: str, *, home: str = "") -> set[str]:
    """
    Give the beginnings in E.164 that somebody may mean who types a number or the first of it.

    :param home: ISO 3166 alpha-2 of the country in which it is typed, perhaps nationally
    """
    figures = re.sub(r"\D", "", typed)
    if typed.strip().startswith("+") or not figures:
        return {f"+{figures}"}
    found: set[str] = set()
    with suppress(NotANumber):
        found.add(parse(typed, country=home))
    code = phonenumbers.country_code_for_region(home.upper())
    if figures.startswith("00"):
        found.add(f"+{figures[2:]}")
    elif figures.startswith("0") and code and len(figures) > _FEW_DIGITS:
        found.add(f"+{code}{figures[1:]}")
    return found


def digits(number: str) -> str:
    """Give the digits without the plus: the key of every route table."""
    return number.removeprefix("+")


def calling_code(number: str) -> str:
    """Give the digits of the country calling code, such as 1 or 44."""
    if number.startswith(BENCH_PREFIX):
        return "999"
    # No code begins with another one: the first that is known is it. To parse takes far longer.
    known = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    figures = digits(number)
    starts = (figures[:length] for length in range(1, 4))
    code = next((start for start in starts if start.isdecimal() and int(start) in known), None)
    return code or str(phonenumbers.parse(number).country_code)


def country_of(number: str) -> str:
    """
    Give the country of a number (ISO 3166 alpha-2).

    Fictional and new ranges are in no published plan: then the main country of the calling code.
    """
    parsed = phonenumbers.parse(number)
    code = parsed.country_code or 0
    known = phonenumbers.region_code_for_number(parsed)
    return str(known or phonenumbers.region_code_for_country_code(code))


def area_code(number: str) -> str:
    """Give the geographic area code as it follows the country code, such as 312; "" if none is."""
    parsed = phonenumbers.parse(number)
    length = phonenumbers.length_of_geographical_area_code(parsed)
    return phonenumbers.national_significant_number(parsed)[:length]


def in_format(number: str, did_format: DidFormat) -> str:
    """Write the number as a trunk of that format carries it."""
    match did_format:
        case DidFormat.PLUS_E164:
            return number
        case DidFormat.E164:
            return digits(number)
        case DidFormat.NATIONAL:
            return digits(number).removeprefix(calling_code(number))


def display(number: str, *, home: str = "") -> str:
    """Write the number for people: nationally inside the home country, internationally outside."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    at_home = bool(home) and phonenumbers.region_code_for_number(parsed) == home.upper()
    shape = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, shape.NATIONAL if at_home else shape.INTERNATIONAL)
