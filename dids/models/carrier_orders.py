"""The outside writes of an order."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from accounts.reach import ReachQuerySet
from dids.states import CarrierOrderStatus


class CarrierOrderQuerySet(ReachQuerySet["CarrierOrder"]):
    """Carrier orders, seen by whoever may see the order."""

    owner = "order__payer"


class CarrierOrder(models.Model):
    """
    Exactly one outside write, which can be looked up by `reference`.

    `next_attempt_at` says when somebody looks at it again. A row that failed because nothing was
    found keeps one for a while: a stopped worker may still wake up and buy.
    """

    order = models.ForeignKey(
        "dids.NumberOrder", on_delete=models.CASCADE, related_name="carrier_orders"
    )
    carrier_account = models.ForeignKey(
        "trunks.CarrierAccount", on_delete=models.PROTECT, related_name="carrier_orders"
    )
    filing = models.ForeignKey(
        "dids.Filing",
        on_delete=models.PROTECT,
        related_name="carrier_orders",
        null=True,
        blank=True,
    )
    """What must be approved before it is sent."""
    trunk = models.ForeignKey(
        "trunks.Trunk", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    reference = models.UUIDField(default=uuid4, unique=True, editable=False)
    carrier_reference = models.CharField(max_length=100, blank=True, db_index=True)
    status = models.CharField(
        max_length=20, choices=CarrierOrderStatus.choices, default=CarrierOrderStatus.WAITING
    )
    status_since = models.DateTimeField()
    attempt = models.UUIDField(null=True, blank=True)
    call_before = models.DateTimeField(null=True, blank=True)
    uncertain_since = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    give_up_at = models.DateTimeField()
    by_hand = models.BooleanField(default=False)
    """Whether a person makes the write: then a task says what came of it, and nobody else asks."""
    failure = models.CharField(max_length=200, blank=True)

    objects: ClassVar[CarrierOrderQuerySet] = CarrierOrderQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="carrier_order_due",
                condition=Q(next_attempt_at__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="carrier_order_status_known",
                condition=Q(status__in=CarrierOrderStatus.values),
            ),
            models.CheckConstraint(
                name="carrier_order_claim_is_whole",
                condition=~Q(status=CarrierOrderStatus.PLACING)
                | Q(attempt__isnull=False, call_before__isnull=False),
            ),
            models.CheckConstraint(
                name="carrier_order_doubt_has_a_date",
                condition=~Q(status=CarrierOrderStatus.UNCERTAIN)
                | Q(uncertain_since__isnull=False),
            ),
            models.CheckConstraint(
                name="carrier_order_open_is_looked_after",
                condition=Q(status__in=[CarrierOrderStatus.DONE, CarrierOrderStatus.FAILED])
                | Q(next_attempt_at__isnull=False)
                # Whoever must hand something in ends it, and a sweep looks whether that is done.
                | Q(status=CarrierOrderStatus.DOCUMENTS, filing__isnull=False)
                # A person looks after it, whose task says so.
                | Q(status=CarrierOrderStatus.PLACED, by_hand=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Carrier order {self.reference} ({self.pk})"
