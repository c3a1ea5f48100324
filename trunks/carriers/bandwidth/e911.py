"""
Bandwidth's words about emergency addresses and ours, without any network.

Field names and values: `numbers_v2.openapi.yaml` (`e911s`, `geocodeRequest`, `tns/{tn}/e911`); its
examples where its schemas differ from them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from lib.e164 import E164
from trunks.addresses import Address, CheckedAddress, EmergencyState, Problem, Registered
from trunks.carriers.bandwidth.payloads import number_in, number_out, why
from trunks.carriers.bandwidth.refusals import errors_in
from trunks.xml import Content, text_of, xml_of

DONE = frozenset({"COMPLETE", "ADJUSTED_COMPLETE"})
IN_PART = frozenset({"PARTIAL", "ADJUSTED_PARTIAL"})
HOLDERS = (".", "TnE911Address", ".//Features/E911")
"""What has the emergency address in an answer about a number; details have others as well."""
LONGEST_NAME = 50


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
    problem = Problem(field=_differing(suggested, address), words=_adjusting(body))
    return CheckedAddress(problems=(problem,), suggestion=suggested)


def _adjusting(body: Element) -> str:
    return " ".join(text_of(body, "ErrorMessage").split())


def _differing(suggested: Address, address: Address) -> str:
    """Name the first part that is written otherwise; capitals are no other writing."""
    names = ("house_number", "street", "city", "state", "postal_code")
    told = ((name, getattr(suggested, name), getattr(address, name)) for name in names)
    return next((name for name, one, other in told if one.lower() != other.lower()), "")


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
    holders = [] if body is None else [part for path in HOLDERS for part in body.findall(path)]
    named = [
        part
        for holder in holders
        # The address of its location is none of the number's own, and no order takes it off.
        if (holder.findtext("SipPeerAddress") or "").lower() != "true"
        for part in holder.findall("Address")
        if part.findtext("StreetName")
    ]
    return _address(named[0]) if named else None


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


def order_ids_from(body: Element) -> list[str]:
    """Read which orders are about a number, the latest first."""
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
