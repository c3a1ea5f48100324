"""What was in force at a carrier and is not any more: suspended, ended, or looked at once more."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Final

from accounts.actors import System
from accounts.models import Event
from accounts.work import acting
from dids import events, timing
from dids.models import Feature
from dids.states import FeatureStatus
from dids.workflows import feature_recording, opening
from lib import pauses
from trunks.features import Problem, Stage, Standing

_ACTOR = System("features.see_to")
_OTHERWISE = {
    Stage.ABSENT: "The carrier does not have it any more.",
    Stage.PENDING: "The carrier looks at it once more.",
}
_ENDED = "The carrier ended it and does not say why."
_IN_VAIN = "The carrier took it time and again, and does not have it."
ASKED_AGAIN: Final = 3
"""So often it is asked for again, day by day, before a person sees to it."""


def lapsed(row: Feature, standing: Standing, *, now: datetime) -> None:
    """Write down what the carrier says of something that was in force, and have somebody look."""
    is_awaited = standing.stage is Stage.PENDING
    words = _OTHERWISE.get(standing.stage, _ENDED)
    problems = standing.problems or (Problem(field="", words=words),)
    why = "; ".join(problem.words for problem in problems)
    # One that is gone is registered anew, not corrected.
    is_gone = standing.stage is Stage.ABSENT
    changes = {"carrier_reference": "", "perhaps_there": False} if is_gone else {}
    with acting(_ACTOR):
        row.lifecycle.edges.record(
            row,
            attempt=row.attempt,
            to=FeatureStatus.SUBMITTED if is_awaited else FeatureStatus.REJECTED,
            now=now,
            problems=[asdict(problem) for problem in problems],
            failure=why[:200],
            next_attempt_at=now if is_awaited else None,
            **changes,
        )
        feature_recording.note(row, events.FEATURE_LAPSED, now=now, why=why)
        opening.feature_lapsed(row, why=why, now=now)
        pauses.at("feature.lapsing")


def undone(row: Feature, *, now: datetime) -> None:
    """Have asked for again what another change has undone; if that helps not, by a person."""
    if _was_in_vain(row, now=now):
        feature_recording.by_hand(row, row.attempt, why=_IN_VAIN, now=now)
        return
    with acting(_ACTOR):
        row.lifecycle.edges.record(
            row,
            attempt=row.attempt,
            to=FeatureStatus.WANTED,
            now=now,
            call_before=None,
            failure=_OTHERWISE[Stage.ABSENT],
            next_attempt_at=now,
            give_up_at=now + timing.span("FEATURE_GIVE_UP_SECONDS"),
        )
        feature_recording.note(row, events.FEATURE_LAPSED, now=now, why=row.failure)


def _was_in_vain(row: Feature, *, now: datetime) -> bool:
    """Tell whether it was undone day by day lately, and nobody wanted anything else since."""
    ends = (events.FEATURE_LAPSED.name, events.FEATURE_WANTED.name)
    day = timing.span("IN_FORCE_SECONDS")
    told = Event.objects.filter(
        subject=row.subject, action__in=ends, at__gt=now - 2 * ASKED_AGAIN * day
    )
    last = told.order_by("-pk").values_list("action", "at")[:ASKED_AGAIN]
    undone_at = [at for action, at in last if action == events.FEATURE_LAPSED.name]
    # Changes that came close together undo one another and are over soon.
    return len(undone_at) == ASKED_AGAIN and undone_at[-1] <= now - day
