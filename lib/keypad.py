"""Words and patterns of numbers, as the keys of a phone write them (ITU-T E.161)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_KEYS: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
_SPACING: Final = str.maketrans("", "", " -.()")
_NOTATION: Final = {"*": r"\d*", "?": r"\d", "X": r"\d", "N": "[2-9]"}
LONGEST: Final = 20


class NotAPattern(ValueError):
    """The text cannot be read as a pattern of digits; the message says what to write instead."""


def written(text: str) -> str:
    """
    Write a pattern as digits and signs: letters become the digits of their keys.

    `*` stands for any digits, `?` for one. Numbering plans write X for any digit and N for one from
    2 to 9: so are they read where there is no other letter, as no word is made of the two alone.

    :raises NotAPattern: if something else is in it, or nothing that narrows
    """
    plain = text.upper().translate(_SPACING)
    letters = {sign for sign in plain if sign.isalpha()}
    if letters - {"N", "X"}:
        plain = plain.translate(_KEYS)
    if not re.fullmatch(r"[0-9NX*?]*", plain, re.ASCII) or len(plain) > LONGEST:
        raise NotAPattern(
            "Write digits, a word as on the keys, * for any digits and ? for one; "
            f"at most {LONGEST} signs."
        )
    if plain and not plain.strip("*?X"):
        raise NotAPattern("Put at least one digit or letter into the pattern.")
    return plain


def longest_run(pattern: str) -> str:
    """Give the longest run of plain digits of a pattern that was `written`."""
    return max(re.findall(r"\d+", pattern, re.ASCII), key=len, default="")


def begins(pattern: str) -> bool:
    """Tell whether a pattern says how the national number begins."""
    return "*" in pattern and not pattern.startswith("*")


def fits(pattern: str, national: str) -> bool:
    """
    Tell whether a national number fits a pattern that was `written`.

    One with a `*` describes the whole number, one without stands anywhere in it.
    """
    return bool(_compiled(pattern).search(national))


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    signs = "".join(_NOTATION.get(sign, sign) for sign in pattern)
    return re.compile(f"^{signs}$" if "*" in pattern else signs, re.ASCII)
