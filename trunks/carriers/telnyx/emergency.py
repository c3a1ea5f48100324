"""Emergency addresses at Telnyx: kept apart from numbers, and given to each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from lib.e164 import E164
from trunks.addresses import Address, CheckedAddress, EmergencyState, Problem, Registered
from trunks.carriers.telnyx.wire import TelnyxWire
from trunks.deadlines import Deadline
from trunks.errors import Rejected, Unavailable
from trunks.roles import ChecksAddresses, RegistersEmergency

STATES: Mapping[str, EmergencyState] = {
    "active": EmergencyState.ACTIVE,
    "provisioning": EmergencyState.PENDING,
    "deprovisioning": EmergencyState.REMOVING,
    "provisioning-failed": EmergencyState.FAILED,
}
FIELDS: Mapping[str, str] = {
    "street_address": "street",
    "extended_address": "unit",
    "locality": "city",
    "administrative_area": "state",
    "postal_code": "postal_code",
    "country_code": "country",
    "business_name": "name",
}


class TelnyxEmergency(TelnyxWire, ChecksAddresses, RegistersEmergency):
    """What the adapter does for calls for help."""

    address_countries: ClassVar[frozenset[str]] = frozenset({"US", "CA"})
    emergency_countries: ClassVar[frozenset[str]] = frozenset({"US", "CA"})

    def check_address(self, address: Address, *, deadline: Deadline) -> CheckedAddress:
        """Have an address looked at."""
        return self._call(
            "POST",
            "addresses/actions/validate",
            json=address_body(address),
            parse=lambda body: checked_from(body["data"], address),
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
        """Keep the address, unless it is kept already, and give it to the number."""
        id_ = carrier_reference or self._id_of(number, deadline)
        # Also finds what only contains it.
        filters = [("filter[customer_reference]", reference)]
        kept = self._pages("addresses", filters, _reference_and_id, deadline)
        ours = [address_id for name, address_id in kept if name == reference]
        address_id = ours[0] if ours else self._keep(address, reference, deadline)
        return self._enable(id_, address_id, reference, deadline, enabled=True)

    def registered(
        self, number: E164, *, carrier_reference: str, deadline: Deadline
    ) -> Registered | None:
        """Read the number, and our reference from its address."""
        id_ = carrier_reference or self._id_of(number, deadline)
        status, address_id = self._call(
            "GET", f"phone_numbers/{id_}", parse=_settings, deadline=deadline
        )
        if status == "disabled" or not address_id:
            return None
        try:
            reference = self._call(
                "GET",
                f"addresses/{address_id}",
                parse=lambda body: str(body["data"].get("customer_reference") or ""),
                deadline=deadline,
            )
        except Rejected as refusal:
            # Never to be taken for a word about the number.
            raise Unavailable("Telnyx does not show an address that it names.") from refusal
        return registered_from(status, address_id, reference)

    def unregister(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> None:
        """Take the address off; the call names the one that is there."""
        id_ = carrier_reference or self._id_of(number, deadline)
        status, address_id = self._call(
            "GET", f"phone_numbers/{id_}", parse=_settings, deadline=deadline
        )
        if status not in {"disabled", "deprovisioning"} and address_id:
            self._enable(id_, address_id, "", deadline, enabled=False)

    def _keep(self, address: Address, reference: str, deadline: Deadline) -> str:
        first, _, last = address.name.partition(" ")
        body = {
            **address_body(address),
            # All three are required, although one alone names somebody.
            "business_name": address.name,
            "first_name": first,
            "last_name": last or first,
            "customer_reference": reference,
            "address_book": False,
        }
        return self._call(
            "POST",
            "addresses",
            json=body,
            parse=lambda answer: str(answer["data"]["id"]),
            deadline=deadline,
        )

    def _enable(
        self, id_: str, address_id: str, reference: str, deadline: Deadline, *, enabled: bool
    ) -> Registered:
        return self._call(
            "POST",
            f"phone_numbers/{id_}/actions/enable_emergency",
            json={"emergency_enabled": enabled, "emergency_address_id": address_id},
            parse=lambda body: registered_from(
                str(body["data"]["emergency"]["emergency_status"]), address_id, reference
            ),
            deadline=deadline,
        )


def address_body(address: Address) -> dict[str, str]:
    """Say where it is; what is empty is left out."""
    told = {
        "street_address": address.street_line,
        "extended_address": address.second_line,
        "locality": address.city,
        "administrative_area": address.state,
        "postal_code": address.postal_code,
        "country_code": address.country,
    }
    return {name: value for name, value in told.items() if value}


def checked_from(data: Mapping[str, Any], address: Address) -> CheckedAddress:
    """Read what is wrong, and how it should be written where that differs."""
    if data["result"] == "valid":
        return CheckedAddress()
    problems = tuple(_problem(error) for error in data.get("errors") or ())
    told = data.get("suggested") or {}
    suggested = replace(
        address.with_street_line(told.get("street_address") or address.street_line),
        city=told.get("locality") or address.city,
        state=told.get("administrative_area") or address.state,
        postal_code=told.get("postal_code") or address.postal_code,
    )
    return CheckedAddress(
        problems=problems or (Problem(field="", words="The address is invalid."),),
        suggestion=None if suggested.is_like(address) else suggested,
    )


def registered_from(status: str, address_id: str, reference: str) -> Registered:
    """Read how far an address has come; a word that we don't know is no success."""
    return Registered(
        state=STATES.get(status, EmergencyState.PENDING),
        carrier_reference=address_id,
        our_reference=reference,
        reason="Telnyx could not provision the address." if status in _FAILED else "",
    )


_FAILED = frozenset({"provisioning-failed"})


def _problem(error: Mapping[str, Any]) -> Problem:
    pointer = str((error.get("source") or {}).get("pointer") or "").strip("/")
    words = str(error.get("description") or error.get("detail") or error.get("title") or "")
    return Problem(field=FIELDS.get(pointer, ""), words=words)


def _settings(body: Any) -> tuple[str, str]:
    data = body["data"]
    return str(data["emergency_status"]), str(data.get("emergency_address_id") or "")


def _reference_and_id(row: Mapping[str, Any]) -> tuple[str, str]:
    return str(row.get("customer_reference") or ""), str(row["id"])
