"""Having an emergency address looked at, and its numbers follow once it is active."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from accounts.actors import Actor, System
from accounts.models import Organization
from accounts.work import acting
from dids import emergency, events, nudging, tasks, timing
from dids.models import EmergencyLocation
from dids.states import LOCATION, LocationStatus
from dids.workflows import calling, opening, registrations
from dids.workflows.handover import locked
from dids.workflows.locations import note
from lib import pauses
from lib.locks import no_key
from trunks import connect, registry
from trunks.addresses import CheckedAddress
from trunks.errors import CarrierError, Misconfigured, Rejected
from trunks.models import CarrierAccount
from trunks.roles import ChecksAddresses

_ACTOR = System("emergency.check")
_S = LocationStatus
_AT_ONCE = 500
"""So many numbers follow in one transaction."""

ADVICE = {
    "name": "Name the person or company that is found there.",
    "house_number": "Check the house number.",
    "street": "Check how the street is spelled, and its direction.",
    "unit": "Name the suite or unit, or correct it.",
    "city": "Check the city.",
    "state": "Check the state or province.",
    "postal_code": "Check the postal code.",
    "country": "Choose the country in which the address is.",
}
"""What is said about a part that was not accepted: a carrier's own words would name the carrier."""
ELSEWHERE = "The address was not found. Check each part of it."


def carry_out(*, location_id: int, now: datetime) -> None:
    """
    Do what a location waits for: have its address looked at, or its numbers follow.

    :raises LostRace: if another worker has it
    """
    row = _load(location_id)
    if row is None or row.next_attempt_at is None:
        return
    if row.status == _S.ACTIVE:
        _have_numbers_follow(row, now=now)
    elif row.status == _S.VALIDATING:
        clock = timing.Elapsed(now)
        try:
            _check(row, clock)
        except connect.NotNow as later:
            message = {"location_id": row.pk}
            again_at = nudging.soon(tasks.locate, message, at=later.retry_at, now=now)
            _look_again(row, again_at)


def accepted_by_hand(*, location: EmergencyLocation, actor: Actor, now: datetime) -> None:
    """Record that a person looked at an address and that help would find it."""
    with acting(actor):
        row = _with_person(location)
        if row is not None:
            _record_active(row, None, row.attempt, actor=actor, now=now)


def refused_by_hand(*, location: EmergencyLocation, why: str, actor: Actor, now: datetime) -> None:
    """Record that a person looked at an address and why help would not find it."""
    with acting(actor):
        row = _with_person(location)
        if row is not None:
            # A person's words are meant for whoever entered the address.
            _record_rejected(row, row.attempt, {"": why}, {}, why=why, actor=actor, now=now)


def _with_person(location: EmergencyLocation) -> EmergencyLocation | None:
    waiting = EmergencyLocation.objects.filter(pk=location.pk, status=_S.WITH_PERSON)
    return no_key(waiting.select_related("organization")).first()


def _check(row: EmergencyLocation, clock: timing.Elapsed) -> None:
    account = chosen_account(row)
    if account is None:
        with acting(_ACTOR):
            LOCATION.edges.move(row, to=_S.WITH_PERSON, now=clock.now(), next_attempt_at=None)
            opening.check_address(row, now=clock.now())
        return
    connect.may_call(account, clock.now())
    carrier = connect.connected(account, purpose="address")
    if not isinstance(carrier, ChecksAddresses):
        raise TypeError(f"{carrier.name} looks at no addresses.")
    with acting(_ACTOR):
        attempt, call_before = calling.claim(LOCATION, row, to=_S.VALIDATING, now=clock.now())
    pauses.at("location.claimed")
    try:
        checked = carrier.check_address(row.address, deadline=calling.deadline(call_before))
    except Rejected as refusal:
        problems = {"": ELSEWHERE}
        with acting(_ACTOR):
            _record_rejected(row, attempt, problems, {}, why=str(refusal), now=clock.now())
    except CarrierError as trouble:
        with acting(_ACTOR):
            _look_again(row, nudging.after(trouble, now=clock.now()))
            if isinstance(trouble, Misconfigured):
                opening.credentials_refused(account, why=str(trouble), now=clock.now())
    else:
        pauses.at("location.checked")
        with acting(_ACTOR):
            if checked.is_good:
                _record_active(row, account, attempt, now=clock.now())
            else:
                _record_answer(row, account, attempt, checked, now=clock.now())


def chosen_account(row: EmergencyLocation) -> CarrierAccount | None:
    """Choose who looks at it: an account that has numbers of theirs, else a real carrier's."""
    accounts = CarrierAccount.objects.filter(status=CarrierAccount.Status.ACTIVE)
    able = [account for account in accounts if _can_check(account, row.country)]
    theirs = set(row.organization.numbers.values_list("carrier_account", flat=True).distinct())
    # What a stand-in says of an address is worth nothing where help is really sent.
    return min(
        able,
        key=lambda account: (account.pk not in theirs, bool(account.base_url), account.pk),
        default=None,
    )


def _can_check(account: CarrierAccount, country: str) -> bool:
    adapter = registry.carrier(account.carrier)
    return issubclass(adapter, ChecksAddresses) and country in adapter.address_countries


def _record_active(
    row: EmergencyLocation,
    account: CarrierAccount | None,
    attempt: UUID | None,
    *,
    actor: Actor = _ACTOR,
    now: datetime,
) -> None:
    # In one order for all locations of an organization: only one becomes the first default.
    no_key(Organization.objects.filter(pk=row.organization_id)).get()
    same = EmergencyLocation.objects.filter(
        organization=row.organization_id, country=row.country, is_default=True
    )
    LOCATION.edges.record(
        row,
        attempt=attempt,
        to=_S.ACTIVE,
        now=now,
        validated_at=now,
        carrier_account=account,
        is_test=bool(account and account.base_url),
        is_default=not same.exists(),
        problems={},
        suggestion={},
        failure="",
        next_attempt_at=now,
    )
    named = {"carrier_account": account.name} if account else {}
    note(actor, events.LOCATION_ACTIVE, row, now=now, **named)


def _record_answer(
    row: EmergencyLocation,
    account: CarrierAccount,
    attempt: UUID | None,
    checked: CheckedAddress,
    *,
    now: datetime,
) -> None:
    problems = {each.field: ADVICE.get(each.field, ELSEWHERE) for each in checked.problems}
    suggestion = asdict(checked.suggestion) if checked.suggestion else {}
    suggestion.pop("detail", None)
    why = "; ".join(each.words for each in checked.problems)
    _record_rejected(row, attempt, problems, suggestion, why=why, account=account, now=now)


def _record_rejected(
    row: EmergencyLocation,
    attempt: UUID | None,
    problems: dict[str, str],
    suggestion: dict[str, str],
    *,
    why: str,
    account: CarrierAccount | None = None,
    actor: Actor = _ACTOR,
    now: datetime,
) -> None:
    LOCATION.edges.record(
        row,
        attempt=attempt,
        to=_S.REJECTED,
        now=now,
        problems=problems,
        suggestion=suggestion,
        failure=why[:300],
        carrier_account=account,
        next_attempt_at=None,
    )
    note(actor, events.LOCATION_REJECTED, row, now=now, why=why[:300])


def _have_numbers_follow(row: EmergencyLocation, *, now: datetime) -> None:
    with acting(_ACTOR):
        found = locked(emergency.to_be_registered_at(row).order_by("e164")[:_AT_ONCE])
        # Under their locks: one may have left, or lean on another location, meanwhile.
        used = [number for number in found if number.status in emergency.USED]
        there = emergency.covers(used)
        wanted = [
            (number, row)
            for number in used
            if number.pk in there and there[number.pk].location == row
        ]
        registrations.want_many(wanted, now=now)
        again_at = now if len(found) == _AT_ONCE else None
        seen = EmergencyLocation.objects.filter(pk=row.pk, next_attempt_at=row.next_attempt_at)
        seen.update(next_attempt_at=again_at)


def _look_again(row: EmergencyLocation, at: datetime) -> None:
    EmergencyLocation.objects.filter(pk=row.pk, status=row.status).update(next_attempt_at=at)


def _load(key: int) -> EmergencyLocation | None:
    rows = EmergencyLocation.objects.select_related("organization")
    return rows.filter(pk=key).first()
