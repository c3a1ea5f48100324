"""Comparisons of carriers' lists with our stock."""

from __future__ import annotations

from django.db import models

from dids.states.lifecycles import SECONDS_5, Wait, lifecycle, rests


class AuditStatus(models.TextChoices):
    """How far the comparison of a carrier's list with our stock has come."""

    WANTED = "WANTED", "Wanted"
    READING = "READING", "Being read"
    DONE = "DONE", "Compared"
    NOT_BELIEVED = "NOT_BELIEVED", "Too short to be believed"
    FAILED = "FAILED", "Could not be read"


class FindingStatus(models.TextChoices):
    """What became of a difference between a carrier and our stock."""

    OPEN = "OPEN", "To be decided"
    SETTLED = "SETTLED", "Settled"
    DISMISSED = "DISMISSED", "Left as it is"
    CLEARED = "CLEARED", "Gone by itself"


_A, _F = AuditStatus, FindingStatus

AUDIT = lifecycle(
    "Audit",
    "A carrier's full list, compared with our stock: read whole or not at all.",
    {
        # A worker that was killed has changed nothing: the list is read again.
        _A.WANTED: (_A.READING,),
        _A.READING: (_A.READING, _A.WANTED, _A.DONE, _A.NOT_BELIEVED, _A.FAILED),
    },
    {
        _A.WANTED: Wait(SECONDS_5, "audits", "the carrier", "The carrier's list is read."),
        _A.READING: Wait(SECONDS_5, "audits", "the carrier", "Without an end, it is read again."),
    },
)

FINDING = lifecycle(
    "Finding",
    "A difference between a carrier's list and our stock. What to do is proposed, and done only "
    "when somebody says so; a later audit clears what is no longer so.",
    {_F.OPEN: (_F.SETTLED, _F.DISMISSED, _F.CLEARED)},
    {_F.OPEN: rests("Somebody of the provider decides.")},
)
