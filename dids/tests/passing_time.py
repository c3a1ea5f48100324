"""Time that passes without anybody waiting: whatever becomes due is done at its moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from dids.crafts import CRAFTS
from dids.models import CarrierBinding, CarrierHold, CarrierOrder, Feature, Release
from dids.states import BindingStatus, CarrierOrderStatus, FeatureStatus
from dids.workflows import binding_work, carrier_hold_work, features, purchase, release
from lib.transitions import UnableToMove
from trunks import pacing
from trunks.models import CarrierAccount, CarrierEvent
from trunks.workflows import intake

LONGEST = timedelta(days=2)
"""Whatever is not at rest then never comes to rest."""
MOST_STEPS = 300


class Due(NamedTuple):
    """Something that waits for its moment."""

    at: datetime
    name: str
    work: Callable[..., None]


def let_pass(now: datetime, *, unless: Callable[[], bool] = lambda: False) -> datetime:
    """
    Do what workers and sweeps do, each thing when its row says so, until nothing is due.

    :param unless: tells when enough has happened
    :return: the moment at which it came to rest
    """
    start, waiting = now, list[Due]()
    for _ in range(MOST_STEPS):
        waiting = sorted(_due(), key=lambda due: (due.at, due.name))
        if not waiting or unless():
            return now
        now = max(now, waiting[0].at)
        assert now - start < LONGEST, f"{waiting[0].name} never comes to rest."
        # The pace goes by the clock of Redis, for which no time has passed.
        for account in CarrierAccount.objects.all():
            pacing.forget(account)
        try:
            waiting[0].work(now=now)
        except UnableToMove as moved:
            raise AssertionError(f"{waiting[0].name} was due and could not be done.") from moved
    raise AssertionError(f"{[due.name for due in waiting]} are looked at again and again.")


def _due() -> Iterator[Due]:
    for order in CarrierOrder.objects.filter(next_attempt_at__isnull=False):
        is_new = order.status == CarrierOrderStatus.WAITING
        place_or_settle = purchase.place if is_new else purchase.settle
        yield _as_due(order, partial(place_or_settle, carrier_order_id=order.pk))
    open_bindings = CarrierBinding.objects.exclude(
        status__in=[BindingStatus.BOUND, BindingStatus.FAILED]
    )
    for bound in open_bindings:
        yield _as_due(bound, partial(binding_work.bind, binding_id=bound.pk))
    for held in CarrierHold.objects.live():
        yield _as_due(held, partial(carrier_hold_work.hold, hold_id=held.pk))
    for kind, craft in CRAFTS.items():
        # What is in force is read day by day, for ever.
        rows = craft.model.objects.exclude(status=FeatureStatus.ACTIVE)
        for row in rows.filter(next_attempt_at__isnull=False):
            yield _as_due(row, partial(features.see_to, kind=kind, feature_id=row.pk))
    for leaving in Release.objects.open():
        yield _as_due(leaving, partial(release.carry_out, number_id=leaving.number_id))
    for event in CarrierEvent.objects.filter(status=CarrierEvent.Status.RECEIVED):
        yield _as_due(event, partial(intake.process, event_id=event.pk))


def _as_due(
    row: CarrierOrder | CarrierBinding | CarrierHold | Feature | Release | CarrierEvent,
    work: Callable[..., None],
) -> Due:
    assert row.next_attempt_at is not None, f"{row} waits, and nobody looks at it."
    return Due(row.next_attempt_at, f"{type(row).__name__} {row.pk} {row.status}", work)
