"""
Emergency addresses at VoIP.ms: each number has its own, kept as it was sent.

Facts: `methods.json` and the WSDL, which disagree about the post code, and what others saw in live
answers in 2026: to look at an address first is more lenient than to enter it, which takes `EN` and
no `en`. With few calls a second it is entered at once, and looked at where that is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, ClassVar

from lib.e164 import E164
from trunks.addresses import Address, EmergencyState, Registered
from trunks.carriers.voipms.payloads import Form, did_of
from trunks.carriers.voipms.statuses import good
from trunks.carriers.voipms.wire import VoipMsWire
from trunks.deadlines import Deadline
from trunks.errors import CarrierError, Reason, Rejected, Unavailable
from trunks.roles import RegistersEmergency

LANGUAGE = "EN"
HAS_NONE = frozenset({"e911_disabled", "e911_disable"})
"""Of a number without an address: as the table has it, and as it was seen."""
UNDER_WAY = "e911_pending"
FAILED = frozenset({"no_provision", "no_provision_update"})
"""Words that bring a description."""
KINDS = frozenset(
    {
        *("Apartment", "Basement", "Building", "Department", "Floor", "Front", "Hanger", "Key"),
        *("Lobby", "Lot", "Lower", "Office", "Penthouse", "Pier", "Rear", "Room", "Side", "Slip"),
        *("Space", "Stop", "Suite", "Trailer", "Unit", "Upper"),
    }
)
"""Of units, as `e911AddressTypes` listed them in 2026."""


class VoipMsEmergency(VoipMsWire, RegistersEmergency):
    """What the adapter does for calls for help."""

    emergency_countries: ClassVar[frozenset[str]] = frozenset({"US", "CA"})

    def register(
        self,
        number: E164,
        *,
        carrier_reference: str,
        address: Address,
        reference: str,
        deadline: Deadline,
    ) -> Registered:
        """Enter the address, or change the one that is there."""
        del carrier_reference, reference
        did = [("did", did_of(number))]
        there = self._call("e911Info", did, parse=info_from, deadline=deadline)
        # Answers about numbers go to whoever answers for the account.
        form = [*did, *address_form(address), ("email", self.credentials["api_username"])]
        method = "e911Provision" if there is None else "e911Update"
        try:
            state = self._call(method, form, parse=state_from, deadline=deadline)
        except Rejected as refusal:
            words = f"{refusal} {self._suggested(form, deadline)}".rstrip()
            raise Rejected(words, reason=refusal.reason) from refusal
        return Registered(state=state, address=address)

    def _suggested(self, form: Form, deadline: Deadline) -> str:
        """Ask how the address should be written; at worst it stays unsaid."""
        with suppress(CarrierError):
            return self._call("e911Validate", form, parse=suggested_from, deadline=deadline)
        return ""

    def registered(
        self, number: E164, *, carrier_reference: str, deadline: Deadline
    ) -> Registered | None:
        """Read the address, and from the list of numbers whether it is in force."""
        del carrier_reference
        did = [("did", did_of(number))]
        there = self._call("e911Info", did, parse=info_from, deadline=deadline)
        if there is None:
            return None
        # The address has a status as well, whose words are in no document.
        is_on = str(self._ours(number, deadline).get("e911")) == "1"
        state = EmergencyState.ACTIVE if is_on else EmergencyState.PENDING
        return Registered(state=state, address=there)

    def unregister(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> None:
        """Cancel it; that there is none is one of the answers."""
        del carrier_reference
        self._call("e911Cancel", [("did", did_of(number))], parse=cancelled, deadline=deadline)


def address_form(address: Address) -> Form:
    """Write an address in its parts. A kind of unit that is unknown there is told in words."""
    kind = address.unit_type.capitalize()
    knows_unit = kind in KINDS or not kind
    # What is empty is told, too: an update might keep what it leaves out.
    return [
        ("full_name", address.name),
        ("street_number", " ".join(filter(None, (address.house_number, address.house_suffix)))),
        ("street_name", address.street_name),
        ("address_type", kind if knows_unit else ""),
        ("address_number", address.unit if knows_unit else ""),
        ("city", address.city),
        ("state", address.state),
        ("country", address.country),
        # The WSDL has the one, the documentation and the carrier itself the other.
        ("zip", address.postal_code),
        ("zip_code", address.postal_code),
        ("language", LANGUAGE),
        ("other_info", address.detail if knows_unit else address.second_line),
    ]


def info_from(body: Any) -> Address | None:
    """Read the address of a number; None where it has none."""
    status = body["status"]
    if status in HAS_NONE:
        return None
    if status == UNDER_WAY:
        raise Unavailable("VoIP.ms has an address of the number under way, and doesn't say which.")
    told: Mapping[str, Any] = good(body)["info"]
    parts = {name: str(told.get(field) or "") for name, field in _FIELDS.items()}
    return Address(**parts)


_FIELDS = {
    "name": "full_name",
    "house_number": "street_number",
    "street": "street_name",
    "unit_type": "address_type",
    "unit": "address_number",
    "city": "city",
    "state": "state",
    "postal_code": "zip_code",
    "country": "country",
    "detail": "other_info",
}


def suggested_from(body: Any) -> str:
    """Read how an address should be written that is not found as it is."""
    # Seen in live answers, and in no document: for each part what it might be.
    told: Mapping[str, Any] = body.get("alternatives") or {}
    parts = "; ".join(f"{name}: {_first(values)}" for name, values in told.items())
    return f"It suggests {parts}." if parts else ""


def _first(values: Any) -> str:
    return str(values[0] if isinstance(values, list) else values)


def state_from(body: Any) -> EmergencyState:
    """Read how far an address has come that was entered or changed."""
    status = body["status"]
    if status == UNDER_WAY:
        return EmergencyState.PENDING
    if status in FAILED:
        words = str(body.get("description") or status)
        raise Rejected(f"VoIP.ms refuses the address: {words}", reason=Reason.INVALID)
    if status in HAS_NONE:
        raise Rejected("VoIP.ms takes no address for the number.", reason=Reason.NOT_ALLOWED)
    good(body)
    return EmergencyState.ACTIVE


def cancelled(body: Any) -> None:
    """Read that a number has no address any more."""
    if body["status"] == UNDER_WAY:
        raise Unavailable("VoIP.ms has an address of the number under way.")
    if body["status"] not in HAS_NONE:
        good(body)
