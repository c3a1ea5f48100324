"""Numbers on their way back to the carrier."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from accounts.reach import ReachQuerySet
from dids.states import RELEASE, NumberStatus, ReleaseStatus


class ReleaseQuerySet(ReachQuerySet["Release"]):
    """Releases, seen by the number's holder and those above it."""

    owner = "number__holder"

    def open(self) -> ReleaseQuerySet:
        """Narrow to those under way."""
        return self.exclude(status__in=RELEASE.edges.final)


class Release(models.Model):
    """The return of one number, step by step."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    number = models.ForeignKey(
        "dids.PhoneNumber", on_delete=models.CASCADE, related_name="releases"
    )
    due_at = models.DateTimeField()
    returns_to = models.CharField(max_length=20, choices=NumberStatus.choices)
    """The status to which the number goes back if the release is cancelled."""
    status = models.CharField(
        max_length=20, choices=ReleaseStatus.choices, default=ReleaseStatus.SCHEDULED
    )
    status_since = models.DateTimeField()
    scheduled_by = models.CharField(max_length=100, blank=True)
    """The actor who wanted it, as the journal names it."""
    attempt = models.UUIDField(null=True, blank=True)
    call_before = models.DateTimeField(null=True, blank=True)
    uncertain_since = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=200, blank=True)
    task = models.ForeignKey(
        "dids.Task", on_delete=models.SET_NULL, related_name="releases", null=True, blank=True
    )
    """The task of whoever has it ceased by hand; many numbers may share one."""

    objects: ClassVar[ReleaseQuerySet] = ReleaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="release_due",
                condition=Q(next_attempt_at__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                name="release_open_once",
                condition=~Q(status__in=[ReleaseStatus.DONE, ReleaseStatus.CANCELLED]),
            ),
            models.CheckConstraint(
                name="release_status_known", condition=Q(status__in=ReleaseStatus.values)
            ),
            models.CheckConstraint(
                name="release_claim_is_whole",
                condition=~Q(status__in=[ReleaseStatus.UNBINDING, ReleaseStatus.DISCONNECTING])
                | Q(attempt__isnull=False, call_before__isnull=False),
            ),
            models.CheckConstraint(
                name="release_open_is_looked_after",
                # One that is refused or by hand waits for a person, whose task says so.
                condition=Q(
                    status__in=[
                        ReleaseStatus.DONE,
                        ReleaseStatus.CANCELLED,
                        ReleaseStatus.BY_HAND,
                        ReleaseStatus.REFUSED,
                    ]
                )
                | Q(next_attempt_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Release of {self.number_id} ({self.pk})"

    @property
    def subject(self) -> str:
        """Name it in the journal."""
        return f"dids.release:{self.uuid}"
