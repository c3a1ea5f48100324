"""Numbers that carriers keep for us before they are ordered."""

from __future__ import annotations

from typing import ClassVar, Final, Self
from uuid import uuid4

from django.db import models
from django.db.models import Q

from accounts.reach import ReachQuerySet
from dids.states import HoldStatus
from lib.fields import E164Field

LIVE: Final = (HoldStatus.WANTED, HoldStatus.HOLDING, HoldStatus.UNCERTAIN, HoldStatus.HELD)


class CarrierHoldQuerySet(ReachQuerySet["CarrierHold"]):
    """Holds, seen by the organization that asked for them and those above it."""

    owner = "organization"

    def live(self) -> Self:
        """Keep the holds that are there or under way."""
        return self.filter(status__in=LIVE)


class CarrierHold(models.Model):
    """One number that a carrier is to keep for us, and until when it does."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    """Also our reference at the carrier."""
    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="carrier_holds"
    )
    held_by = models.CharField(max_length=100)
    """Who asked for it, as the journal names actors."""
    carrier_account = models.ForeignKey(
        "trunks.CarrierAccount", on_delete=models.PROTECT, related_name="+"
    )
    e164 = E164Field()
    status = models.CharField(max_length=20, choices=HoldStatus.choices, default=HoldStatus.WANTED)
    status_since = models.DateTimeField()
    created_at = models.DateTimeField()
    attempt = models.UUIDField(null=True, blank=True)
    call_before = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    give_up_at = models.DateTimeField()
    carrier_reference = models.CharField(max_length=100, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    """Until then the carrier keeps it for us, also where we need it no longer."""
    failure = models.CharField(max_length=200, blank=True)
    """Why it is not held, in words that whoever asked may read."""
    carrier_says = models.CharField(max_length=200, blank=True)

    objects: ClassVar[CarrierHoldQuerySet] = CarrierHoldQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "hold"
        indexes = [
            models.Index(fields=["next_attempt_at"], name="hold_due", condition=Q(status__in=LIVE)),
            models.Index(fields=["organization", "-created_at"], name="hold_of_organization"),
        ]
        constraints = [
            models.CheckConstraint(
                name="hold_status_known", condition=Q(status__in=HoldStatus.values)
            ),
            models.CheckConstraint(
                name="hold_claim_is_whole",
                condition=~Q(status=HoldStatus.HOLDING)
                | Q(attempt__isnull=False, call_before__isnull=False),
            ),
            models.CheckConstraint(
                name="held_until_a_moment",
                condition=~Q(status=HoldStatus.HELD) | Q(until__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["e164"], name="one_hold_per_number", condition=Q(status__in=LIVE)
            ),
        ]

    def __str__(self) -> str:
        return f"Hold of {self.e164} ({self.pk})"

    @property
    def subject(self) -> str:
        """The stable text by which the journal refers to it."""
        return f"dids.hold:{self.uuid}"
