"""Stock offered to a buyer, or to everybody below."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from dids.states import OfferStatus

if TYPE_CHECKING:
    from accounts.actors import Actor
    from accounts.models import Organization


class OfferQuerySet(models.QuerySet["Offer"]):
    """Offers, seen from both ends."""

    def visible_to(self, actor: Actor) -> OfferQuerySet:
        """
        Narrow to offers made or received by the actor's organization or one below it.

        An offer to all is received by whoever is below its maker at this moment.
        """
        reach = actor.reach
        if reach is None or reach.is_provider:
            return self
        return self.filter(
            Q(to__path__startswith=reach.path)
            | Q(offered_by__path__startswith=reach.path)
            | _to_all_above(reach)
        )

    def made_to(self, buyer: Organization) -> OfferQuerySet:
        """Narrow to those that an organization itself may answer."""
        return self.filter(Q(to=buyer) | _to_all_above(buyer))

    def open(self) -> OfferQuerySet:
        """Narrow to those that can be claimed."""
        return self.filter(status=OfferStatus.OPEN)


def _to_all_above(buyer: Organization) -> Q:
    # Of strict ancestors only: its own offer to all is not made to itself, nor to its peers.
    return Q(to_all=True, offered_by__in=buyer.ancestor_ids)


class Offer(models.Model):
    """A number of somebody's stock that one buyer, or anybody below its maker, may claim."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    number = models.ForeignKey("dids.PhoneNumber", on_delete=models.CASCADE, related_name="offers")
    offered_by = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="offers_made"
    )
    to = models.ForeignKey(
        "accounts.Organization",
        on_delete=models.PROTECT,
        related_name="offers_received",
        null=True,
        blank=True,
    )
    to_all = models.BooleanField(default=False)
    """Whether it is made to all below the maker, those who come later included."""
    claimed_by = models.ForeignKey(
        "accounts.Organization",
        on_delete=models.PROTECT,
        related_name="offers_claimed",
        null=True,
        blank=True,
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
            models.UniqueConstraint(
                fields=["number"],
                name="offer_open_once_to_all",
                condition=Q(status=OfferStatus.OPEN, to_all=True),
            ),
            models.CheckConstraint(
                name="offer_to_one_or_to_all",
                condition=Q(to__isnull=False, to_all=False) | Q(to__isnull=True, to_all=True),
            ),
            models.CheckConstraint(
                name="offer_claimed_by_somebody",
                condition=Q(status=OfferStatus.CLAIMED, claimed_by__isnull=False)
                | (~Q(status=OfferStatus.CLAIMED) & Q(claimed_by__isnull=True)),
            ),
            models.CheckConstraint(
                name="offer_status_known", condition=Q(status__in=OfferStatus.values)
            ),
        ]

    def __str__(self) -> str:
        buyer = "all" if self.to_all else self.to_id
        return f"Offer of {self.number_id} to {buyer} ({self.pk})"

    @property
    def subject(self) -> str:
        """Name it in the journal."""
        return f"dids.offer:{self.uuid}"
