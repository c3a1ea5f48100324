"""
Emergency addresses at Bandwidth: given to a number of ours by an order, which is decided later.

The orders about a number tell what became of them, and whose they are; what the number has now is
told by the number alone, as orders outlive a number that was given back. Only addresses of the
United States are described.
"""

from __future__ import annotations

from typing import ClassVar

from lib.e164 import E164
from trunks.addresses import Address, CheckedAddress, EmergencyState, Registered
from trunks.carriers.bandwidth import e911
from trunks.carriers.bandwidth.payloads import number_out
from trunks.carriers.bandwidth.refusals import refusal_from
from trunks.carriers.bandwidth.wire import EMPTY, BandwidthWire, there
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected, Unavailable
from trunks.roles import ChecksAddresses, RegistersEmergency

NOT_GOOD = frozenset({400, 409})
"""What is said of an address: that nobody finds it, or that it is close to one that is found."""
PATIENCE = 5.0
"""Seconds after which a number may be in service, or an order decided."""


class BandwidthEmergency(BandwidthWire, ChecksAddresses, RegistersEmergency):
    """What the adapter does for calls for help."""

    address_countries: ClassVar[frozenset[str]] = frozenset({"US"})
    emergency_countries: ClassVar[frozenset[str]] = frozenset({"US"})

    def check_address(self, address: Address, *, deadline: Deadline) -> CheckedAddress:
        """Have an address looked at; one that is close to a good one is answered with a 409."""
        return self.caller.call(
            self._request(
                "POST",
                "geocodeRequest",
                content=e911.check_body(address),
                changes=False,
                answers=NOT_GOOD,
            ),
            parse=lambda body: e911.checked_from(there(body), address),
            explain=refusal_from,
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
        """Order the address, unless that is done; of two orders the later might be done first."""
        if not self._mine(number, deadline).active:
            raise Unavailable("The number is not in service yet.", retry_after=PATIENCE)
        found = self.registered(number, carrier_reference=carrier_reference, deadline=deadline)
        if found is not None and found.state is not EmergencyState.FAILED:
            if found.is_of(reference, address) and found.state is not EmergencyState.REMOVING:
                return found
            _decided(found)
        return self._call(
            "POST",
            "e911s",
            content=e911.order_body(number, address, reference),
            parse=lambda body: e911.placed_from(there(body), number, reference),
            deadline=deadline,
        )

    def registered(
        self, number: E164, *, carrier_reference: str, deadline: Deadline
    ) -> Registered | None:
        """Read what the number has, and the last order about it that changed something."""
        del carrier_reference
        has = self._address_of(number, deadline)
        for id_ in self._orders_about(number, deadline):
            order = self._order(id_, number, deadline)
            if not (order.removes and order.state is EmergencyState.FAILED and has):
                return order.means(has)
            # It has still what it was given before.
        return Registered(state=EmergencyState.ACTIVE, address=has) if has else None

    def unregister(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> None:
        """Order that the number has no address, unless that is ordered."""
        found = self.registered(number, carrier_reference=carrier_reference, deadline=deadline)
        if found is None or found.state is EmergencyState.REMOVING:
            return
        _decided(found)
        self._call(
            "POST",
            "e911s",
            content=e911.removal_body(number),
            parse=lambda body: e911.placed_from(there(body), number, ""),
            deadline=deadline,
        )

    def _order(self, id_: str, number: E164, deadline: Deadline) -> e911.Order:
        try:
            return self._call(
                "GET",
                f"e911s/{id_}",
                parse=lambda body: e911.order_from(there(body), number),
                deadline=deadline,
            )
        except Rejected as refusal:
            # Never to be taken for a word about the number.
            raise Unavailable("The carrier does not show an order that it lists.") from refusal

    def _address_of(self, number: E164, deadline: Deadline) -> Address | None:
        """Read what a number has: asked for that alone, else among its details."""
        for part in ("e911", "tndetails"):
            try:
                has = self._call(
                    "GET",
                    f"tns/{number_out(number)}/{part}",
                    parse=e911.address_of,
                    deadline=deadline,
                )
            except Rejected as refusal:
                # How the first one says that there is none is not described.
                if refusal.reason is not Reason.NOT_FOUND:
                    raise
            else:
                if has is not None:
                    return has
        return None

    def _orders_about(self, number: E164, deadline: Deadline) -> list[str]:
        try:
            return self._call(
                "GET",
                "e911s",
                params=[("tn", number_out(number))],
                parse=lambda body: e911.order_ids_from(there(body)),
                means={EMPTY: []},
                deadline=deadline,
            )
        except Rejected as refusal:
            if refusal.reason is Reason.NOT_FOUND:
                # Whether an empty list is answered in this way is not described.
                return []
            raise


def _decided(found: Registered) -> None:
    if found.state in {EmergencyState.PENDING, EmergencyState.REMOVING}:
        raise Unavailable("The order of before is under way.", retry_after=PATIENCE)
