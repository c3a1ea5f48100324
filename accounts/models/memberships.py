from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models.organizations import Organization
from accounts.reach import ReachQuerySet


class Role(models.TextChoices):
    """What a person is in an organization; the rights of each stand in accounts.permissions."""

    OWNER = "OWNER", "Owner"
    MANAGER = "MANAGER", "Manager"
    OPERATOR = "OPERATOR", "Operator"
    FINANCE = "FINANCE", "Finance"
    VIEWER = "VIEWER", "Viewer"


class MembershipQuerySet(ReachQuerySet["Membership"]):
    """Memberships, open and ended."""

    def open(self) -> MembershipQuerySet:
        """Keep the memberships that count today."""
        return self.filter(ended_at__isnull=True)


class Membership(models.Model):
    """A person's place in an organization; ended ones stay, since the journal names them."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships"
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(max_length=8, choices=Role.choices)
    created_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organization"],
                condition=Q(ended_at__isnull=True),
                name="membership_once",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.role} (#{self.pk})"
