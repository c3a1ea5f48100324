"""
Emergency addresses at Twilio: objects of the account, named by numbers.

An address is looked at when it is made, and by nothing before. One that a number has is not
replaced: it is cleared, and the next one is set once the number is unregistered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trunks.addresses import Address, EmergencyState, Registered, label_of, reference_of
from trunks.carriers.twilio.wire import TwilioWire
from trunks.deadlines import Deadline
from trunks.errors import Rejected, Unavailable

PATIENCE = 5.0
"""Seconds after which a number may be unregistered."""
STATES: Mapping[str, EmergencyState] = {
    "registered": EmergencyState.ACTIVE,
    "pending-registration": EmergencyState.PENDING,
    "registration-failure": EmergencyState.FAILED,
    "pending-unregistration": EmergencyState.REMOVING,
    "unregistration-failure": EmergencyState.ACTIVE,
}
NONE = "unregistered"


def register(
    account: TwilioWire, sid: str, address: Address, *, reference: str, deadline: Deadline
) -> Registered:
    """Make the address, unless it is there, and have the number name it."""
    there = registered(account, sid, deadline=deadline)
    if there is not None and there.state is not EmergencyState.FAILED:
        if there.our_reference == reference and there.state is not EmergencyState.REMOVING:
            return there
        if there.state is not EmergencyState.REMOVING:
            _name(account, sid, "", deadline)
        raise Unavailable("The address of before is being removed.", retry_after=PATIENCE)
    kept = account.pages(
        "api",
        f"{account.account_path}/Addresses.json",
        "addresses",
        read=lambda row: (str(row["friendly_name"]), str(row["sid"])),
        deadline=deadline,
        filters=[("FriendlyName", label_of(reference))],
    )
    # The name of an emergency address has at most 32 characters.
    ours = [address_sid for name, address_sid in kept if name == label_of(reference)]
    address_sid = ours[0] if ours else _make(account, address, reference, deadline)
    status = _name(account, sid, address_sid, deadline)
    return Registered(
        state=STATES.get(status, EmergencyState.PENDING),
        carrier_reference=address_sid,
        our_reference=reference,
    )


def registered(account: TwilioWire, sid: str, *, deadline: Deadline) -> Registered | None:
    """Read the number, and our reference from its address."""
    status, address_sid = account.call(
        "GET", "api", _number(account, sid), parse=_settings, deadline=deadline
    )
    if status == NONE or not address_sid:
        return None
    try:
        name = account.call(
            "GET",
            "api",
            f"{account.account_path}/Addresses/{address_sid}.json",
            parse=lambda body: str(body["friendly_name"] or ""),
            deadline=deadline,
        )
    except Rejected as refusal:
        # Never to be taken for a word about the number.
        raise Unavailable("Twilio does not show an address that it names.") from refusal
    state = STATES.get(status, EmergencyState.PENDING)
    return Registered(
        state=state,
        carrier_reference=address_sid,
        our_reference=reference_of(name),
        reason="Twilio could not register it." if state is EmergencyState.FAILED else "",
    )


def unregister(account: TwilioWire, sid: str, *, deadline: Deadline) -> None:
    """Clear the address, unless it is being cleared."""
    status, address_sid = account.call(
        "GET", "api", _number(account, sid), parse=_settings, deadline=deadline
    )
    if address_sid and status not in {NONE, "pending-unregistration"}:
        _name(account, sid, "", deadline)


def _make(account: TwilioWire, address: Address, reference: str, deadline: Deadline) -> str:
    form = [
        ("CustomerName", address.name),
        ("Street", address.street_line),
        ("StreetSecondary", address.second_line),
        ("City", address.city),
        ("Region", address.state),
        ("PostalCode", address.postal_code),
        ("IsoCountry", address.country),
        ("FriendlyName", label_of(reference)),
        ("EmergencyEnabled", "true"),
        # It was looked at before; what it says is what was looked at.
        ("AutoCorrectAddress", "false"),
    ]
    return account.call(
        "POST",
        "api",
        f"{account.account_path}/Addresses.json",
        form=form,
        parse=lambda body: str(body["sid"]),
        deadline=deadline,
    )


def _name(account: TwilioWire, sid: str, address_sid: str, deadline: Deadline) -> str:
    return account.call(
        "POST",
        "api",
        _number(account, sid),
        form=[("EmergencyAddressSid", address_sid)],
        parse=_status,
        deadline=deadline,
    )


def _number(account: TwilioWire, sid: str) -> str:
    return f"{account.account_path}/IncomingPhoneNumbers/{sid}.json"


def _settings(body: Any) -> tuple[str, str]:
    return _status(body), str(body["emergency_address_sid"] or "")


def _status(body: Any) -> str:
    # Not required of an answer: without it, what becomes of the address is read again.
    return str(body.get("emergency_address_status") or "")
