"""Street addresses as emergency services need them, in parts, and what carriers say of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Final
from uuid import UUID

NUMBER_LAST: Final = frozenset({"ES"})
"""Where the house number stands behind the street."""
_DIRECTIONS: Final = frozenset({"N", "S", "E", "W", "NE", "NW", "SE", "SW"})
_NUMBERED = re.compile(r"(?P<number>\d+[A-Za-z]?)(?: (?P<suffix>\d/\d))? (?P<street>.+)")
_NUMBERED_LAST = re.compile(r"(?P<street>.+?),? (?P<number>\d+[A-Za-z]?)")
LABELS: Final = {
    "name": "Name",
    "house_number": "House number",
    "street": "Street",
    "unit": "Unit",
    "city": "City",
    "state": "State or province",
    "postal_code": "Postal code",
    "country": "Country",
}
"""The parts of which carriers speak."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """
    Where somebody is who calls for help.

    :param name: whom the dispatcher reads
    :param house_suffix: what follows the house number, such as 1/2
    :param state: state, province or region as it is abbreviated there, such as IL
    :param country: ISO 3166 alpha-2
    :param detail: floor and room, in words
    """

    name: str
    house_number: str
    house_suffix: str = ""
    pre_directional: str = ""
    street: str
    post_directional: str = ""
    unit_type: str = ""
    unit: str = ""
    city: str
    state: str = ""
    postal_code: str
    country: str
    detail: str = ""

    @property
    def street_line(self) -> str:
        """Give house number and street as one line, in the order of the country."""
        number = _joined(self.house_number, self.house_suffix)
        street = self.street_name
        return _joined(*((street, number) if self.country in NUMBER_LAST else (number, street)))

    @property
    def street_name(self) -> str:
        """Give the street with its directions."""
        return _joined(self.pre_directional, self.street, self.post_directional)

    @property
    def second_line(self) -> str:
        """Give unit, floor and room as one line; empty where there is none of them."""
        return ", ".join(filter(None, (_joined(self.unit_type, self.unit), self.detail)))

    def with_street_line(self, line: str) -> Address:
        """Take a carrier's one line for house number and street apart."""
        pattern = _NUMBERED_LAST if self.country in NUMBER_LAST else _NUMBERED
        found = pattern.fullmatch(" ".join(line.split()))
        if found is None:
            return replace(self, street=line)
        words = found["street"].split()
        before = words.pop(0) if len(words) > 1 and words[0].upper() in _DIRECTIONS else ""
        after = words.pop() if len(words) > 1 and words[-1].upper() in _DIRECTIONS else ""
        return replace(
            self,
            house_number=found["number"],
            house_suffix=found.groupdict().get("suffix") or "",
            pre_directional=before,
            street=" ".join(words),
            post_directional=after,
        )

    def is_like(self, other: Address) -> bool:
        """Tell whether both say the same to a dispatcher, however it is written."""
        return _plain(self) == _plain(other)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """
    What a carrier does not accept of an address.

    :param field: the part of `Address`, or empty
    :param words: the carrier's own
    """

    field: str
    words: str


@dataclass(frozen=True, kw_only=True)
class CheckedAddress:
    """
    What a carrier says of an address: good as it is, good if corrected, or not good.

    :param suggestion: how the carrier would write it; None where it has nothing to suggest
    """

    problems: tuple[Problem, ...] = ()
    suggestion: Address | None = None

    @property
    def is_good(self) -> bool:
        """Tell whether it is accepted as it was written."""
        return not self.problems and self.suggestion is None


class EmergencyState(StrEnum):
    """What has become of a number's address at a carrier."""

    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    FAILED = "FAILED"
    REMOVING = "REMOVING"


@dataclass(frozen=True, kw_only=True)
class Registered:
    """
    The address that a number has at its carrier.

    :param carrier_reference: the carrier's own of the address, where it has one
    :param our_reference: what we sent along, where the carrier keeps that
    :param address: what it says, where the carrier keeps no reference of ours
    :param reason: the carrier's own words where it failed
    """

    state: EmergencyState
    carrier_reference: str = ""
    our_reference: str = ""
    address: Address | None = None
    reason: str = ""

    def is_of(self, reference: str, address: Address) -> bool:
        """Tell whether it is the one that was sent: by our reference, else by what it says."""
        if self.our_reference:
            return self.our_reference == reference
        return self.address is not None and self.address.is_like(address)


def label_of(reference: str) -> str:
    """Write our reference of an address as a name of at most 32 characters: without hyphens."""
    return reference.replace("-", "")


def reference_of(label: str) -> str:
    """Read our reference from the name of an address; another's name is no reference of ours."""
    try:
        return str(UUID(hex=label))
    except ValueError:
        # Somebody made it in the carrier's own portal.
        return label


def _joined(*parts: str) -> str:
    return " ".join(filter(None, parts))


def _plain(address: Address) -> tuple[str, ...]:
    said = (
        address.street_line,
        address.second_line,
        address.city,
        address.state,
        address.postal_code,
        address.country,
    )
    return tuple(re.sub(r"[^a-z0-9]", "", part.lower()) for part in said)


PARTS: Final = tuple(field.name for field in fields(Address) if field.name != "detail")
"""The names of an address's parts."""
