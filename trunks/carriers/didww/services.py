"""
DIDWW's emergency calling services in our words, without any network.

Field names and words: the field map of version 2026-04-16 and its documentation ("Emergency
Resources"). A review of an address makes a service for a number; whether the number is linked with
both at once, or with the service only once that is decided, is said nowhere: either is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from trunks.addresses import Address, EmergencyState, Registered
from trunks.carriers.didww.documents import Row, linked, rows_from
from trunks.carriers.didww.regulations import (
    ALWAYS,
    ATTRIBUTES,
    LONGEST_WORDS,
    Rule,
    letters,
)
from trunks.regulation import PostalAddress

RULES, CHECKS = "emergency_requirements", "emergency_requirement_validations"
REVIEWS, SERVICES = "emergency_verifications", "emergency_calling_services"
INCLUDE = (
    "include",
    "did_group.country,did_group.did_group_type,identity,emergency_verification,"
    "emergency_calling_service.emergency_verification,emergency_calling_service.dids",
)
WAITING = ("include", "dids")
PENDING, REFUSED = "pending", "rejected"
ACTIVE, CANCELED = "active", "canceled"
OPEN = frozenset({ACTIVE, "changes_required"})
"""Services whose address may be replaced once the last review of it is decided."""


@dataclass(frozen=True, kw_only=True)
class Review:
    """
    A look of the carrier at an address.

    :ivar reference: ours of the address
    """

    id: str
    reference: str
    status: str
    minds: str


@dataclass(frozen=True, kw_only=True)
class Service:
    """What the carrier does for some numbers at one address."""

    id: str
    status: str
    numbers: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Number:
    """
    A number, and how far the carrier has come with it.

    :ivar person: whom it is registered to by documents; empty for nobody
    :ivar is_found: whether calls for help are routed with its address
    """

    id: str
    country: str
    type: str
    person: str
    is_found: bool
    service: Service | None
    review: Review | None

    @property
    def registered(self) -> Registered | None:
        """Tell which address it has, or will have; a word that we don't know is no success."""
        state = self._state
        if state is None:
            return None
        return Registered(
            state=state,
            carrier_reference=self.review.id if self.review else "",
            our_reference=self.review.reference if self.review else "",
            reason=self.review.minds if self.review and state is EmergencyState.FAILED else "",
        )

    @property
    def _state(self) -> EmergencyState | None:
        status = self.review.status if self.review else ""
        if self.service is None:
            # Of one that was refused nothing is there; one that was approved belonged to a service
            # from which the number was taken since.
            return EmergencyState.PENDING if status == PENDING else None
        if self.service.status == CANCELED:
            return None
        if status == REFUSED or self.service.status == "changes_required":
            return EmergencyState.FAILED
        is_done = self.service.status == ACTIVE and self.is_found and status != PENDING
        return EmergencyState.ACTIVE if is_done else EmergencyState.PENDING

    def refused(self, reference: str) -> str:
        """Say why an address was refused of which nothing is there; empty where it was not."""
        last = self.review if self.service is None else None
        is_it = last is not None and (last.status, last.reference) == (REFUSED, reference)
        return last.minds if last is not None and is_it else ""

    def with_waiting(self, waiting: Mapping[str, Review]) -> Number:
        """Give the number with the review that waits for it, where it names none by itself."""
        return replace(self, review=waiting.get(self.id))


def number_from(body: Mapping[str, Any], row: Row) -> Number:
    """Read a number with all that is included."""
    group = linked(body, row, "did_group")
    if group is None:
        raise ValueError("a number without its group")
    service = _linked(body, row, "emergency_calling_service")
    review = service and _linked(body, service, "emergency_verification")
    review = review or _linked(body, row, "emergency_verification")
    return Number(
        id=row["id"],
        country=_id(group, "country"),
        type=_id(group, "did_group_type"),
        person=_id(row, "identity"),
        is_found=bool(row["attributes"].get("emergency_enabled")),
        service=_service(service) if service else None,
        review=review_from(review) if review else None,
    )


def review_from(row: Row) -> Review:
    """Read a review; our name of it begins with our reference of the address."""
    told = row["attributes"]
    minds = [*(told.get("reject_reasons") or ()), told.get("reject_comment")]
    words = "; ".join(str(one) for one in minds if one) or "It was refused."
    return Review(
        id=row["id"],
        reference=str(told.get("external_reference_id") or "").partition(":")[0],
        status=str(told["status"]).lower(),
        minds=f"DIDWW says: {words}"[:LONGEST_WORDS],
    )


def waiting_from(body: Mapping[str, Any]) -> list[tuple[str, Review]]:
    """Read reviews that wait, by each of their numbers."""
    return [
        (str(one["id"]), review_from(row))
        for row in rows_from(body)
        for one in row["relationships"]["dids"]["data"]
    ]


def rule_from(body: Mapping[str, Any]) -> Rule | None:
    """Read what a country asks of an address, where the carrier serves it."""
    row = next(iter(rows_from(body)), None)
    if row is None:
        return None
    told = row["attributes"]
    person = "personal" if str(told["identity_type"]).lower() == "personal" else "business"
    named = [*ALWAYS[person], *(told.get(f"{person}_mandatory_fields") or ())]
    # The country of an identity is that of its address.
    known = {letters(name): str(name) for name in named if letters(name) != "country"}
    return Rule(
        id=row["id"],
        person=person,
        fields={ATTRIBUTES.get(short, name): name for short, name in known.items()},
        proofs=(),
        forms=(),
        asks_use=False,
        area=str(told.get("address_area_level") or ""),
        words=str(told.get("requirement_restriction_message") or ""),
    )


def who(address: Address, number: str) -> dict[str, str]:
    """Say who is at an address, as far as that tells."""
    first, _, last = address.name.partition(" ")
    return {
        "company_name": address.name,
        "first_name": first,
        "last_name": last or first,
        "phone_number": number,
    }


def where(address: Address) -> PostalAddress:
    """Write an address as the carrier keeps it: unit, floor and room behind the street."""
    return PostalAddress(
        name=address.name,
        street=", ".join(filter(None, (address.street_line, address.second_line))),
        locality=address.city,
        region=address.state,
        postal_code=address.postal_code,
        country=address.country,
    )


def _service(row: Row) -> Service:
    named = (row["relationships"].get("dids") or {}).get("data") or ()
    return Service(
        id=row["id"],
        status=str(row["attributes"]["status"]).lower(),
        numbers=frozenset(str(one["id"]) for one in named),
    )


def _linked(body: Mapping[str, Any], row: Row, name: str) -> Row | None:
    # What nobody is linked to may be left out as well.
    return linked(body, row, name) if name in row["relationships"] else None


def _id(row: Row, name: str) -> str:
    data = (row["relationships"].get(name) or {}).get("data")
    return str(data["id"]) if data else ""
