"""A list of numbers, line by line: what each says, or why it cannot be taken. Pure."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from phonenumbers import country_code_for_region

from dids import import_cells as cells
from dids import likely
from dids.import_cells import UnreadableCell
from dids.import_columns import RANGE
from dids.models.blocks import AT_MOST, numbers_between
from lib.e164 import digits

LONGEST_LINE = 10_000
"""Characters of a line."""


class UnreadableList(ValueError):
    """The file is no list that can be read; the message says why and what to do."""


@dataclass(frozen=True)
class Plan:
    """
    How the lines of one list are read.

    :ivar columns: the place of each field in a line
    :ivar country: of numbers written without country code
    :ivar currency: of prices that name none
    """

    columns: Mapping[str, int]
    country: str
    currency: str
    separator: str = ","


@dataclass(frozen=True, slots=True)
class Entry:
    """One number of a list, or a line that is refused; empty is what the list does not say."""

    line: int
    text: str
    e164: str = ""
    country: str = ""
    likely_country: str = ""
    type: str = ""
    likely_type: str = ""
    region: str = ""
    locality: str = ""
    rate_center: str = ""
    capabilities: list[str] | None = None
    carrier_reference: str = ""
    setup: Decimal | None = None
    monthly: Decimal | None = None
    currency: str = ""
    contract_ends_on: date | None = None
    label: str = ""
    rests: bool = False
    block_first: str = ""
    block_last: str = ""
    field: str = ""
    reason: str = ""
    is_refused: bool = False


@dataclass
class _Told:
    values: dict[str, Any] = field(default_factory=dict)
    doubts: list[tuple[str, str]] = field(default_factory=list)


def records(lines: Iterable[str], separator: str) -> Iterator[tuple[int, str, list[str]]]:
    """
    Part a list into its lines: the number of each, its text and its cells; empty ones are left out.

    :raises UnreadableList: if a quotation mark is opened and never closed
    """
    taken: list[str] = []
    reader = csv.reader(_noted(lines, taken), delimiter=separator)
    while True:
        first = reader.line_num + 1
        taken.clear()
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise UnreadableList(
                f"In line {first} a quotation mark is opened and never closed. Close it, or take "
                "it out."
            ) from None
        if any(cell.strip() for cell in row):
            yield first, "".join(taken).rstrip("\r\n"), row


def _noted(lines: Iterable[str], taken: list[str]) -> Iterator[str]:
    for line in lines:
        taken.append(line)
        yield line


def entries(line: int, text: str, row: Sequence[str], plan: Plan) -> list[Entry]:
    """Read one line: an entry for its number, or one for each number of its range."""
    try:
        told = _told(row, plan)
        numbers, first, last = _numbers(row, plan, told.values.get("country") or plan.country)
        likely_ones = [_likely(number, told, plan) for number in numbers]
    except UnreadableCell as trouble:
        refused = Entry(line=line, text=text, field=trouble.field, reason=str(trouble))
        return [replace(refused, is_refused=True)]
    doubt, why = told.doubts[0] if told.doubts else ("", "")
    return [
        Entry(
            line=line,
            text=text,
            e164=number,
            likely_country=seems.country,
            likely_type=seems.type.value,
            block_first=first,
            block_last=last,
            field=doubt or ("" if seems.is_planned else "number"),
            reason=why or ("" if seems.is_planned else "It is in no published numbering plan."),
            **told.values,
        )
        for number, seems in zip(numbers, likely_ones, strict=True)
    ]


def _told(row: Sequence[str], plan: Plan) -> _Told:
    told = _Told()
    for key in plan.columns:
        if key in _READ and (cell := _cell(row, plan, key)):
            told.values[key] = _read(key, cell)
    for key in ("setup", "monthly"):
        if cell := _cell(row, plan, key):
            told.values[key], named = _money(key, cell)
            _agree(told.values, named)
    if ("setup" in told.values or "monthly" in told.values) and "currency" not in told.values:
        told.values["currency"] = plan.currency
    if cell := _cell(row, plan, "status"):
        told.values["rests"], doubt = cells.rests("status", cell)
        told.doubts += [("status", doubt)] if doubt else []
    return told


def _agree(values: dict[str, Any], named: str) -> None:
    if named and values.setdefault("currency", named) != named:
        message = f"Its prices are in {values['currency']} and {named}. Write both in one currency."
        raise UnreadableCell("currency", message)


_READ: Mapping[str, Callable[[str, str], Any]] = {
    "country": cells.country,
    "type": cells.number_type,
    "region": cells.text,
    "locality": cells.text,
    "rate_center": cells.text,
    "capabilities": cells.capabilities,
    "carrier_reference": cells.text,
    "currency": cells.currency,
    "contract_ends_on": cells.day,
    "label": cells.text,
}


# The cells of a list are mostly the same ones again and again.
_money = lru_cache(maxsize=4096)(cells.money)


@lru_cache(maxsize=4096)
def _read(key: str, cell: str) -> Any:
    return _READ[key](key, cell)


def _numbers(row: Sequence[str], plan: Plan, country: str) -> tuple[list[str], str, str]:
    """Give the numbers of a line, with the first and the last where it is a range."""
    single = _cell(row, plan, "number")
    start, end, size = (_cell(row, plan, key) for key in RANGE)
    if not start:
        if not single:
            raise UnreadableCell("number", "The line has no number. Write one, or take it out.")
        if not end and not size:
            return [cells.number("number", single, country=country)], "", ""
        start, single = single, ""
    if single and cells.number("number", single, country=country) != cells.number(
        "range_start", start, country=country
    ):
        raise UnreadableCell("number", "The line has a number and another range. Part them.")
    first = cells.number("range_start", start, country=country)
    last = _last(first, end, size, country)
    if first == last:
        return [first], "", ""
    return list(numbers_between(first, last)), first, last


def _last(first: str, end: str, size: str, country: str) -> str:
    if not end and not size:
        return first
    until = int(digits(first)) + (cells.size("block_size", size) if size else 1) - 1
    last = cells.number("range_end", end, country=country) if end else f"+{until}"
    if end and size and last != f"+{until}":
        message = f"A range from {first} to {last} has another size. Correct one of them."
        raise UnreadableCell("block_size", message)
    named = "range_end" if end else "block_size"
    if len(last) != len(first) or not 1 <= int(digits(last)) - int(digits(first)) + 1 <= AT_MOST:
        raise UnreadableCell(
            named,
            f"A range has at most {AT_MOST:,} numbers, all of one length, the first one first. "
            "Part it into several lines.",
        )
    return last


def _likely(number: str, told: _Told, plan: Plan) -> likely.Likely:
    country = told.values.get("country", "")
    seems = likely.of(number, country=plan.country, told=country)
    if country and seems.calling_code not in {0, country_code_for_region(country)}:
        raise UnreadableCell("country", f"{number} is no number of {country}. Correct one of them.")
    return seems


def _cell(row: Sequence[str], plan: Plan, key: str) -> str:
    place = plan.columns.get(key)
    return "" if place is None or place >= len(row) else row[place].strip()
