"""
Emergency addresses at Bandwidth: given to a number of ours by an order, which is decided later.

Field names and values: `numbers_v2.openapi.yaml` (`e911s`, `geocodeRequest`, `tns/{tn}/e911`). The
orders about a number tell what became of them, and whose they are; what the number has now is told
by the number alone, as orders outlive a number that was given back. Only addresses of the United
States are described.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar
from xml.etree.ElementTree import Element

from lib.e164 import E164
from trunks.addresses import Address, CheckedAddress, EmergencyState, Problem, Registered
from trunks.carriers.bandwidth.payloads import number_in, number_out, why
from trunks.carriers.bandwidth.refusals import errors_in, refusal_from
from trunks.carriers.bandwidth.wire import BandwidthWire, there
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected, Unavailable
from trunks.roles import ChecksAddresses, RegistersEmergency
from trunks.xml import Content, text_of, xml_of

NOT_GOOD = frozenset({400, 409})
"""What is said of an address: that nobody finds it, or that it is close to one that is found."""
DONE = frozenset({"COMPLETE", "ADJUSTED_COMPLETE"})
IN_PART = frozenset({"PARTIAL", "ADJUSTED_PARTIAL"})
LONGEST_NAME = 50
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
                content=check_body(address),
                changes=False,
                answers=NOT_GOOD,
            ),
            parse=lambda body: checked_from(there(body), address),
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
            content=order_body(number, address, reference),
            parse=lambda body: placed_from(there(body), number, reference),
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
            content=removal_body(number),
            parse=lambda body: placed_from(there(body), number, ""),
            deadline=deadline,
        )

    def _order(self, id_: str, number: E164, deadline: Deadline) -> Order:
        try:
            return self._call(
                "GET",
                f"e911s/{id_}",
                parse=lambda body: order_from(there(body), number),
                deadline=deadline,
            )
        except Rejected as refusal:
            # Never to be taken for a word about the number.
            raise Unavailable("The carrier does not show an order that it lists.") from refusal

    def _address_of(self, number: E164, deadline: Deadline) -> Address | None:
        try:
            return self._call(
                "GET", f"tns/{number_out(number)}/e911", parse=address_of, deadline=deadline
            )
        except Rejected as refusal:
            if refusal.reason is Reason.NOT_FOUND:
                # How it says that there is none is not described.
                return None
            raise

    def _orders_about(self, number: E164, deadline: Deadline) -> list[str]:
        try:
            return self._call(
                "GET",
                "e911s",
                params=[("tn", number_out(number))],
                parse=order_ids_from,
                deadline=deadline,
            )
        except Rejected as refusal:
            if refusal.reason is Reason.NOT_FOUND:
                # Whether an empty list is answered in this way is not described.
                return []
            raise


@dataclass(frozen=True)
class Order:
    """
    An order about a number's address.

    :ivar removes: whether it takes the address off
    :ivar state: whether it is under way, done (ACTIVE) or failed
    """

    removes: bool
    state: EmergencyState
    said: Registered

    def means(self, has: Address | None) -> Registered | None:
        """Say how the number stands whose last order it is, and which has this address now."""
        if self.state is EmergencyState.PENDING:
            state = EmergencyState.REMOVING if self.removes else EmergencyState.PENDING
            return replace(self.said, state=state)
        if self.removes or (self.state is EmergencyState.ACTIVE and has is None):
            return None
        return self.said


def check_body(address: Address) -> bytes:
    """Say which address is looked at; its parts count, and the line is required all the same."""
    return xml_of("RequestAddress", [("AddressLine1", address.street_line), *_parts(address)])


def order_body(number: E164, address: Address, reference: str) -> bytes:
    """Say where a number is."""
    return xml_of(
        "E911Order",
        [
            ("CustomerOrderId", reference),
            ("TelephoneNumbers", [("TelephoneNumber", number_out(number))]),
            ("CallerName", address.name[:LONGEST_NAME]),
            ("Address", _parts(address)),
        ],
    )


def removal_body(number: E164) -> bytes:
    """Say that a number is nowhere any more."""
    return xml_of(
        "E911Order",
        [
            ("TelephoneNumbers", [("TelephoneNumber", number_out(number))]),
            ("DeleteTNSpecificE911Address", "true"),
        ],
    )


def _parts(address: Address) -> list[tuple[str, Content]]:
    code, _, plus_four = address.postal_code.partition("-")
    told = [
        ("HouseNumber", address.house_number),
        ("HouseSuffix", address.house_suffix),
        ("PreDirectional", address.pre_directional),
        # The examples have the suffix (St, Ave) apart and as a part of the name.
        ("StreetName", address.street),
        ("PostDirectional", address.post_directional),
        ("AddressLine2", address.second_line),
        ("City", address.city),
        ("StateCode", address.state),
        ("Zip", code),
        ("PlusFour", plus_four),
    ]
    return [(name, text) for name, text in told if text]


def checked_from(body: Element, address: Address) -> CheckedAddress:
    """Read what is wrong, and how it should be written where that differs."""
    # Example and schema name it differently.
    parts = [part for name in ("GeocodedAddress", "GeocodeAddress") for part in body.iter(name)]
    errors = errors_in(body)
    if errors or not parts:
        words = "; ".join(f"{error.words} ({error.code})" for error in errors)
        return CheckedAddress(problems=(Problem(field="", words=words or _adjusting(body)),))
    suggested = _corrected(parts[0], address)
    # Capitals alone, or a direction told apart from its street, are no other address.
    if body.findtext("ErrorMessage") is None or suggested.is_like(address):
        return CheckedAddress()
    return CheckedAddress(
        problems=(Problem(field="", words=_adjusting(body)),), suggestion=suggested
    )


def _adjusting(body: Element) -> str:
    return " ".join(text_of(body, "ErrorMessage").split())


def _corrected(part: Element, address: Address) -> Address:
    code = part.findtext("Zip") or address.postal_code
    return replace(
        address.with_street_line(part.findtext("AddressLine1") or address.street_line),
        city=part.findtext("City") or address.city,
        state=part.findtext("StateCode") or address.state,
        postal_code=address.postal_code if address.postal_code.startswith(code) else code,
    )


def address_of(body: Element | None) -> Address | None:
    """Read where a number is; None where nothing names a street."""
    found = None if body is None else body.find(".//Address")
    return None if found is None or not found.findtext("StreetName") else _address(found)


def _address(part: Element) -> Address:
    def said(name: str) -> str:
        return (part.findtext(name) or "").strip()

    street = " ".join(filter(None, (said("StreetName"), said("StreetSuffix"))))
    return Address(
        name=said("Name"),
        house_number=said("HouseNumber"),
        house_suffix=said("HouseSuffix"),
        pre_directional=said("PreDirectional"),
        street=street,
        post_directional=said("PostDirectional"),
        unit=said("AddressLine2"),
        city=said("City"),
        state=said("StateCode"),
        postal_code=said("Zip"),
        country="US",
    )


def order_ids_from(body: Element | None) -> list[str]:
    """Read which orders are about a number, the latest first."""
    if body is None:
        return []
    if body.tag != "E911Orders":
        raise ValueError("not a list of orders")
    rows = [(text_of(part, "OrderDate"), _id(part)) for part in body.iter("E911OrderSummary")]
    if len(rows) < int(body.findtext("TotalCount") or 0):
        raise ValueError("the list has fewer orders than it counts")
    return [id_ for _, id_ in sorted(rows, reverse=True)]


def order_from(body: Element, number: E164) -> Order:
    """Read one order; whether it removes an address is told by its having none."""
    found = _order(body)
    part = found.find("Address")
    state = _state(found, number)
    return Order(
        removes=found.findtext("DeleteTNSpecificE911Address") == "true" or part is None,
        state=state,
        said=Registered(
            state=state,
            carrier_reference=_id(found),
            our_reference=found.findtext("CustomerOrderId") or "",
            address=None if part is None else _address(part),
            reason=str(why(found)) if state is EmergencyState.FAILED else "",
        ),
    )


def placed_from(body: Element, number: E164, reference: str) -> Registered:
    """
    Read how far an order is that was just made.

    :raises Rejected: if it has failed at once
    """
    found = _order(body)
    state = _state(found, number)
    if state is EmergencyState.FAILED:
        raise why(found)
    return Registered(state=state, carrier_reference=_id(found), our_reference=reference)


def _order(body: Element) -> Element:
    # The example of one order has it as the root, the schema within.
    found = next(body.iter("E911Order"), None)
    if found is None:
        raise ValueError("no order in the answer")
    return found


def _id(part: Element) -> str:
    return part.findtext("OrderId") or text_of(part, "orderId")


def _state(order: Element, number: E164) -> EmergencyState:
    word = text_of(order, "ProcessingStatus")
    if word in DONE:
        return EmergencyState.ACTIVE
    if word in IN_PART:
        named = {number_in(text) for error in errors_in(order) for text in error.numbers}
        is_done = bool(named) and number not in named
        return EmergencyState.ACTIVE if is_done else EmergencyState.FAILED
    # A word that we don't know is no success.
    return EmergencyState.FAILED if word == "FAILED" else EmergencyState.PENDING


def _decided(found: Registered) -> None:
    if found.state in {EmergencyState.PENDING, EmergencyState.REMOVING}:
        raise Unavailable("The order of before is under way.", retry_after=PATIENCE)
