"""What the columns of a list of numbers can be, and how carriers call them: pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """
    Something that a list can say of a number.

    :ivar names: what carriers call it, without blanks and signs
    :ivar example: for the file that shows how a list is written
    """

    key: str
    label: str
    names: frozenset[str]
    example: str = ""


def _field(key: str, label: str, names: str, example: str = "") -> Field:
    own = {_plain(key), _plain(label)}
    return Field(key, label, frozenset({*own, *names.split()}), example)


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.lower())


FIELDS: Mapping[str, Field] = {
    field.key: field
    for field in (
        _field(
            "number",
            "Number",
            "did dids ddi ddis tn tns phone phonenumber phoneno telephonenumber telephone "
            "didnumber ddinumber e164 msisdn cli numero",
            "+13125550123",
        ),
        _field(
            "range_start",
            "First of a range",
            "rangestart rangefrom from start first firstnumber startnumber blockstart numberfrom",
        ),
        _field(
            "range_end",
            "Last of a range",
            "rangeend rangeto to end last lastnumber endnumber blockend numberto",
        ),
        _field("block_size", "Size of a range", "blocksize rangesize size quantity count qty"),
        _field("country", "Country", "countrycode iso countryiso", "US"),
        _field("type", "Type", "numbertype didtype kind", "local"),
        _field("region", "State or region", "state region province stateprovince", "IL"),
        _field("locality", "City", "locality city town", "Chicago"),
        _field("rate_center", "Rate center", "ratecenter ratecentre rc", "CHICAGO"),
        _field("capabilities", "Capabilities", "capability caps features services", "voice, sms"),
        _field(
            "carrier_reference",
            "Carrier's reference",
            "reference carrierreference carrierref ref id carrierid didid orderid sid",
        ),
        _field(
            "setup",
            "Set-up price",
            "setup setupcost setupfee setupprice nrc onetime onetimefee installation",
            "1.00",
        ),
        _field(
            "monthly",
            "Monthly price",
            "monthly monthlycost monthlyfee monthlyprice mrc price cost recurring",
            "0.85",
        ),
        _field("currency", "Currency", "currencycode", "USD"),
        _field(
            "contract_ends_on",
            "Contract ends on",
            "contractend contractends contractenddate termend expires expiry expirydate",
            "2027-12-31",
        ),
        _field("status", "Status", "didstatus numberstatus", "available"),
        _field("label", "Note", "note notes label comment comments description name", "Front desk"),
    )
}
RANGE = ("range_start", "range_end", "block_size")


def guessed(names: Sequence[str]) -> dict[str, int]:
    """Say which column is what, by their names; the first of two that could be the same."""
    found: dict[str, int] = {}
    for place, name in enumerate(names):
        for key, field in FIELDS.items():
            if key not in found and _plain(name) in field.names:
                found[key] = place
                break
    return found


def trouble(columns: Mapping[str, int], width: int) -> tuple[str, str] | None:
    """Say what is wrong with a choice of columns, and with which field; None if nothing is."""
    for key, place in columns.items():
        if key not in FIELDS:
            return key, f"“{key}” is no field. Choose among {', '.join(FIELDS)}."
        if not 0 <= place < width:
            return key, f"The list has {width} columns. Choose one of them, counted from 0."
    twice = [key for key, place in columns.items() if list(columns.values()).count(place) > 1]
    if twice:
        labels = " and ".join(f"“{FIELDS[key].label}”" for key in twice)
        return twice[-1], f"{labels} are the same column. Choose another one, or none."
    return _without_number(columns)


def _without_number(columns: Mapping[str, int]) -> tuple[str, str] | None:
    if "number" in columns or "range_start" in columns:
        if "range_start" in columns and not {"range_end", "block_size"} & columns.keys():
            return "range_end", "Choose the column that says where a range ends, or how long it is."
        return None
    return "number", "Choose the column that holds the numbers, or the first number of each range."
