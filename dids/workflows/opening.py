"""Opening a task for a person, in the transaction of the work that got stuck."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from accounts import journal
from accounts.actors import Actor, System
from accounts.models import Kind as OrganizationKind
from accounts.models import Organization
from accounts.work import acting
from dids import events
from dids.models import (
    CarrierBinding,
    CarrierOrder,
    EmergencyLocation,
    Feature,
    Finding,
    OrderLine,
    PhoneNumber,
    Release,
    Task,
)
from dids.models import TaskKind as Kind
from dids.states import TASK, TaskStatus
from dids.task_kinds import ASKS
from lib import business_days
from trunks.by_hand import NeedsPerson
from trunks.models import CarrierAccount

_ACTOR = System("tasks.open")
SEEN_EVERY = timedelta(seconds=10)
"""Trouble that is met many times a second is not written down each time."""


def bought_late(line: OrderLine, number: PhoneNumber, *, now: datetime) -> None:
    """Ask what is to become of a number that nobody waits for any more."""
    open_task(
        Kind.BOUGHT_LATE,
        about=line.subject,
        what=number.e164,
        organization=number.holder,
        number=number,
        carrier_account=line.carrier_account,
        now=now,
    )


def not_pointed(line: OrderLine, number: PhoneNumber, *, why: str, now: datetime) -> None:
    """Ask the holder to point a number, which could not be pointed where its order said."""
    open_task(
        Kind.NOT_POINTED,
        about=line.subject,
        what=number.e164,
        organization=number.holder,
        number=number,
        payload={"why": why, "kind": line.destination_kind, "value": line.destination_value},
        now=now,
    )


def binding_failed(binding: CarrierBinding, *, why: str, now: datetime) -> None:
    """Ask somebody to find out why the carrier does not deliver a number."""
    number = binding.number
    open_task(
        Kind.BINDING_FAILED,
        about=f"dids.binding:{binding.uuid}",
        what=number.e164,
        organization=number.carrier_account.owner,
        number=number,
        carrier_account=number.carrier_account,
        payload={"why": why, "trunk": binding.trunk.name},
        now=now,
    )


def disconnect_refused(release: Release, *, why: str, now: datetime) -> None:
    """Ask somebody to find out why the carrier does not take a number back."""
    number = release.number
    open_task(
        Kind.DISCONNECT_REFUSED,
        about=release.subject,
        what=number.e164,
        organization=number.carrier_account.owner,
        number=number,
        carrier_account=number.carrier_account,
        payload={"why": why},
        now=now,
    )


def check_address(location: EmergencyLocation, *, now: datetime) -> None:
    """Ask somebody to look at an emergency address that no carrier can look at."""
    open_task(
        Kind.CHECK_ADDRESS,
        about=location.subject,
        what=location.label,
        organization=_provider(),
        payload={"location": str(location.uuid), "text": location.written},
        now=now,
    )


def credentials_refused(account: CarrierAccount, *, why: str, now: datetime) -> None:
    """Ask somebody for credentials that the carrier accepts."""
    open_task(
        Kind.CREDENTIALS_REFUSED,
        about=account.subject,
        what="The carrier",
        organization=account.owner,
        carrier_account=account,
        payload={"why": why},
        now=now,
    )


def unknown_words(carrier_order: CarrierOrder, *, words: Mapping[str, str], now: datetime) -> None:
    """
    Ask somebody what a carrier means.

    :param words: the carrier's word for each number
    """
    _about_order(Kind.UNKNOWN_WORD, carrier_order, payload={"words": dict(words)}, now=now)


def order_uncertain(carrier_order: CarrierOrder, *, why: str, now: datetime) -> None:
    """Ask somebody to find out what became of an order that cannot be looked up."""
    _about_order(Kind.ORDER_UNCERTAIN, carrier_order, payload={"why": why}, now=now)


def feature_by_hand(row: Feature, *, why: str, now: datetime) -> None:
    """Ask somebody to set something up at a carrier that cannot be asked by its interface."""
    _about_feature(row.asks_to_set, row, why=why, now=now)


def feature_removal(row: Feature, *, why: str, now: datetime) -> None:
    """Ask somebody to take something off at a carrier."""
    _about_feature(row.asks_to_remove, row, why=why, now=now)


def feature_refused(row: Feature, *, why: str, now: datetime) -> None:
    """Ask somebody to look into a carrier's refusal, where that cannot be left to its holder."""
    if row.asks_about_refusal is not None:
        _about_feature(row.asks_about_refusal, row, why=why, now=now)


def feature_lapsed(row: Feature, *, why: str, now: datetime) -> None:
    """Ask somebody to see to something that its carrier ended."""
    _about_feature(Kind.FEATURE_LAPSED, row, why=why, now=now)


def investigate(finding: Finding, *, actor: Actor, now: datetime) -> None:
    """Ask somebody to find out why a carrier and our stock say different things."""
    said = {"ours": finding.ours, "theirs": finding.theirs}
    number = PhoneNumber.objects.live().filter(e164=finding.e164, carrier_account=finding.account)
    open_task(
        Kind.INVESTIGATE,
        about=finding.subject,
        what=finding.e164,
        organization=finding.account.owner,
        number=number.first(),
        carrier_account=finding.account,
        payload={"why": finding.get_kind_display(), **{k: v for k, v in said.items() if v}},
        asked_by=actor.name,
        actor=actor,
        now=now,
    )


def order_by_hand(carrier_order: CarrierOrder, ask: NeedsPerson, *, now: datetime) -> None:
    """Ask somebody to order numbers at a carrier and to say what becomes of each."""
    trunk = {"trunk": carrier_order.trunk.name} if carrier_order.trunk else {}
    owner = carrier_order.carrier_account.owner
    _about_order(
        Kind.CARRIER_ORDER,
        carrier_order,
        payload={**told(ask), **trunk},
        due_at=due(ask, owner, now=now),
        asked_by=carrier_order.order.ordered_by,
        now=now,
    )


def route_by_hand(binding: CarrierBinding, ask: NeedsPerson, *, now: datetime) -> None:
    """Ask somebody to have a number delivered to a trunk by its carrier."""
    number, account = binding.number, binding.number.carrier_account
    open_task(
        Kind.CARRIER_ROUTE,
        about=f"dids.binding:{binding.uuid}",
        what=number.e164,
        organization=account.owner,
        number=number,
        carrier_account=account,
        payload={**told(ask), "trunk": binding.trunk.name},
        due_at=due(ask, account.owner, now=now),
        now=now,
    )


def withdraw_route(binding: CarrierBinding, *, now: datetime) -> None:
    """Close the task to have a number delivered where it is wanted no more."""
    about = f"dids.binding:{binding.uuid}"
    for task in Task.objects.open().filter(kind=Kind.CARRIER_ROUTE, about=about):
        TASK.edges.move(task, to=TaskStatus.DROPPED, now=now)
        journal.record(
            _ACTOR,
            events.TASK_CLOSED_ITSELF,
            now=now,
            subject=task.subject,
            organization=task.organization,
            number=binding.number.e164,
            after={"title": task.title},
        )


def open_task(
    kind: Kind,
    *,
    about: str,
    what: str,
    organization: Organization,
    now: datetime,
    number: PhoneNumber | None = None,
    carrier_order: CarrierOrder | None = None,
    carrier_account: CarrierAccount | None = None,
    payload: Mapping[str, object] | None = None,
    due_at: datetime | None = None,
    asked_by: str = "",
    needs_second: bool = False,
    actor: Actor = _ACTOR,
) -> None:
    """
    Open a task, unless the same trouble has one that is open.

    :param about: the subject of the trouble
    :param what: names the thing in the title; no word that only the provider may read
    :param due_at: by when it should be done; as its kind says unless given
    :param asked_by: who wanted the thing, as the journal names actors
    :param needs_second: whether somebody else must complete it
    """
    ask = ASKS[kind]
    with acting(actor):
        if _is_open(kind, about, now=now):
            return
        task = Task(
            kind=kind,
            about=about,
            organization=organization,
            number=number,
            carrier_order=carrier_order,
            carrier_account=carrier_account,
            title=ask.title.format(what=what)[:150],
            instructions=ask.instructions,
            payload=dict(payload or {}),
            status_since=now,
            opened_at=now,
            seen_at=now,
            due_at=due_at or now + ask.within,
            asked_by=asked_by,
            needs_second=needs_second,
        )
        # Where another worker opens the same one at this moment, its row counts.
        Task.objects.bulk_create([task], ignore_conflicts=True)
        if Task.objects.filter(uuid=task.uuid).exists():
            journal.record(
                actor,
                events.TASK_OPENED,
                now=now,
                subject=task.subject,
                organization=organization,
                number=number.e164 if number else "",
                after={"title": task.title, "kind": str(kind)},
            )


def _is_open(kind: Kind, about: str, *, now: datetime) -> bool:
    there = Task.objects.open().filter(kind=kind, about=about)
    seen = there.values_list("seen_at", flat=True).first()
    if seen is None:
        return False
    if seen <= now - SEEN_EVERY:
        there.update(seen_at=now)
    return True


def told(ask: NeedsPerson) -> dict[str, object]:
    """Give what a carrier by hand asks for, as it was at that moment."""
    return {**ask.payload, "steps": list(ask.steps), "text": ask.text}


def due(ask: NeedsPerson, owner: Organization, *, now: datetime) -> datetime:
    """Give by when it should be done: business days of the carrier, counted where we are."""
    at_home = now.astimezone(ZoneInfo(owner.time_zone))
    return business_days.after(at_home, ask.days, calendar=ask.calendar)


def _about_order(
    kind: Kind,
    carrier_order: CarrierOrder,
    *,
    payload: Mapping[str, object],
    now: datetime,
    due_at: datetime | None = None,
    asked_by: str = "",
) -> None:
    numbers = list(carrier_order.lines.order_by("e164").values_list("e164", flat=True))
    many = "{} numbers" if kind == Kind.CARRIER_ORDER else "an order of {} numbers"
    what = numbers[0] if len(numbers) == 1 else many.format(len(numbers))
    open_task(
        kind,
        about=f"dids.carrier_order:{carrier_order.reference}",
        what=what,
        organization=carrier_order.carrier_account.owner,
        carrier_order=carrier_order,
        carrier_account=carrier_order.carrier_account,
        payload={"numbers": numbers, **payload},
        due_at=due_at,
        asked_by=asked_by,
        now=now,
    )


def _about_feature(kind: Kind, row: Feature, *, why: str, now: datetime) -> None:
    account = row.account
    number = PhoneNumber.objects.live().filter(e164=row.e164).first() if row.e164 else None
    payload = {"why": why, "text": row.told}
    payload = {key: value for key, value in payload.items() if value}
    # One that is open may be about what was wanted before.
    Task.objects.open().filter(kind=kind, about=row.subject).update(payload=payload)
    open_task(
        kind,
        about=row.subject,
        what=row.what,
        organization=account.owner,
        number=number,
        carrier_account=account,
        payload=payload,
        now=now,
    )


def _provider() -> Organization:
    return Organization.objects.get(kind=OrganizationKind.PROVIDER)
