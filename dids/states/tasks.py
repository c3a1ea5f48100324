"""Work for people."""

from __future__ import annotations

from django.db import models

from dids.states.lifecycles import MONTH, SECONDS_5, WEEK, Wait, lifecycle


class TaskStatus(models.TextChoices):
    """Whether a person still has to act."""

    OPEN = "OPEN", "Open"
    TAKEN = "TAKEN", "Taken by a person"
    WAITING_CARRIER = "WAITING_CARRIER", "Waiting for the carrier"
    DONE = "DONE", "Done"
    ABANDONED = "ABANDONED", "Cannot be done"
    DROPPED = "DROPPED", "Closed by itself"


_S = TaskStatus

TASK = lifecycle(
    "Task",
    "Work that only a person can do. The same trouble has one open task at a time; completing it "
    "repeats the step that was stuck, or says what was done; what cannot be done is closed with "
    "the reason. Where a person plays the carrier, completing it is the carrier's answer.",
    {
        _S.OPEN: (_S.TAKEN, _S.DONE, _S.ABANDONED, _S.DROPPED),
        _S.TAKEN: (_S.OPEN, _S.WAITING_CARRIER, _S.DONE, _S.ABANDONED, _S.DROPPED),
        _S.WAITING_CARRIER: (_S.OPEN, _S.TAKEN, _S.DONE, _S.ABANDONED, _S.DROPPED),
    },
    {
        _S.OPEN: Wait(
            SECONDS_5,
            "close_tasks",
            "a person",
            "Somebody takes it, or it closes itself once its cause is gone.",
        ),
        _S.TAKEN: Wait(
            WEEK,
            "return_tasks",
            "whoever took it",
            "It is completed, or after a week everybody may take it again.",
        ),
        _S.WAITING_CARRIER: Wait(
            MONTH,
            "return_tasks",
            "the carrier",
            "Whoever asked the carrier completes it; after a month everybody may take it again.",
        ),
    },
)
