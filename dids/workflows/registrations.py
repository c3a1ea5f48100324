"""What others ask of emergency registrations: that numbers have one, or none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from accounts.actors import System
from accounts.work import acting
from dids import tasks, timing
from dids.emergency import GONE
from dids.models import EmergencyLocation, EmergencyRegistration, PhoneNumber
from dids.states import FeatureStatus
from dids.workflows import feature_wishes
from lib.locks import no_key
from lib.nudges import nudge

_ACTOR = System("emergency.register")
_S = FeatureStatus
_FEW = 20
"""So many are nudged one by one; the sweep sees to more of them."""


def want_many(
    wanted: Sequence[tuple[PhoneNumber, EmergencyLocation]], *, now: datetime
) -> list[EmergencyRegistration]:
    """Have locked numbers registered at their locations, unless they are; workers see to it."""
    numbers = [number for number, _ in wanted]
    there = {row.number_id: row for row in _locked(numbers)}
    fresh = [
        EmergencyRegistration(
            number=number,
            location=location,
            organization=location.organization,
            status=_S.WANTED,
            status_since=now,
            next_attempt_at=now,
            give_up_at=now + timing.span("FEATURE_GIVE_UP_SECONDS"),
        )
        for number, location in wanted
        if number.pk not in there
    ]
    EmergencyRegistration.objects.bulk_create(fresh)
    moved = []
    with acting(_ACTOR):
        for number, location in wanted:
            row = there.get(number.pk)
            if row is not None and not _is_under_way(row, location):
                feature_wishes.want(
                    row,
                    actor=_ACTOR,
                    now=now,
                    location=location,
                    organization=location.organization,
                )
                moved.append(row)
    for row in fresh[:_FEW]:
        nudge(tasks.feature.delay, kind="emergencyregistration", feature_id=row.pk)
    return fresh + moved


def unwant(*, number: PhoneNumber, now: datetime) -> None:
    """Have a locked number's registration end, unless it has or does."""
    with acting(_ACTOR):
        for row in _locked([number]):
            if row.status not in GONE:
                feature_wishes.unwant(row, actor=_ACTOR, now=now)


def _locked(numbers: Sequence[PhoneNumber]) -> list[EmergencyRegistration]:
    rows = EmergencyRegistration.objects.select_related(
        "number__carrier_account", "location", "organization"
    )
    return list(no_key(rows.filter(number__in=numbers)))


def _is_under_way(row: EmergencyRegistration, location: EmergencyLocation) -> bool:
    return row.location_id == location.pk and row.status not in {_S.REJECTED, *GONE}
