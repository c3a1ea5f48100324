"""How carriers are told at which location a number is to be found."""

from __future__ import annotations

from datetime import timedelta

from dids.emergency_rules import is_fictional
from dids.models import EmergencyRegistration
from lib.e164 import E164
from trunks import registry
from trunks.addresses import EmergencyState, Registered
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected, Unavailable
from trunks.features import NOTHING, Problem, Stage, Standing
from trunks.roles import Carrier, RegistersEmergency

NEW_FOR = timedelta(minutes=5)
"""So long a carrier may not know a number that it has just sold."""
_STAGES = {
    EmergencyState.PENDING: Stage.PENDING,
    EmergencyState.ACTIVE: Stage.ACTIVE,
    EmergencyState.FAILED: Stage.REJECTED,
    EmergencyState.REMOVING: Stage.PENDING,
}


def takes(adapter: type[Carrier], row: EmergencyRegistration) -> bool:
    """Tell whether a carrier takes the address by its interface."""
    return (
        issubclass(adapter, RegistersEmergency)
        and row.location.country in adapter.emergency_countries
    )


def refusal(row: EmergencyRegistration) -> str:
    """Say why it must never reach a real emergency service; empty where it may."""
    if row.account.base_url:
        # A stand-in for the carrier, which sends nobody anywhere.
        return ""
    if row.location.is_test:
        return "Only a stand-in has looked at this address. Enter it again and have it checked."
    if is_fictional(row.e164) and takes(registry.carrier(row.account.carrier), row):
        return (
            f"{row.e164} is kept for films and tests, so no emergency service is told of it. Use a "
            "number of the carrier, or an account at its sandbox."
        )
    return ""


def register(
    carrier: RegistersEmergency, row: EmergencyRegistration, deadline: Deadline
) -> Standing:
    """
    Have a number registered, unless it is.

    :raises Rejected: if the carrier says no
    """
    there = _there(carrier, row, deadline)
    if there is not None and there.state in {EmergencyState.ACTIVE, EmergencyState.PENDING}:
        return _standing(there)
    try:
        made = carrier.register(
            E164(row.e164),
            carrier_reference=row.number.carrier_reference,
            address=row.location.address,
            reference=str(row.location.uuid),
            deadline=deadline,
        )
    except Rejected as refusal:
        if refusal.reason is Reason.NOT_FOUND and _is_new(row):
            raise Unavailable("The carrier does not know the number yet.") from refusal
        raise
    return _standing(made)


def read(carrier: RegistersEmergency, row: EmergencyRegistration, deadline: Deadline) -> Standing:
    """Look up whether a number is registered at its location."""
    there = _there(carrier, row, deadline)
    return NOTHING if there is None else _standing(there)


def unregister(carrier: RegistersEmergency, row: EmergencyRegistration, deadline: Deadline) -> None:
    """
    Have whatever is registered for a number forgotten.

    :raises Unavailable: if it is not gone yet
    """
    number, reference = E164(row.e164), row.number.carrier_reference
    there = carrier.registered(number, carrier_reference=reference, deadline=deadline)
    if there is not None and there.state is not EmergencyState.REMOVING:
        carrier.unregister(number, carrier_reference=reference, deadline=deadline)
        there = carrier.registered(number, carrier_reference=reference, deadline=deadline)
    if there is not None:
        raise Unavailable("The carrier is still removing the address.")


def _there(
    carrier: RegistersEmergency, row: EmergencyRegistration, deadline: Deadline
) -> Registered | None:
    """Read the address that a number has, if it is the one that is wanted."""
    there = carrier.registered(
        E164(row.e164), carrier_reference=row.number.carrier_reference, deadline=deadline
    )
    is_same = there is not None and there.is_of(str(row.location.uuid), row.location.address)
    return there if is_same else None


def _standing(there: Registered) -> Standing:
    problems = (Problem(field="", words=there.reason),) if there.reason else ()
    return Standing(
        stage=_STAGES[there.state],
        carrier_reference=there.carrier_reference[:100],
        problems=problems,
    )


def _is_new(row: EmergencyRegistration) -> bool:
    asked_at = row.call_before or row.status_since
    return row.number.bought_at + NEW_FOR > asked_at
