"""Messages from carriers, stored as they came."""

from __future__ import annotations

from django.db import models

from accounts.reach import ReachQuerySet
from trunks.models.accounts import CarrierAccount


class CarrierEventQuerySet(ReachQuerySet["CarrierEvent"]):
    """Messages belong to whoever owns the carrier account."""

    owner = "account__owner"


class CarrierEvent(models.Model):
    """A verified message of a carrier, stored once however often it is delivered."""

    class Status(models.TextChoices):
        """What we made of it; see `trunks.states`."""

        RECEIVED = "RECEIVED", "received"
        HANDLED = "HANDLED", "handled"
        UNKNOWN = "UNKNOWN", "about nothing we know"

    account = models.ForeignKey(CarrierAccount, on_delete=models.PROTECT, related_name="events")
    event_id = models.CharField(max_length=200)
    """The carrier's own identifier, or the digest of the message where it has none."""
    kind = models.CharField(max_length=120, default="", blank=True)
    """The carrier's own word; empty where the message could not be read."""
    body = models.TextField()
    received_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RECEIVED)
    status_since = models.DateTimeField()
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    give_up_at = models.DateTimeField()

    objects = CarrierEventQuerySet.as_manager()

    class Meta:
        verbose_name = "carrier event"
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["account", "event_id"], name="carrier_event_once"),
            models.CheckConstraint(
                condition=models.Q(status__in=["RECEIVED", "HANDLED", "UNKNOWN"]),
                name="carrier_event_status_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="carrier_event_due",
                condition=models.Q(status="RECEIVED"),
            ),
            models.Index(fields=["account", "received_at"], name="carrier_event_received"),
        ]

    def __str__(self) -> str:
        return f"{self.kind or 'unreadable'} {self.event_id} #{self.pk}"
