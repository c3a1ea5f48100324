"""What all work on emergency registrations shares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from accounts import journal
from accounts.actors import Actor, System
from accounts.work import acting
from dids import events, timing
from dids.models import EmergencyRegistration, PhoneNumber
from dids.states import REGISTRATION, RegistrationStatus
from dids.workflows import calling
from lib.e164 import E164
from lib.locks import no_key
from lib.transitions import LostRace
from trunks import connect, registry
from trunks.addresses import Registered
from trunks.roles import RegistersEmergency

WORKER = System("emergency.register")


def load(key: int) -> EmergencyRegistration | None:
    """Give a registration with what its calls need."""
    rows = EmergencyRegistration.objects.select_related(
        "number__holder", "number__carrier_account__owner", "location__organization"
    )
    return rows.filter(pk=key).first()


def look_again(row: EmergencyRegistration, at: datetime | None) -> None:
    """Put off the next look at a registration that has not moved."""
    EmergencyRegistration.objects.filter(pk=row.pk, status=row.status).update(next_attempt_at=at)


def carrier_of(row: EmergencyRegistration, clock: timing.Elapsed) -> RegistersEmergency | None:
    """
    Give the adapter that takes the address of a number; None where a person must.

    :raises NotNow: if the account may not be called at this moment
    """
    account = row.number.carrier_account
    adapter = registry.carrier(account.carrier)
    if not issubclass(adapter, RegistersEmergency):
        return None
    if row.location.country not in adapter.emergency_countries:
        return None
    connect.may_call(account, clock.now())
    carrier = connect.connected(account, purpose="emergency", numbers=[row.number.e164])
    return carrier if isinstance(carrier, RegistersEmergency) else None


def read(carrier: RegistersEmergency, row: EmergencyRegistration) -> Registered | None:
    """Read which address the number has at its carrier."""
    return carrier.registered(
        E164(row.number.e164),
        carrier_reference=row.number.carrier_reference,
        deadline=calling.deadline(),
    )


@contextmanager
def late_calls_doubted(number: PhoneNumber, clock: timing.Elapsed) -> Iterator[None]:
    """Have the carrier asked again where somebody else took over before our call went out."""
    try:
        yield
    except LostRace:
        with acting(WORKER):
            rows = EmergencyRegistration.objects.filter(number=number)
            row = no_key(rows.select_related("number__holder", "location")).first()
            to = _DOUBTED.get(RegistrationStatus(row.status)) if row else None
            if row is not None and to is not None:
                REGISTRATION.edges.move(row, to=to, now=clock.now(), next_attempt_at=clock.now())
                note(row, events.REGISTRATION_UNCERTAIN, now=clock.now())
        raise


_DOUBTED = {
    RegistrationStatus.ACTIVE: RegistrationStatus.UNCERTAIN,
    RegistrationStatus.REMOVED: RegistrationStatus.REMOVING,
}


def note(
    row: EmergencyRegistration,
    event_type: journal.EventType,
    *,
    now: datetime,
    actor: Actor = WORKER,
    after: Mapping[str, str] | None = None,
) -> None:
    """Write down what happened to a registration, for whoever holds the number."""
    number = row.number
    journal.record(
        actor,
        event_type,
        now=now,
        subject=number.subject,
        organization=number.holder,
        number=number.e164,
        after=after or {},
    )
