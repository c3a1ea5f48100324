"""
Emergency addresses at VoIP Innovations: a number has one that is provisioned, at once.

Names: the carrier's service description of 2014. What its methods do and answer: the client
`skywiretech/voip_api`. It keeps no reference of ours, and writes an address as its geocoder does;
one that nobody finds leaves a number without any. Only ZIP codes are taken.
"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar
from xml.etree.ElementTree import Element

from lib.e164 import E164
from trunks.addresses import Address, CheckedAddress, EmergencyState, Problem, Registered
from trunks.carriers.voip_innovations import soap
from trunks.carriers.voip_innovations.payloads import number_in, number_out
from trunks.carriers.voip_innovations.wire import VoipInnovationsWire
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected
from trunks.roles import ChecksAddresses, RegistersEmergency
from trunks.xml import Content, text_of

STATES = {
    "PROVISIONED": EmergencyState.ACTIVE,
    "GEOCODED": EmergencyState.PENDING,
    "INVALID": EmergencyState.FAILED,
}


class VoipInnovationsEmergency(VoipInnovationsWire, ChecksAddresses, RegistersEmergency):
    """What the adapter does for calls for help."""

    address_countries: ClassVar[frozenset[str]] = frozenset({"US"})
    emergency_countries: ClassVar[frozenset[str]] = frozenset({"US"})

    def check_address(self, address: Address, *, deadline: Deadline) -> CheckedAddress:
        """Have an address looked at; nothing is suggested."""
        return self._call("validate911", _parts(address), checked_from, deadline)

    def register(
        self,
        number: E164,
        *,
        carrier_reference: str,
        address: Address,
        reference: str,
        deadline: Deadline,
    ) -> Registered:
        """Give the number an address, or another one, and read what came of it."""
        self._mine(number, deadline)
        before = self.registered(number, carrier_reference=carrier_reference, deadline=deadline)
        if before is not None and before.state is not EmergencyState.ACTIVE:
            # What is not provisioned cannot be updated.
            before = None
        if before is not None and _says(before, address):
            return replace(before, our_reference=reference)
        method = "insert911" if before is None else "update911"
        words = self._call(method, [_did(number), *_parts(address)], words_from, deadline)
        there = self.registered(number, carrier_reference=carrier_reference, deadline=deadline)
        if there is None or there.state is EmergencyState.FAILED:
            raise Rejected(f"The carrier finds no such address: {words}", reason=Reason.INVALID)
        if before is not None and there.address == before.address and not _says(there, address):
            raise Rejected(
                f"The carrier still has the address of before ({words}): a person should look "
                "into its back office."
            )
        return replace(there, our_reference=reference)

    def registered(
        self, number: E164, *, carrier_reference: str, deadline: Deadline
    ) -> Registered | None:
        """Read the number's provisioned location."""
        del carrier_reference
        return self._call(
            "query911",
            [_did(number)],
            lambda result: registered_from(result, number),
            deadline,
        )

    def unregister(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> None:
        """Remove the number's location."""
        if self.registered(number, carrier_reference=carrier_reference, deadline=deadline):
            self._call("remove911", [_did(number)], lambda _result: None, deadline)


def checked_from(result: Element) -> CheckedAddress:
    """Read whether an address is good: that no record is found means that it is not."""
    if text_of(result, "responseCode") == soap.SUCCESS:
        return CheckedAddress()
    words = words_from(result) or "The address could not be found."
    return CheckedAddress(problems=(Problem(field="", words=words),))


def registered_from(result: Element, number: E164) -> Registered | None:
    """Read what a number has; the entry of the carrier's own before that of its supplier."""
    rows = [part for name in ("DID911", "VILocation") for part in result.iter(name)]
    # There may be a record that stands for none.
    mine = [row for row in rows if row.findtext("address1") and _is_of(row, number)]
    if not mine:
        return None
    word = text_of(mine[0], "statusCode")
    # A word that we don't know is no success.
    state = STATES.get(word.upper(), EmergencyState.PENDING)
    words = mine[0].findtext("statusDescription") or word
    return Registered(
        state=state,
        carrier_reference=mine[0].findtext("locationId") or "",
        address=_address(mine[0]),
        reason=words if state is EmergencyState.FAILED else "",
    )


def words_from(result: Element) -> str:
    """Give what is said of the location, else of the whole."""
    said = [
        f"{part.findtext('description') or ''} ({part.findtext('code') or ''})"
        for part in result.iter("Status911")
    ]
    return "; ".join(said) or (result.findtext("responseMessage") or "").strip()


def _is_of(row: Element, number: E164) -> bool:
    told = row.findtext("tn")
    return not told or number_in(told) == number


def _address(row: Element) -> Address:
    def said(name: str) -> str:
        return (row.findtext(name) or "").strip()

    there = Address(
        name=said("callerName"),
        house_number="",
        street="",
        unit=said("address2"),
        city=said("city"),
        state=said("state"),
        # Its geocoder adds the last four digits.
        postal_code=_zip(said("zipCode")),
        country="US",
    )
    return there.with_street_line(said("address1"))


def _says(there: Registered, address: Address) -> bool:
    told = replace(address, postal_code=_zip(address.postal_code))
    return there.address is not None and there.address.is_like(told)


def _parts(address: Address) -> list[tuple[str, Content]]:
    told = [
        ("address1", address.street_line),
        ("address2", address.second_line),
        ("city", address.city),
        ("state", address.state),
        ("zip", _zip(address.postal_code)),
        ("plusFour", address.postal_code.partition("-")[2]),
        ("callerName", address.name),
    ]
    return [(name, text) for name, text in told if text]


def _did(number: E164) -> tuple[str, Content]:
    return "did", number_out(number)


def _zip(postal_code: str) -> str:
    return postal_code.partition("-")[0]
