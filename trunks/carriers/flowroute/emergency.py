"""
Emergency addresses at Flowroute: kept apart from numbers, and linked to each of them at once.

Facts: `openapi.yaml` and the documentation that it names. An address is kept under a label that is
unique in the account, which is our reference. It has one place for a unit, and none for a floor or
a room in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from lib.e164 import E164
from trunks.addresses import Address, CheckedAddress, EmergencyState, Problem, Registered
from trunks.carriers.flowroute import payloads
from trunks.carriers.flowroute.wire import FlowrouteWire
from trunks.deadlines import Deadline
from trunks.errors import OutcomeUnknown, Rejected, Unavailable
from trunks.roles import ChecksAddresses, RegistersEmergency

LABEL = "Address check"
"""The label of what is only looked at; one is required."""
NOT_GOOD = frozenset({400, 404, 422})
"""The documentation has the last of these for a bad address, the carrier's SDK the second."""
UNITS = frozenset({
    "apartment", "basement", "building", "department", "floor", "front", "key", "lobby", "lot",
    "lower", "office", "penthouse", "pier", "rear", "room", "side", "slip", "space", "stop",
    "suite", "trailer", "unit", "upper",
})  # fmt: skip
OTHER_UNIT = "Unit"


class FlowrouteEmergency(FlowrouteWire, ChecksAddresses, RegistersEmergency):
    """What the adapter does for calls for help."""

    address_countries: ClassVar[frozenset[str]] = frozenset({"US", "CA"})
    emergency_countries: ClassVar[frozenset[str]] = frozenset({"US", "CA"})

    def check_address(self, address: Address, *, deadline: Deadline) -> CheckedAddress:
        """Have an address looked at; what is wrong is told in words alone."""
        return self._call(
            "POST",
            "e911s/validate",
            content=address_body(address, label=LABEL),
            parse=checked_from,
            changes=False,
            answers=NOT_GOOD,
            deadline=deadline,
        )

    def register(
        self,
        number: E164,
        *,
        carrier_reference: str,
        address: Address,
        reference: str,
        deadline: Deadline,
    ) -> Registered:
        """Keep the address, unless it is kept already, and link the number with it."""
        del carrier_reference
        linked = self._address_id(number, deadline)
        kept = self._kept(reference, deadline) or self._keep(address, reference, deadline)
        if linked != kept and not self._link_kept(f"{_links(number)}/{kept}", deadline):
            # It takes no address in place of another one.
            self._detach(number, deadline)
            if not self._link_kept(f"{_links(number)}/{kept}", deadline):
                raise OutcomeUnknown("The carrier does not say which address the number has.")
        return _active(kept, reference)

    def registered(
        self, number: E164, *, carrier_reference: str, deadline: Deadline
    ) -> Registered | None:
        """Read the number, and our reference from its address."""
        del carrier_reference
        linked = self._address_id(number, deadline)
        if not linked:
            return None
        try:
            label = self._call("GET", f"e911s/{linked}", parse=label_from, deadline=deadline)
        except Rejected as refusal:
            # Never to be taken for a word about the number.
            raise Unavailable("The carrier does not show an address that it names.") from refusal
        return _active(linked, label)

    def unregister(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> None:
        """Take the link away; the address stays for other numbers."""
        del carrier_reference
        if self._address_id(number, deadline):
            self._detach(number, deadline)

    def _address_id(self, number: E164, deadline: Deadline) -> str:
        return self._call(
            "GET",
            f"numbers/{payloads.path_of(number)}",
            parse=payloads.e911_from,
            deadline=deadline,
        )

    def _kept(self, reference: str, deadline: Deadline) -> str:
        ours = [id_ for label, id_ in self._all_labels(deadline) if label == reference]
        return ours[0] if ours else ""

    def _all_labels(self, deadline: Deadline) -> list[tuple[str, str]]:
        return self._all_kept("e911s", payloads.labels_page_from, deadline)

    def _keep(self, address: Address, reference: str, deadline: Deadline) -> str:
        try:
            made = self._call(
                "POST",
                "e911s",
                content=address_body(address, label=reference),
                parse=kept_from,
                deadline=deadline,
            )
        except Rejected:
            # Another number of that place may have been faster: a label is there once.
            if kept := self._kept(reference, deadline):
                return kept
            raise
        # The description has an answer without an id.
        if kept := made or self._kept(reference, deadline):
            return kept
        raise OutcomeUnknown("The carrier kept an address and does not list it yet.")

    def _detach(self, number: E164, deadline: Deadline) -> None:
        self._write("DELETE", _links(number), deadline)


def address_body(address: Address, *, label: str) -> bytes:
    """Say where it is, under a label; all but the unit is required."""
    first, _, last = address.name.partition(" ")
    number = " ".join(filter(None, (address.house_number, address.house_suffix)))
    told = {
        "label": label,
        "first_name": first,
        "last_name": last or first,
        "street_number": number,
        "street_name": address.street_name,
        "city": address.city,
        "state": address.state,
        # Its examples have five digits.
        "zip": address.postal_code.partition("-")[0],
        "country": address.country,
    }
    if address.unit:
        kind = address.unit_type if address.unit_type.lower() in UNITS else OTHER_UNIT
        told |= {"address_type": kind, "address_type_number": address.unit}
    return payloads.encoded({"data": {"type": "e911", "attributes": told}})


def checked_from(body: Any) -> CheckedAddress:
    """Read what is wrong; a good address is answered with nothing."""
    if body is None:
        return CheckedAddress()
    _, words = payloads.refusal_from(422, body)
    return CheckedAddress(problems=(Problem(field="", words=words or "The address is invalid."),))


def kept_from(body: Mapping[str, Any] | None) -> str:
    """Read which address was kept; empty where the answer does not say it."""
    return "" if body is None else str(body["data"].get("id") or "")


def label_from(body: Mapping[str, Any]) -> str:
    """Read the label of an address."""
    return str(body["data"]["attributes"]["label"])


def _active(kept: str, reference: str) -> Registered:
    return Registered(state=EmergencyState.ACTIVE, carrier_reference=kept, our_reference=reference)


def _links(number: E164) -> str:
    return f"numbers/{payloads.path_of(number)}/relationships/e911s"
