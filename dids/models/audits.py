"""What carriers say is ours, compared with our stock."""

from __future__ import annotations

from typing import ClassVar, Self
from uuid import uuid4

from django.db import models
from django.db.models import Q

from accounts.reach import ReachQuerySet
from dids.states import AUDIT, FINDING, AuditStatus, FindingStatus
from lib.fields import E164Field


class FindingKind(models.TextChoices):
    """In what carrier and stock differ."""

    NOT_IN_STOCK = "NOT_IN_STOCK", "At the carrier, not in stock"
    NOT_AT_CARRIER = "NOT_AT_CARRIER", "In stock, not at the carrier"
    OTHER_TRUNK = "OTHER_TRUNK", "Delivered elsewhere"
    OTHER_REFERENCE = "OTHER_REFERENCE", "Known there by another reference"
    NOT_ACTIVE = "NOT_ACTIVE", "Not in service at the carrier"


class AuditQuerySet(ReachQuerySet["Audit"]):
    """Audits, seen by the owner of the account."""

    owner = "account__owner"

    def open(self) -> Self:
        """Narrow to those under way."""
        return self.exclude(status__in=AUDIT.edges.final)


class Audit(models.Model):
    """One comparison of the full list of a carrier account with our stock."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    account = models.ForeignKey(
        "trunks.CarrierAccount", on_delete=models.CASCADE, related_name="audits"
    )
    asked_by = models.CharField(max_length=100)
    """Who asked for it, as the journal names actors."""
    asked_at = models.DateTimeField()
    believes_short_list = models.BooleanField(default=False)
    """Whether whoever asked for it knows that many numbers have gone."""
    status = models.CharField(
        max_length=20, choices=AuditStatus.choices, default=AuditStatus.WANTED
    )
    status_since = models.DateTimeField()
    attempt = models.UUIDField(null=True, blank=True)
    call_before = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    theirs = models.PositiveIntegerField(null=True, blank=True)
    """How many numbers the carrier listed."""
    ours = models.PositiveIntegerField(null=True, blank=True)
    """How many of our numbers are at the account."""
    failure = models.CharField(max_length=300, blank=True)

    objects: ClassVar[AuditQuerySet] = AuditQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(fields=["account", "-id"], name="audit_of_account"),
            models.Index(
                fields=["next_attempt_at"],
                name="audit_due",
                condition=Q(next_attempt_at__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                name="audit_open_once",
                condition=Q(status__in=[AuditStatus.WANTED, AuditStatus.READING]),
            ),
            models.CheckConstraint(
                name="audit_status_known", condition=Q(status__in=AuditStatus.values)
            ),
            models.CheckConstraint(
                name="audit_open_is_looked_after",
                condition=~Q(status__in=[AuditStatus.WANTED, AuditStatus.READING])
                | Q(next_attempt_at__isnull=False),
            ),
            models.CheckConstraint(
                name="audit_done_has_counted",
                condition=~Q(status=AuditStatus.DONE) | Q(theirs__isnull=False, ours__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Audit of {self.account_id} ({self.pk})"

    @property
    def subject(self) -> str:
        """Name it in the journal."""
        return f"dids.audit:{self.uuid}"


class FindingQuerySet(ReachQuerySet["Finding"]):
    """Findings, seen by the owner of the account."""

    owner = "account__owner"

    def open(self) -> Self:
        """Narrow to those about which somebody has to decide."""
        return self.exclude(status__in=FINDING.edges.final)


class Finding(models.Model):
    """One number of which a carrier and our stock say different things; nothing is done by it."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    account = models.ForeignKey(
        "trunks.CarrierAccount", on_delete=models.CASCADE, related_name="findings"
    )
    kind = models.CharField(max_length=20, choices=FindingKind.choices)
    e164 = E164Field()
    ours = models.CharField(max_length=100, blank=True)
    """What our stock says, in the carrier's references."""
    theirs = models.CharField(max_length=100, blank=True)
    status = models.CharField(
        max_length=20, choices=FindingStatus.choices, default=FindingStatus.OPEN
    )
    status_since = models.DateTimeField()
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    """When an audit last saw it."""
    note = models.CharField(max_length=300, blank=True)

    objects: ClassVar[FindingQuerySet] = FindingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(fields=["account", "status", "e164"], name="finding_of_account"),
            models.Index(
                fields=["found_at", "id"],
                name="finding_open",
                condition=Q(status=FindingStatus.OPEN),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "e164", "kind"],
                name="finding_open_once",
                condition=Q(status=FindingStatus.OPEN),
            ),
            models.CheckConstraint(
                name="finding_status_known", condition=Q(status__in=FindingStatus.values)
            ),
            models.CheckConstraint(
                name="finding_kind_known", condition=Q(kind__in=FindingKind.values)
            ),
            models.CheckConstraint(
                name="finding_dismissed_for_a_reason",
                condition=~Q(status=FindingStatus.DISMISSED) | ~Q(note=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.e164} ({self.pk})"

    @property
    def subject(self) -> str:
        """Name it in the journal."""
        return f"dids.finding:{self.uuid}"
