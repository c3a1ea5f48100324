"""Cells of a list of numbers, read as people and carriers write them: pure."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

import phonenumbers

from lib import e164
from lib.money import PLACES
from lib.spreadsheets import unguarded
from trunks.numbering import Capability, NumberType

LONGEST = 100
"""Characters of a text that is kept."""
MOST_MONEY = Decimal(10_000_000)
_SPREADSHEET_NUMBER = re.compile(r"\d[eE]\+?\d")
_MONEY = re.compile(
    r"(?P<before>[A-Za-z]{3}|[$€£])?\s*(?P<figures>[0-9.,]{1,20})\s*(?P<after>[A-Za-z]{3}|[$€£])?"
)
_PLAIN = re.compile(r"[0-9]+([.,][0-9]{1,4})?")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}((,[0-9]{3})+\.[0-9]{1,4}|(\.[0-9]{3})+,[0-9]{1,4})")
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}((,[0-9]{3})+|(\.[0-9]{3}){2,})")
_DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d")
_TYPES = {
    "local": NumberType.LOCAL,
    "geo": NumberType.LOCAL,
    "geographic": NumberType.LOCAL,
    "national": NumberType.NATIONAL,
    "nongeographic": NumberType.NATIONAL,
    "mobile": NumberType.MOBILE,
    "tollfree": NumberType.TOLL_FREE,
    "freephone": NumberType.TOLL_FREE,
    "sharedcost": NumberType.SHARED_COST,
}
_CAPABILITIES = {
    "voice": Capability.VOICE,
    "calls": Capability.VOICE,
    "sms": Capability.SMS,
    "text": Capability.SMS,
    "mms": Capability.MMS,
    "fax": Capability.FAX,
    "t38": Capability.FAX,
    "emergency": Capability.EMERGENCY,
    "e911": Capability.EMERGENCY,
    "911": Capability.EMERGENCY,
    "112": Capability.EMERGENCY,
    "999": Capability.EMERGENCY,
}
_IN_STOCK = frozenset(
    {"available", "active", "instock", "free", "ok", "live", "enabled", "inservice", "unassigned"}
)
_RESTS = frozenset({"inquarantine", "quarantine", "aging", "ageing", "aged"})
_GONE = frozenset(
    {"ceased", "cancelled", "canceled", "disconnected", "released", "portedout", "terminated"}
)


class UnreadableCell(ValueError):
    """
    A cell that cannot be read; the message says why and what to write instead.

    :ivar field: what the cell is
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def text(field: str, cell: str) -> str:
    """
    Read a text.

    :raises UnreadableCell: if it is too long
    """
    plain = unguarded(cell.strip())
    if len(plain) > LONGEST:
        raise UnreadableCell(field, f"“{plain[:20]}…” is longer than {LONGEST} characters.")
    return plain


def number(field: str, cell: str, *, country: str) -> e164.E164:
    """
    Read a number as people of a country write it.

    :raises UnreadableCell: if it is not possible
    """
    plain = cell.strip().removeprefix("'")
    if _SPREADSHEET_NUMBER.search(plain):
        raise UnreadableCell(
            field,
            f"A spreadsheet has shortened it to “{plain[:20]}”. Format the column as text there.",
        )
    try:
        return e164.parse(plain, country=country)
    except e164.NotANumber as refusal:
        raise UnreadableCell(field, str(refusal)) from None


def country(field: str, cell: str) -> str:
    """
    Read a country.

    :raises UnreadableCell: if it is none
    """
    plain = cell.strip().upper()
    if plain not in phonenumbers.SUPPORTED_REGIONS:
        raise UnreadableCell(field, f"“{cell[:20]}” is no country. Write two letters, such as US.")
    return plain


def number_type(field: str, cell: str) -> str:
    """
    Read the type of a number.

    :raises UnreadableCell: if it is none
    """
    return str(_known(field, cell, _TYPES, "type"))


def capabilities(field: str, cell: str) -> list[str]:
    """
    Read what a number can do.

    :raises UnreadableCell: if one is unknown
    """
    words = [word for word in re.split(r"[,;/|+\s]+", cell.strip()) if word]
    return sorted({str(_known(field, word, _CAPABILITIES, "capability")) for word in words})


def _known(
    field: str, cell: str, words: dict[str, NumberType] | dict[str, Capability], kind: str
) -> str:
    known = words.get(_plain(cell))
    if known is None:
        offered = ", ".join(dict.fromkeys(word.value.lower() for word in words.values()))
        message = f"“{cell.strip()[:20]}” is no {kind}. Write one of: {offered}."
        raise UnreadableCell(field, message)
    return known.value


def money(field: str, cell: str) -> tuple[Decimal, str]:
    """
    Read a price, with its currency where it names one.

    :raises UnreadableCell: if it is none, or can be read in two ways
    """
    found = _MONEY.fullmatch(cell.strip())
    amount = _amount(field, found["figures"]) if found else None
    if found is None or amount is None:
        raise UnreadableCell(field, f"“{cell[:20]}” is no price. Write it like 0.85 or 0.85 USD.")
    named = (found["before"] or "") + (found["after"] or "")
    return amount, named.upper() if named.isalpha() and len(named) == len("USD") else ""


def _amount(field: str, figures: str) -> Decimal | None:
    if _THOUSANDS.fullmatch(figures):
        message = f"“{figures[:20]}” can be read in two ways. Write 1000 or 1.00."
        raise UnreadableCell(field, message)
    if not (_PLAIN.fullmatch(figures) or _GROUPED.fullmatch(figures)):
        return None
    # What stands last parts the cents, whatever the country; what stands before parts thousands.
    whole, mark, cents = figures.replace(",", ".").rpartition(".")
    amount = Decimal(f"{whole.replace('.', '')}.{cents}" if mark else cents)
    return amount.quantize(PLACES) if amount < MOST_MONEY else None


def currency(field: str, cell: str) -> str:
    """
    Read a currency.

    :raises UnreadableCell: if it is none
    """
    plain = cell.strip().upper()
    if not re.fullmatch("[A-Z]{3}", plain):
        message = f"“{cell[:20]}” is no currency. Write three letters, such as USD."
        raise UnreadableCell(field, message)
    return plain


def day(field: str, cell: str) -> date:
    """
    Read a day; one that two countries would read differently is refused.

    :raises UnreadableCell: if it is none
    """
    for form in _DAYS:
        try:
            # A day has no zone.
            return datetime.strptime(cell.strip(), form).date()  # noqa: DTZ007
        except ValueError:
            continue
    raise UnreadableCell(field, f"“{cell[:20]}” is no day. Write it like 2027-12-31.")


def rests(field: str, cell: str) -> tuple[bool, str]:
    """
    Read the carrier's word for the state of a number: whether it rests, and what to look at.

    :raises UnreadableCell: if it says that the number is no longer ours
    """
    plain = _plain(cell)
    if plain in _GONE:
        message = f"“{cell.strip()[:20]}”: such a number does not come into stock. Leave it out."
        raise UnreadableCell(field, message)
    if plain in _IN_STOCK | _RESTS:
        return plain in _RESTS, ""
    word = cell.strip()[:20]
    return False, f"“{word}” is no status that we know; a new number comes into stock as available."


def size(field: str, cell: str) -> int:
    """
    Read how many numbers a range has.

    :raises UnreadableCell: if it is no whole number
    """
    plain = cell.strip()
    if not re.fullmatch("[0-9]{1,6}", plain):
        raise UnreadableCell(field, f"“{plain[:20]}” is no whole number. Write one such as 100.")
    return int(plain)


def _plain(cell: str) -> str:
    return re.sub(r"[\W_]+", "", cell.lower())
