from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models.memberships import Membership
from accounts.models.organizations import Organization

if TYPE_CHECKING:
    from accounts.actors import Member


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Saved views, seen from the seat in which they were saved."""

    def of(self, member: Member) -> SavedViewQuerySet:
        """Keep a person's own, in the seat that they have now."""
        return self.filter(membership=member.membership, organization=member.reach)

    def visible_to(self, member: Member) -> SavedViewQuerySet:
        """Keep a person's own, and those shared with the organization that they sit at."""
        mine = Q(membership=member.membership) | Q(is_shared=True)
        return self.filter(mine, organization=member.reach)


class SavedView(models.Model):
    """A list as somebody wants to see it again: its filters, sorting and columns, under a name."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="saved_views")
    """Whose it is."""
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="saved_views"
    )
    """Where they sat: their own organization, or the one they acted for."""
    page = models.CharField(max_length=40)
    """The name of the list's address."""
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=1000, blank=True)
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[SavedViewQuerySet] = SavedViewQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [models.Index(fields=["organization", "page"], name="saved_views_of_a_list")]
        constraints = [
            models.UniqueConstraint(
                fields=["membership", "organization", "page", "name"], name="saved_view_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.pk})"
