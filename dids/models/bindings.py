"""Where the carrier delivers a number."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from accounts.reach import ReachQuerySet
from dids.states import BindingStatus


class CarrierBindingQuerySet(ReachQuerySet["CarrierBinding"]):
    """Bindings, seen by the number's holder and those above it."""

    owner = "number__holder"


class CarrierBinding(models.Model):
    """The trunk to which the carrier is to deliver a number, and whether it does."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    number = models.OneToOneField(
        "dids.PhoneNumber", on_delete=models.CASCADE, related_name="binding"
    )
    trunk = models.ForeignKey("trunks.Trunk", on_delete=models.PROTECT, related_name="bindings")
    status = models.CharField(
        max_length=20, choices=BindingStatus.choices, default=BindingStatus.WANTED
    )
    status_since = models.DateTimeField()
    attempt = models.UUIDField(null=True, blank=True)
    call_before = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    """Where it is bound: when its deletion lock, which is missing, is tried again."""
    give_up_at = models.DateTimeField()
    failure = models.CharField(max_length=200, blank=True)

    objects: ClassVar[CarrierBindingQuerySet] = CarrierBindingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="binding_due",
                condition=Q(next_attempt_at__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="binding_status_known", condition=Q(status__in=BindingStatus.values)
            ),
            models.CheckConstraint(
                name="binding_claim_is_whole",
                condition=~Q(status=BindingStatus.BINDING)
                | Q(attempt__isnull=False, call_before__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number_id} on trunk {self.trunk_id} ({self.pk})"
