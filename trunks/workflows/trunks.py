"""
Trunks: asked for, then made at the carrier by claim, call and record.

Making is one operation of several calls that begins by looking for a trunk with our reference and
adds what is missing. So a worker that dies at any step leaves nothing that is made twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError

from accounts import journal
from accounts.actors import Actor, System
from accounts.journal import EventType
from accounts.work import acting
from lib import pauses
from lib.e164 import DidFormat
from lib.nudges import nudge
from lib.transitions import LostRace
from trunks import capabilities, connect, events, registry, tasks
from trunks.deadlines import Deadline
from trunks.errors import CarrierError, Misconfigured, OutcomeUnknown, Rejected, Unavailable
from trunks.models import CarrierAccount, Gateway, SourceAddress, Trunk
from trunks.offers import GatewaySpec, MadeTrunk
from trunks.operations import Operation
from trunks.roles import Carrier, ManagesTrunks
from trunks.states import TRUNK_EDGES
from trunks.workflows import trunk_checks
from trunks.workflows.trunk_checks import UnableToCreateTrunk

__all__ = [
    "UnableToCreateTrunk",
    "create",
    "dead_from",
    "due",
    "make",
    "retry",
    "settle_abandoned",
]

CALL_WITHIN = timedelta(seconds=10)
"""How long after the claim a call may still leave; the setting TRUNK_GRACE_SECONDS overrides it.

What is not made by then is made by the next attempt, which completes what it finds. With the
deadline and a carrier's lag, a killed worker costs less than a minute.
"""
MAKE_SECONDS = 15.0
TRY_AGAIN_AFTER = timedelta(seconds=10)
MAKER = System("trunks.make")
Status = Trunk.Status


def create(
    *,
    account: CarrierAccount,
    name: str,
    did_format: DidFormat,
    gateways: Sequence[GatewaySpec],
    source_addresses: Sequence[str],
    actor: Actor,
    now: datetime,
    channels: int | None = None,
    password: str = "",
) -> Trunk:
    """
    Ask for a trunk; a worker makes it at the carrier.

    :param gateways: where the carrier is to deliver calls
    :param source_addresses: the carrier's addresses from which calls will come
    :param password: with which we register there instead; there are no gateways then
    :raises UnableToCreateTrunk: naming the field that must change
    """
    name = trunk_checks.checked_name(name)
    _check_ability(account, did_format, registers=bool(password))
    if password:
        trunk_checks.require_registration(password, gateways)
    else:
        trunk_checks.require_gateways(gateways)
    sources = trunk_checks.checked_addresses(source_addresses)
    try:
        with acting(actor):
            trunk = Trunk.objects.create(
                carrier_account=account,
                name=name,
                auth=Trunk.Auth.REGISTER if password else Trunk.Auth.IP,
                credentials={"password": password} if password else None,
                did_format=did_format,
                channels=channels,
                status_since=now,
                created_at=now,
            )
            Gateway.objects.bulk_create(trunk_checks.gateway(trunk, spec) for spec in gateways)
            SourceAddress.objects.bulk_create(
                SourceAddress(trunk=trunk, address=address) for address in sources
            )
            _record(actor, events.TRUNK_WANTED, trunk, now)
            nudge(tasks.make_trunk.delay, trunk_id=trunk.pk)
    except IntegrityError as clash:
        raise trunk_checks.clash_of(clash, name=name) from None
    return trunk


def make(*, trunk_id: int, now: datetime) -> None:
    """
    Make a trunk at its carrier, or look up what became of it and complete it.

    Puts itself off where the carrier may not be called now.

    :raises UnableToMove: if the trunk is not waiting to be made, or another worker has it
    """
    trunk = Trunk.objects.select_related("carrier_account__owner").get(pk=trunk_id)
    if trunk.next_attempt_at is not None and trunk.next_attempt_at > now:
        return
    account = trunk.carrier_account
    try:
        connect.may_call(account, now)
    except connect.NotNow as later:
        Trunk.objects.filter(pk=trunk.pk).update(next_attempt_at=later.retry_at)
        return
    spec = trunk.spec
    attempt = TRUNK_EDGES.claim(
        trunk, to=Status.MAKING, now=now, call_before=now + _call_within(), next_attempt_at=None
    )
    pauses.at("trunk.claimed")
    deadline = Deadline(MAKE_SECONDS, trunk.call_before)
    carrier = connect.connected(account, purpose=trunk.subject, hidden=[spec.password])
    try:
        made = _maker(carrier).create_trunk(spec, reference=str(trunk.uuid), deadline=deadline)
    except CarrierError as trouble:
        pauses.at("trunk.made")
        if carrier.caller.has_written and isinstance(trouble, Unavailable):
            trouble = OutcomeUnknown(str(trouble))
        _record_trouble(trunk, attempt, trouble, now + timedelta(seconds=deadline.used))
    else:
        pauses.at("trunk.made")
        _record_made(trunk, attempt, made, now + timedelta(seconds=deadline.used))


def retry(*, trunk: Trunk, actor: Actor, now: datetime) -> None:
    """
    Have a failed trunk made after all, when a person has removed what stood in the way.

    What the failed attempt left at the carrier is found again only after a moment, so a retry at
    once waits for it.
    """
    with acting(actor):
        TRUNK_EDGES.move(trunk, to=Status.WANTED, now=now, failure="")
        _record(actor, events.TRUNK_WANTED, trunk, now)
        nudge(tasks.make_trunk.delay, trunk_id=trunk.pk)


def settle_abandoned(now: datetime) -> None:
    """Turn trunks whose worker never came back into UNCERTAIN ones, which are looked up."""
    making = Trunk.objects.filter(status=Status.MAKING).select_related("carrier_account")
    for trunk in TRUNK_EDGES.stale(making, now=now):
        # Lost where the worker came back after all, or another sweep was here first.
        with suppress(LostRace):
            TRUNK_EDGES.record(
                trunk,
                attempt=trunk.attempt,
                to=Status.UNCERTAIN,
                now=now,
                next_attempt_at=_shown_from(trunk, now),
            )


def due(now: datetime) -> list[int]:
    """Find the trunks that wait to be made or looked up, and whose time has come."""
    waiting = TRUNK_EDGES.stale(
        Trunk.objects.filter(status__in=[Status.WANTED, Status.UNCERTAIN]), now=now
    ).exclude(next_attempt_at__gt=now)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def dead_from(call_before: datetime) -> datetime:
    """Give the moment from which nobody can still be waiting for the answer to a call."""
    return call_before + timedelta(seconds=MAKE_SECONDS)


def _call_within() -> timedelta:
    seconds = getattr(settings, "TRUNK_GRACE_SECONDS", CALL_WITHIN.total_seconds())
    return timedelta(seconds=float(seconds))


def _shown_from(trunk: Trunk, now: datetime) -> datetime:
    """Give the moment from which the carrier shows whatever the last attempt made there."""
    adapter = registry.carrier(trunk.carrier_account.carrier)
    lag = adapter.trunk_lag if issubclass(adapter, ManagesTrunks) else timedelta()
    return dead_from(trunk.call_before or now) + lag


def _record_made(trunk: Trunk, attempt: UUID, made: MadeTrunk, now: datetime) -> None:
    login = {"credentials": {**(trunk.credentials or {}), "username": made.login}}
    with acting(MAKER):
        TRUNK_EDGES.record(
            trunk,
            attempt=attempt,
            to=Status.READY,
            now=now,
            carrier_reference=made.carrier_reference,
            failure="",
            **(login if made.login else {}),
        )
        _record(MAKER, events.TRUNK_READY, trunk, now)


def _record_trouble(trunk: Trunk, attempt: UUID, trouble: CarrierError, now: datetime) -> None:
    later = _shown_from(trunk, now)
    match trouble:
        case Unavailable():
            to = Status.WANTED
            later = trouble.retry_at(now, otherwise=TRY_AGAIN_AFTER.total_seconds())
        case Rejected() | Misconfigured():
            to = Status.FAILED
        case _:
            to = Status.UNCERTAIN
    with acting(MAKER):
        TRUNK_EDGES.record(
            trunk,
            attempt=attempt,
            to=to,
            now=now,
            failure=str(trouble)[:300],
            next_attempt_at=later,
        )
        if to == Status.FAILED:
            _record(MAKER, events.TRUNK_FAILED, trunk, now, reason=trunk.failure)


def _maker(carrier: Carrier) -> ManagesTrunks:
    if not isinstance(carrier, ManagesTrunks):
        raise Misconfigured(capabilities.why_not(type(carrier), Operation.MAKE_TRUNKS))
    return carrier


def _check_ability(account: CarrierAccount, did_format: DidFormat, *, registers: bool) -> None:
    adapter = registry.carrier(account.carrier)
    if not issubclass(adapter, ManagesTrunks):
        raise UnableToCreateTrunk(
            capabilities.why_not(adapter, Operation.MAKE_TRUNKS), field="carrier_account"
        )
    formats = adapter.registered_formats if registers else adapter.did_formats
    if not formats:
        raise UnableToCreateTrunk(
            f"{adapter.name} makes no trunk at which you register. Leave the password empty and "
            "name gateways.",
            field="password",
        )
    if did_format not in formats:
        known = ", ".join(sorted(formats))
        raise UnableToCreateTrunk(
            f"{adapter.name} cannot write numbers that way. Choose {known}.", field="did_format"
        )


def _record(
    actor: Actor, event_type: EventType, trunk: Trunk, now: datetime, *, reason: str = ""
) -> None:
    journal.record(
        actor,
        event_type,
        now=now,
        subject=trunk.subject,
        organization=trunk.carrier_account.owner,
        after={"name": trunk.name},
        reason=reason,
    )
