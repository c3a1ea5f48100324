"""Papers of organizations: who they are, where they are, what they allow."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from accounts.reach import ReachQuerySet
from dids.states import DocumentStatus

_S = DocumentStatus
SHOWN = (_S.UNSCANNED, _S.PENDING, _S.CLEAN, _S.INFECTED)
"""What there is to see: whole, and not on its way out."""
GONE = (_S.ERASING, _S.ERASED)


class DocumentType(models.TextChoices):
    """What a document proves."""

    IDENTITY = "IDENTITY", "Identity"
    ADDRESS = "ADDRESS", "Proof of address"
    REGISTER = "REGISTER", "Company register"
    AUTHORIZATION = "AUTHORIZATION", "Letter of authorization"
    BILL = "BILL", "Bill"
    OTHER = "OTHER", "Other"


class DocumentQuerySet(ReachQuerySet["Document"]):
    """Documents, seen by the organization they are about and those above it."""

    def shown(self) -> DocumentQuerySet:
        """Narrow to those that are whole and not on their way out."""
        return self.filter(status__in=SHOWN)


class Document(models.Model):
    """
    One file about one organization; its sealed content lies in the storage `documents`.

    The same content is kept once for each organization.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="documents"
    )
    type = models.CharField(max_length=20, choices=DocumentType.choices)
    name = models.CharField(max_length=150)
    """As whoever put it in called the file."""
    media_type = models.CharField(max_length=50)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    signer = models.CharField(max_length=100, blank=True)
    signed_on = models.DateField(null=True, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    reminded_days = models.PositiveSmallIntegerField(null=True, blank=True)
    """So many days before it expires, somebody was told last."""
    keep_until = models.DateField(null=True, blank=True)
    """Before that day it cannot be deleted; from then on it is erased once nothing uses it."""
    status = models.CharField(max_length=20, choices=_S.choices, default=_S.ARRIVING)
    status_since = models.DateTimeField()
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    """When somebody looks at it again."""
    failure = models.CharField(max_length=200, blank=True)
    """Why it could not be scanned or erased yet."""
    uploaded_by = models.CharField(max_length=100)
    uploaded_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[DocumentQuerySet] = DocumentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(fields=["organization", "-id"], name="document_organization"),
            models.Index(
                fields=["next_attempt_at"],
                name="document_due",
                condition=Q(next_attempt_at__isnull=False),
            ),
            models.Index(
                fields=["expires_on"],
                name="document_expires",
                condition=Q(expires_on__isnull=False) & ~Q(status__in=GONE),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "sha256"],
                name="document_once",
                condition=~Q(status__in=GONE),
            ),
            models.CheckConstraint(name="document_status_known", condition=Q(status__in=_S.values)),
            models.CheckConstraint(
                name="document_type_known", condition=Q(type__in=DocumentType.values)
            ),
            models.CheckConstraint(
                name="document_open_is_looked_after",
                condition=~Q(status__in=[_S.ARRIVING, _S.PENDING, _S.ERASING])
                | Q(next_attempt_at__isnull=False),
            ),
            models.CheckConstraint(
                name="document_gone_has_a_date",
                condition=~Q(status__in=GONE) | Q(deleted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_type_display()} {self.name} ({self.pk})"

    @property
    def subject(self) -> str:
        """Name it in the journal."""
        return f"dids.document:{self.uuid}"

    @property
    def stored_as(self) -> str:
        """Name its content in the storage."""
        return self.uuid.hex

    def has_expired(self, now: datetime) -> bool:
        """Tell whether it proves nothing any more."""
        return self.expires_on is not None and self.expires_on < now.date()


class DocumentUse(models.Model):
    """Something that depends on a document, which therefore cannot be deleted."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="uses")
    subject = models.CharField(max_length=100)
    """What depends on it, as the journal names it."""
    words = models.CharField(max_length=150)
    """What that is, for whoever would delete the document."""
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "subject"], name="document_used_once"),
        ]
        indexes = [models.Index(fields=["subject"], name="document_use_subject")]

    def __str__(self) -> str:
        return f"{self.subject} uses {self.document_id}"
