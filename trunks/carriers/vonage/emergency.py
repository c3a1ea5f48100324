"""
Emergency addresses at Vonage: objects of the account, each named by numbers.

Facts: its snippets, its .NET SDK and the page of its Emergency Calling Provisioning API (2026).
These show a number with its address, and know neither a status nor what takes an address off. So
what a number names counts as in force unless a word beside it says otherwise, and what should be
off is read back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar, TypeVar

from lib.e164 import E164
from trunks.addresses import Address, EmergencyState, Registered, label_of, reference_of
from trunks.carriers.vonage import payloads
from trunks.carriers.vonage.payloads import Params
from trunks.carriers.vonage.wire import VonageWire
from trunks.deadlines import Deadline
from trunks.errors import Misconfigured, Reason, Rejected
from trunks.paging import each_entry
from trunks.roles import RegistersEmergency

T = TypeVar("T")
HOST = "https://api.nexmo.com"
ADDRESSES = "/v1/addresses"
PAGE = 100
"""How many addresses a page has; up to 1,000 may be asked for, says the SDK alone."""
IN_FORCE = frozenset({"active", "activated", "enabled", "provisioned", "registered", "success"})
REFUSED = frozenset({"failed", "failure", "error", "invalid", "refused", "rejected"})
LEAVING = frozenset({"deleting", "deprovisioning", "removing", "unassigning"})
GONE = frozenset({"deleted", "disabled", "inactive", "none", "removed", "unassigned"})
WHATEVER = dict.fromkeys((200, 202, 204, 400, 404, 405, 409, 410, 415, 420, 422))
"""Statuses of attempts at something that is not described: what they did is read back."""


class VonageEmergency(VonageWire, RegistersEmergency):
    """What the adapter does for calls for help."""

    # Its only examples are from the United States.
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
        """Keep the address, unless it is kept, have the number name it, and read that back."""
        del carrier_reference
        label = label_of(reference)
        address_id = self._kept(label, deadline) or self._keep(address, label, deadline)
        self._name(number, address_id, address.name, deadline)
        there = self.registered(number, carrier_reference="", deadline=deadline)
        if there is not None and there.our_reference == reference:
            return there
        # It says yes, and does not show it yet.
        return Registered(
            state=EmergencyState.PENDING, carrier_reference=address_id, our_reference=reference
        )

    def registered(
        self, number: E164, *, carrier_reference: str, deadline: Deadline
    ) -> Registered | None:
        """Read the number's address; that nothing is found may mean that there is none."""
        del carrier_reference
        try:
            there, name = self._newer(
                "GET", _path(number), parse=partial(named_from, number=number), deadline=deadline
            )
        except Rejected as refusal:
            if refusal.reason is not Reason.NOT_FOUND:
                raise
            self._ours(number, deadline)
            return None
        if there is None or name:
            return there
        # The address may be named by its id alone.
        return self._newer(
            "GET",
            f"{ADDRESSES}/{there.carrier_reference}",
            parse=partial(_with_name, there),
            deadline=deadline,
        )

    def unregister(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> None:
        """
        Take the address off the number, and look whether it is off.

        How is not described: first what changes nothing but the address, then what takes away all
        that the number has for emergencies. The address itself stays, as other numbers may name it.
        """
        attempts: tuple[tuple[str, Any], ...] = (("PATCH", {"address": None}), ("DELETE", None))
        for method, body in attempts:
            there = self.registered(number, carrier_reference=carrier_reference, deadline=deadline)
            if there is None or there.state is EmergencyState.REMOVING:
                return
            # What its gateway does not know, it may call forbidden: the reading just now was not.
            with suppress(Misconfigured):
                self._newer(
                    method,
                    _path(number),
                    json=body,
                    means=WHATEVER,
                    parse=_unread,
                    deadline=deadline,
                )
        there = self.registered(number, carrier_reference=carrier_reference, deadline=deadline)
        if there is not None and there.state is not EmergencyState.REMOVING:
            raise Rejected("Vonage keeps the emergency address. Take it off in its dashboard.")

    def _kept(self, label: str, deadline: Deadline) -> str:
        """Look for an address by its name; empty where there is none."""

        def page(index: int) -> tuple[list[tuple[str, str]], int]:
            return self._newer(
                "GET",
                ADDRESSES,
                params=[("page", str(index)), ("page_size", str(PAGE))],
                parse=addresses_from,
                deadline=deadline,
            )

        return next((id_ for name, id_ in each_entry(page) if name == label), "")

    def _keep(self, address: Address, label: str, deadline: Deadline) -> str:
        return self._newer(
            "POST",
            ADDRESSES,
            json=address_body(address, label),
            parse=lambda body: str(body["id"]),
            deadline=deadline,
        )

    def _name(self, number: E164, address_id: str, contact: str, deadline: Deadline) -> None:
        body = {"address": {"id": address_id}, "contact_name": contact}
        try:
            # What it answers is described nowhere but in the SDK, so it is read afterwards.
            self._newer("PATCH", _path(number), json=body, parse=_unread, deadline=deadline)
        except Rejected as refusal:
            if refusal.reason is Reason.NOT_FOUND:
                self._ours(number, deadline)
                words = f"Vonage takes no emergency address for the number: {refusal}"
                raise Rejected(words, reason=Reason.NOT_ALLOWED) from refusal
            raise

    def _newer(
        self,
        method: str,
        path: str,
        *,
        parse: Callable[[Any], T],
        deadline: Deadline,
        params: Params | None = None,
        json: Any = None,
        means: Mapping[int, Any] | None = None,
    ) -> T:
        return self._call(
            method,
            path,
            host=HOST,
            parse=parse,
            explain=refusal_from,
            deadline=deadline,
            params=params,
            json=json,
            means=means,
        )


def address_body(address: Address, label: str) -> dict[str, str]:
    """Say where it is; the friendly name has our reference, as there is no other place for it."""
    told = {
        "address_name": label,
        "address_line1": address.street_line,
        "address_line2": address.second_line,
        "city": address.city,
        "region": address.state,
        "type": "emergency",
        "address_location_type": "business",
        "postal_code": address.postal_code,
        "country": address.country,
    }
    return {name: value for name, value in told.items() if value}


def addresses_from(body: Mapping[str, Any]) -> tuple[list[tuple[str, str]], int]:
    """Read a page of addresses, and how many there are; where there is none, the list may lack."""
    rows = (body.get("_embedded") or {}).get("addresses") or []
    return [(_name_of(row), str(row["id"])) for row in rows], int(body["total_items"])


def named_from(body: Mapping[str, Any], number: E164) -> tuple[Registered | None, str]:
    """
    Read which address a number names, and the name of that, where it is shown.

    :raises ValueError: if it is about another number
    """
    if payloads.number_of(body["number"]) != number:
        raise ValueError("another number")
    told = body.get("address") or {}
    word = _word(body) or _word(told)
    if not told.get("id") or word in GONE:
        return None, ""
    state = _state(word)
    name = _name_of(told)
    there = Registered(
        state=state,
        carrier_reference=str(told["id"]),
        our_reference=reference_of(name),
        reason=f"Vonage says: {word}." if state is EmergencyState.FAILED else "",
    )
    return there, name


def _with_name(there: Registered, body: Mapping[str, Any]) -> Registered:
    return replace(there, our_reference=reference_of(str(body["address_name"])))


def _name_of(told: Mapping[str, Any]) -> str:
    return str(told.get("address_name") or "")


def _word(told: Mapping[str, Any]) -> str:
    """Read a word that says how it stands, whatever that field is called."""
    words = [value for name, value in told.items() if name.endswith("status") and value]
    return str(words[0]).lower() if words else ""


def _state(word: str) -> EmergencyState:
    if not word or word in IN_FORCE:
        return EmergencyState.ACTIVE
    if word in REFUSED:
        return EmergencyState.FAILED
    # A word that we don't know is no success.
    return EmergencyState.REMOVING if word in LEAVING else EmergencyState.PENDING


def refusal_from(status: int, body: Any) -> tuple[Reason, str]:
    """Read a problem document: what is wrong with the address, part by part."""
    reason, words = payloads.refusal_from(status, body)
    minded = [f"{one['name']}: {one['reason']}" for one in body.get("invalid_parameters") or ()]
    known = {Reason.NOT_FOUND, Reason.NO_FUNDS}
    return (reason if reason in known else Reason.INVALID), "; ".join([words, *minded])


def _unread(body: Any) -> None:
    del body


def _path(number: E164) -> str:
    return f"/v1/emergency/numbers/{payloads.msisdn_of(number)}"
