"""Stock offered to a buyer."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from dids.states import OfferStatus

if TYPE_CHECKING:
    from accounts.actors import Actor


class OfferQuerySet(models.QuerySet["Offer"]):
    """Offers, seen from both ends."""

    def visible_to(self, actor: Actor) -> OfferQuerySet:
        """Narrow to offers made or received by the actor's organization or one below it."""
        reach = actor.reach
        if reach is None or reach.is_provider:
            return self
        return self.filter(
            Q(to__path__startswith=reach.path) | Q(offered_by__path__startswith=reach.path)
        )

    def open(self) -> OfferQuerySet:
        """Narrow to those that can be claimed."""
        return self.filter(status=OfferStatus.OPEN)


class Offer(models.Model):
    """A number of somebody's stock that one buyer may claim."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    number = models.ForeignKey("dids.PhoneNumber", on_delete=models.CASCADE, related_name="offers")
    offered_by = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="offers_made"
    )
    to = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="offers_received"
    )
    status = models.CharField(max_length=20, choices=OfferStatus.choices, default=OfferStatus.OPEN)
    status_since = models.DateTimeField()
    offered_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    objects: ClassVar[OfferQuerySet] = OfferQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(
                fields=["expires_at"], name="offer_expiry", condition=Q(status=OfferStatus.OPEN)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["number", "to"],
                name="offer_open_once_per_buyer",
                condition=Q(status=OfferStatus.OPEN),
            ),
            models.CheckConstraint(
                name="offer_status_known", condition=Q(status__in=OfferStatus.values)
            ),
        ]

    def __str__(self) -> str:
        return f"Offer of {self.number_id} to {self.to_id} ({self.pk})"

    @property
    def subject(self) -> str:
        """Name it in the journal."""
        return f"dids.offer:{self.uuid}"
