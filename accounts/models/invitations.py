from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models.memberships import Membership, Role
from accounts.models.organizations import Organization
from accounts.reach import ReachQuerySet


class InvitationStatus(models.TextChoices):
    """Where an invitation stands; an expired one is a pending one past its time."""

    PENDING = "PENDING", "Pending"
    ACCEPTED = "ACCEPTED", "Accepted"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"


class InvitationQuerySet(ReachQuerySet["Invitation"]):
    """Invitations."""


class Invitation(models.Model):
    """
    An open place in an organization, offered by e-mail.

    The token exists in the clear only in the mail: it is made when the mail is sent,
    and only its SHA-256 is kept.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="invitations"
    )
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=8, choices=Role.choices)
    status = models.CharField(
        max_length=9, choices=InvitationStatus.choices, default=InvitationStatus.PENDING
    )
    status_since = models.DateTimeField(db_default=Now())
    invited_by = models.CharField(max_length=100)
    token_hash = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True)
    # Not null while a mail is owed; a claim moves it forward, so a lost worker is found again.
    mail_due_at = models.DateTimeField(null=True, blank=True)
    mail_attempt = models.UUIDField(null=True, blank=True)
    mail_failures = models.PositiveSmallIntegerField(default=0)
    mailed_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "email"],
                condition=Q(status="PENDING"),
                name="invitation_once_pending",
            ),
            models.UniqueConstraint(
                fields=["token_hash"], condition=~Q(token_hash=""), name="invitation_token"
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invitation_role_known"),
            models.CheckConstraint(
                condition=Q(status__in=InvitationStatus.values), name="invitation_status_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["mail_due_at"],
                condition=Q(mail_due_at__isnull=False),
                name="invitation_mail_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} (#{self.pk})"
