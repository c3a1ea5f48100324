"""Wishes for numbers that no carrier has yet: searched again until they are there."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar, Self
from uuid import uuid4

from django.db import models
from django.db.models import Q

from accounts.reach import ReachQuerySet
from dids.states import BACK_ORDER, BackOrderStatus

MOST_NUMBERS = 200


class WhenFound(models.TextChoices):
    """What happens once something was found."""

    OFFER = "OFFER", "Make a preview and tell me"
    RESERVE = "RESERVE", "Make a preview, have the numbers held, and tell me"
    BUY = "BUY", "Buy by itself"


class BackOrderQuerySet(ReachQuerySet["BackOrder"]):
    """Back-orders, seen by the payer and those above it."""

    owner = "payer"

    def open(self) -> Self:
        """Narrow to those that are still looked for."""
        return self.exclude(status__in=BACK_ORDER.edges.final)


class BackOrder(models.Model):
    """
    A wish for so many numbers, looked for on a schedule; what it buys are ordinary orders.

    Amounts are in `currency`, that of the payer; they are set-up and first month, as it is charged.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    payer = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="back_orders"
    )
    holder = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    wanted_by = models.CharField(max_length=100)
    """Who wants it, as the journal names actors."""
    wanted = models.JSONField()
    narrowed = models.JSONField(default=dict, blank=True)
    """The question, as `NumberSearch` keeps it."""
    quantity = models.PositiveSmallIntegerField()
    consecutive = models.BooleanField(default=False)
    currency = models.CharField(max_length=3)
    most_each = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    """No number that costs more; None where only the total counts."""
    most_total = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    when_found = models.CharField(max_length=10, choices=WhenFound.choices)
    label = models.CharField(max_length=100, blank=True)
    until = models.DateTimeField()
    created_at = models.DateTimeField()

    status = models.CharField(
        max_length=20, choices=BackOrderStatus.choices, default=BackOrderStatus.WAITING
    )
    status_since = models.DateTimeField()
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    search = models.ForeignKey(
        "dids.NumberSearch", on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    """The search that is under way or was the last one."""
    looked_at = models.DateTimeField(null=True, blank=True)
    says = models.CharField(max_length=300, blank=True)
    """What came of the last look, in words that the payer may read."""

    objects: ClassVar[BackOrderQuerySet] = BackOrderQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "back-order"
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="back_order_due",
                condition=Q(next_attempt_at__isnull=False),
            ),
            models.Index(fields=["payer", "-created_at"], name="back_order_payer"),
        ]
        constraints = [
            models.CheckConstraint(
                name="back_order_status_known", condition=Q(status__in=BackOrderStatus.values)
            ),
            models.CheckConstraint(
                name="back_order_quantity",
                condition=Q(quantity__gte=1, quantity__lte=MOST_NUMBERS),
            ),
            models.CheckConstraint(
                name="back_order_limits_not_negative",
                condition=(Q(most_each__isnull=True) | Q(most_each__gte=Decimal(0)))
                & (Q(most_total__isnull=True) | Q(most_total__gte=Decimal(0))),
            ),
            models.CheckConstraint(
                name="back_order_buys_within_a_limit",
                condition=~Q(when_found=WhenFound.BUY) | Q(most_each__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Back-order {self.uuid} ({self.pk})"

    @property
    def subject(self) -> str:
        """Name it in the journal."""
        return f"dids.back_order:{self.uuid}"
