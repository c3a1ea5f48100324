"""
Whose turn it is to change what a carrier is told only as a whole, such as a number's settings.

Such a step reads all that is set there and writes it once more with one thing changed: of two at
once, the later undoes the earlier. Adapters say where that is so (`writes_whole`); elsewhere nobody
waits. The database decides, as in `turns`. A step has its turn from its claim until what came of it
is known, so that a worker that was killed gives its turn away when its claim is over and the
carrier was asked. Nothing is locked while the carrier thinks. Whoever follows must see the last
change there (`shown`): a carrier may tell the old settings for a while, and they were written back.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from dids import tasks, timing
from dids.crafts import kind_of
from dids.models import CallerName, CarrierBinding, Feature, MessagingRoute, PhoneNumber
from dids.states import BindingStatus, FeatureStatus
from dids.workflows import calling
from lib.locks import no_key
from lib.nudges import nudge
from trunks import connect, registry
from trunks.models import CarrierAccount
from trunks.operations import Operation, Whole

_B, _F = BindingStatus, FeatureStatus
BATCH: Final = 1_000
WAITS: Final = "Another change is under way there; this one follows it."
_UNDER_WAY: Final = (_B.BINDING, _B.UNCERTAIN, _F.SETTING, _F.UNCERTAIN, _F.REMOVING)
_TO_BE_DONE: Final = (_B.WANTED, _F.WANTED, _F.UNWANTED)
_DONE: Final = (_B.BOUND, _F.SUBMITTED, _F.ACTIVE, _F.OFF)

OnNumber = CarrierBinding | CallerName | MessagingRoute


class Where(NamedTuple):
    """
    Where it is written down what an operation changes of numbers.

    :ivar account: the column that leads to the account which is told
    """

    model: type[OnNumber]
    account: str


WHERE: Final = {
    Operation.ROUTE: Where(CarrierBinding, "number__carrier_account"),
    Operation.CALLER_NAMES: Where(CallerName, "number__carrier_account"),
    Operation.TEXTS: Where(MessagingRoute, "carrier_account"),
}


class NotYourTurn(connect.NotNow):
    """Something is being changed that is told only together with this."""


class _Thing(NamedTuple):
    """What is told as a whole."""

    whole: Whole
    account: CarrierAccount
    number_id: int


def takes_turns(row: CarrierBinding | Feature) -> bool:
    """Tell whether what a row has changed can be undone by another change."""
    return _thing(row) is not None


def require(row: CarrierBinding | Feature, *, now: datetime) -> None:
    """
    Make sure that nothing else is being changed; only `take` may be relied upon.

    :raises NotYourTurn: with the moment from which it is worth asking again
    """
    # A call whose answer nobody has may still be on its way where something else is wanted by now.
    latest = now - timing.span("PURCHASE_DEADLINE_SECONDS")
    under_way = Q(status__in=_UNDER_WAY) | Q(status__in=_TO_BE_DONE, call_before__gt=latest)
    for rows in others(row):
        if rows.filter(under_way, next_attempt_at__isnull=False).exists():
            raise NotYourTurn(WAITS, retry_at=now + timing.span("PUT_OFF_SECONDS"))


def take(row: CarrierBinding | Feature, *, now: datetime, seen: UUID | None) -> None:
    """
    Make sure of it with the thing locked: first of all in the transaction of the claim.

    :param seen: the attempt of the last change there, which the carrier showed a moment ago
    :raises NotYourTurn: with the moment from which it is worth asking again
    """
    thing = _thing(row)
    if thing is None:
        return
    if thing.whole is Whole.ACCOUNT:
        no_key(CarrierAccount.objects.filter(pk=thing.account.pk)).get()
    no_key(PhoneNumber.objects.filter(pk=thing.number_id)).get()
    require(row, now=now)
    last = done_last(row, now=now)
    if last is not None and last.attempt != seen:
        raise NotYourTurn(WAITS, retry_at=now + timing.span("LOOKUP_SECONDS"))


def done_last(row: CarrierBinding | Feature, *, now: datetime) -> OnNumber | None:
    """
    Give what was changed last there, if so lately that the carrier may not show it yet.

    It was built upon those before it, so that whoever sees it sees them.
    """
    latest = now - shown_after(row)
    done = [
        newest
        for rows in others(row)
        for newest in _undone_by(row, rows)
        .filter(status__in=_DONE, attempt__isnull=False, status_since__gt=latest)
        .order_by("-status_since")[:1]
    ]
    return max(done, key=lambda one: one.status_since, default=None)


def shown_after(row: CarrierBinding | Feature) -> timedelta:
    """Give how long the carrier may not show what is changed there."""
    thing = _thing(row)
    if thing is None:
        return timedelta(0)
    return calling.lag_of(registry.carrier(thing.account.carrier))


def pass_on(row: CarrierBinding | Feature) -> None:
    """Nudge the change that has waited longest, if this one is over."""
    if row.status in _UNDER_WAY:
        return
    waiting = [
        longest
        for rows in others(row)
        for longest in rows.filter(status__in=_TO_BE_DONE, failure=WAITS).order_by("status_since")[
            :1
        ]
    ]
    if waiting:
        _nudge(min(waiting, key=lambda following: following.status_since))


def others(row: CarrierBinding | Feature) -> Iterator[QuerySet[Any]]:
    """Give all else that is told only together with what a row changes."""
    thing = _thing(row)
    if thing is None:
        return
    for operation, whole in registry.carrier(thing.account.carrier).writes_whole.items():
        where = WHERE[operation]
        rows = where.model._default_manager.filter(**{where.account: thing.account})
        if Whole.NUMBER in {whole, thing.whole}:
            rows = rows.filter(number=thing.number_id)
        yield rows.exclude(pk=row.pk) if isinstance(row, where.model) else rows


def read_again(row: CarrierBinding | Feature, *, now: datetime) -> None:
    """Have read what is in force of all else, once a change is shown that may have undone it."""
    shown_from = now + shown_after(row)
    spread = int(timing.seconds("IN_FORCE_SPREAD_SECONDS"))
    for rows in others(row):
        if rows.model is CarrierBinding:
            continue
        with transaction.atomic():
            in_force = list(no_key(rows.filter(status=_F.ACTIVE).only("pk")))
            # Numbers that share something may be many: they are not all read at once.
            for place, each in enumerate(in_force):
                each.next_attempt_at = shown_from + timedelta(seconds=place % spread)
            rows.model._default_manager.bulk_update(in_force, ["next_attempt_at"], batch_size=BATCH)


def _undone_by(row: CarrierBinding | Feature, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Leave out what comes to the same: numbers share their address, and it may be said twice."""
    if isinstance(row, MessagingRoute) and rows.model is MessagingRoute:
        return rows.exclude(address=row.address)
    return rows


def _thing(row: CarrierBinding | Feature) -> _Thing | None:
    for operation, where in WHERE.items():
        if isinstance(row, where.model):
            account = row.account if isinstance(row, Feature) else row.number.carrier_account
            whole = registry.carrier(account.carrier).writes_whole.get(operation)
            return None if whole is None else _Thing(whole, account, row.number_id)
    return None


def _nudge(row: CarrierBinding | Feature) -> None:
    if isinstance(row, CarrierBinding):
        nudge(tasks.bind.delay, binding_id=row.pk)
    else:
        nudge(tasks.feature.delay, kind=kind_of(row), feature_id=row.pk)
