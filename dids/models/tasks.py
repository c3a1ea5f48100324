"""Work that only a person can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from accounts.reach import ReachQuerySet
from dids.states import TaskStatus

if TYPE_CHECKING:
    from accounts.actors import Actor

OPEN = (TaskStatus.OPEN, TaskStatus.TAKEN, TaskStatus.WAITING_CARRIER)
IN_HAND = (TaskStatus.TAKEN, TaskStatus.WAITING_CARRIER)
"""Those in which somebody has it."""


class TaskKind(models.TextChoices):
    """What sort of trouble needs a person; `dids.task_kinds` says what is to be done."""

    BOUGHT_LATE = "BOUGHT_LATE", "Bought after its order had failed"
    NOT_POINTED = "NOT_POINTED", "Bought, but pointed nowhere"
    BINDING_FAILED = "BINDING_FAILED", "Not delivered to us"
    DISCONNECT_REFUSED = "DISCONNECT_REFUSED", "Not taken back by the carrier"
    CREDENTIALS_REFUSED = "CREDENTIALS_REFUSED", "Credentials refused"
    UNKNOWN_WORD = "UNKNOWN_WORD", "A word of the carrier that we don't know"
    ORDER_UNCERTAIN = "ORDER_UNCERTAIN", "Not known whether it was bought"
    FEATURE_BY_HAND = "FEATURE_BY_HAND", "To be set up at the carrier"
    FEATURE_REMOVAL = "FEATURE_REMOVAL", "To be taken off at the carrier"
    FEATURE_LAPSED = "FEATURE_LAPSED", "Not in force any more at the carrier"
    CARRIER_ORDER = "CARRIER_ORDER", "To be ordered by hand"
    CARRIER_RELEASE = "CARRIER_RELEASE", "To be ceased by hand"
    CARRIER_ROUTE = "CARRIER_ROUTE", "To be delivered to us by hand"
    CHECK_ADDRESS = "CHECK_ADDRESS", "An emergency address to be checked"
    REGISTER_EMERGENCY = "REGISTER_EMERGENCY", "To be registered for emergency calls"
    REMOVE_EMERGENCY = "REMOVE_EMERGENCY", "To be removed from emergency services"
    EMERGENCY_REJECTED = "EMERGENCY_REJECTED", "Not registered for emergency calls"
    INVESTIGATE = "INVESTIGATE", "Carrier and stock differ"


class TaskQuerySet(ReachQuerySet["Task"]):
    """Tasks, seen by the organization that has to act; the provider sees everybody's."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep the tasks of the organization that the actor acts as, without those below it."""
        rows = super().visible_to(actor)
        reach = actor.reach
        if reach is None or reach.is_provider:
            return rows
        return rows.filter(organization=reach)

    def open(self) -> Self:
        """Narrow to those that still wait for somebody."""
        # As the partial indexes say it: the planner proves that one list lies within the other.
        return self.filter(status__in=OPEN)


class Task(models.Model):
    """
    One thing to be done by a person of one organization.

    Title and instructions are words for whoever acts; what the carrier said is in `payload`.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=30, choices=TaskKind.choices)
    about = models.CharField(max_length=100)
    """The subject of the trouble, such as "dids.binding:<uuid>"."""
    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="tasks"
    )
    number = models.ForeignKey(
        "dids.PhoneNumber", on_delete=models.CASCADE, related_name="tasks", null=True, blank=True
    )
    carrier_order = models.ForeignKey(
        "dids.CarrierOrder", on_delete=models.CASCADE, related_name="tasks", null=True, blank=True
    )
    carrier_account = models.ForeignKey(
        "trunks.CarrierAccount",
        on_delete=models.PROTECT,
        related_name="tasks",
        null=True,
        blank=True,
    )
    title = models.CharField(max_length=150)
    instructions = models.TextField()
    payload = models.JSONField(default=dict)
    status = models.CharField(max_length=20, choices=TaskStatus.choices, default=TaskStatus.OPEN)
    status_since = models.DateTimeField()
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    """When the trouble was last met."""
    due_at = models.DateTimeField()
    taken_by = models.CharField(max_length=100, blank=True)
    """The actor who took it, as the journal names it."""
    external_reference = models.CharField(max_length=100, blank=True)
    """The carrier's own number for it, such as that of its ticket."""
    asked_by = models.CharField(max_length=100, blank=True)
    """The actor who wanted the thing, as the journal names it."""
    needs_second = models.BooleanField(default=False)
    """Whether somebody else than who asked for it must complete it."""
    is_urgent = models.BooleanField(default=False)
    late_at = models.DateTimeField(null=True, blank=True)
    """When people were told that it should have been done by now."""
    note = models.CharField(max_length=500, blank=True)
    """What came of it, in the words of whoever completed it."""

    objects: ClassVar[TaskQuerySet] = TaskQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(
                fields=["organization", "-id"], name="task_open", condition=Q(status__in=OPEN)
            ),
            models.Index(fields=["organization", "-id"], name="task_organization"),
            models.Index(
                fields=["-is_urgent", "due_at", "id"],
                name="task_by_urgency",
                condition=Q(status__in=OPEN),
            ),
            models.Index(
                fields=["due_at", "id"],
                name="task_late",
                condition=Q(status__in=OPEN, late_at__isnull=True),
            ),
            models.Index(fields=["status_since", "id"], name="task_since"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "about"], name="task_open_once", condition=Q(status__in=OPEN)
            ),
            models.CheckConstraint(
                name="task_status_known", condition=Q(status__in=TaskStatus.values)
            ),
            models.CheckConstraint(name="task_kind_known", condition=Q(kind__in=TaskKind.values)),
            models.CheckConstraint(
                name="task_taken_by_somebody",
                condition=~Q(status__in=IN_HAND) | ~Q(taken_by=""),
            ),
            models.CheckConstraint(
                name="task_seen_by_four_eyes",
                condition=~Q(status=TaskStatus.DONE)
                | Q(needs_second=False)
                | ~Q(taken_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="task_open_taken_by_nobody",
                condition=~Q(status=TaskStatus.OPEN) | Q(taken_by=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about} ({self.pk})"

    @property
    def subject(self) -> str:
        """Name it in the journal."""
        return f"dids.task:{self.uuid}"
