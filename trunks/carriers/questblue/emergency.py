"""
Emergency addresses at QuestBlue: settings of a number, written like its others.

How they are sent is described. How the list of numbers shows them is not: the carrier's SDK reads
an array of no names, its reference a yes or no. What cannot be read is left to a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from lib.e164 import E164
from trunks.addresses import Address, EmergencyState, Registered
from trunks.carriers.questblue.payloads import Params, did_of
from trunks.carriers.questblue.wire import QuestBlueWire
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected
from trunks.roles import RegistersEmergency

UNITS = {"unit": "unit", "suite": "suite", "ste": "suite", "apt": "apt", "apartment": "apt"}
"""The kinds of units that it takes, by how people write them."""
OFF = frozenset({"no", "off", "0", "false"})
ON = frozenset({"yes", "on", "1", "true"})


class QuestBlueEmergency(QuestBlueWire, RegistersEmergency):
    """What the adapter does for calls for help."""

    emergency_countries: ClassVar[frozenset[str]] = frozenset({"US"})

    def register(
        self,
        number: E164,
        *,
        carrier_reference: str,
        address: Address,
        reference: str,
        deadline: Deadline,
    ) -> Registered:
        """Write the address on the number, from which one of before is taken off first."""
        del reference
        if self.registered(number, carrier_reference=carrier_reference, deadline=deadline):
            # What an update leaves out may stay, such as the unit of before.
            self._tell(number, [("e911", "no")], deadline)
        remarks = self._tell(number, address_params(address), deadline)
        if not remarks:
            return Registered(state=EmergencyState.ACTIVE, address=address)
        there = self.registered(number, carrier_reference=carrier_reference, deadline=deadline)
        if there is None or not there.is_of("", address):
            # A success with remarks may be one of everything but the address.
            words = f"QuestBlue took the address with remarks: {' '.join(remarks)}"
            raise Rejected(words, reason=Reason.INVALID)
        return there

    def registered(
        self, number: E164, *, carrier_reference: str, deadline: Deadline
    ) -> Registered | None:
        """Read the number's settings, as far as they tell."""
        del carrier_reference
        try:
            return registered_from(self._settings(number, deadline))
        except ValueError as trouble:
            raise Rejected(
                "QuestBlue does not say whether the number has an emergency address. "
                "Look into its portal."
            ) from trouble

    def unregister(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> None:
        """Switch it off, unless it is off, and look whether it is."""
        if not self.registered(number, carrier_reference=carrier_reference, deadline=deadline):
            return
        self._tell(number, [("e911", "no")], deadline)
        if self.registered(number, carrier_reference=carrier_reference, deadline=deadline):
            raise Rejected("QuestBlue keeps the emergency address. Take it off in its portal.")

    def _tell(self, number: E164, told: Params, deadline: Deadline) -> tuple[str, ...]:
        try:
            return self._write("PUT", "did", [("did", did_of(number)), *told], deadline)
        except Rejected as refusal:
            # The number was there a moment ago, so it is the address that is not.
            raise Rejected(str(refusal), reason=Reason.INVALID) from refusal


def address_params(address: Address) -> Params:
    """Say where it is; beside the number of a unit stands what has no place of its own."""
    kind = UNITS.get(address.unit_type.lower(), "")
    unit = " ".join(filter(None, ("" if kind else address.unit_type, address.unit)))
    told = {
        "e911": "yes",
        "e911_name": address.name,
        "e911_address": address.street_line,
        "e911_city": address.city,
        "e911_state": address.state,
        "e911_zip": address.postal_code,
        "e911_unittype": kind,
        "e911_unitnumber": ", ".join(filter(None, (unit, address.detail))),
    }
    return [(name, value) for name, value in told.items() if value]


def registered_from(settings: Any) -> Registered | None:
    """
    Read the address among a number's settings.

    :raises ValueError: if they do not say whether there is one
    """
    if not isinstance(settings, Mapping) or "e911" not in settings:
        raise ValueError("settings without names")
    told = settings["e911"]
    if _is_nothing(told):
        return None
    is_on = not isinstance(told, str) or told.lower() in ON
    return Registered(
        # A word that we don't know is no success.
        state=EmergencyState.ACTIVE if is_on else EmergencyState.PENDING,
        address=_address(told if isinstance(told, Mapping) else settings),
    )


def _is_nothing(told: Any) -> bool:
    parts = list(told.values()) if isinstance(told, Mapping) else told
    said = parts if isinstance(parts, list) else [parts]
    return all(not value or str(value).lower() in OFF for value in said)


def _address(told: Mapping[str, Any]) -> Address | None:
    """Read the parts, with the names under which they are sent or without what these begin with."""
    parts = {name: str(told.get(f"e911_{name}") or told.get(name) or "") for name in _NAMES}
    if not parts["address"]:
        return None
    address = Address(
        name=parts["name"],
        house_number="",
        street="",
        unit_type=parts["unittype"],
        unit=parts["unitnumber"],
        city=parts["city"],
        state=parts["state"],
        postal_code=parts["zip"],
        country="US",
    )
    return address.with_street_line(parts["address"])


_NAMES = ("name", "address", "city", "state", "zip", "unittype", "unitnumber")
