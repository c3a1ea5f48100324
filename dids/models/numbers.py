"""Phone numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Substr

from accounts.reach import ReachQuerySet
from dids.states import NUMBER, NumberStatus
from lib.fields import E164Field
from lib.money import Money
from trunks.numbering import NumberType


class PhoneNumberQuerySet(ReachQuerySet["PhoneNumber"]):
    """Numbers, seen by whoever holds them or stands above the holder."""

    owner = "holder"

    def live(self) -> PhoneNumberQuerySet:
        """Narrow to the rows that are not history."""
        return self.exclude(status__in=NUMBER.edges.final)


class PhoneNumber(models.Model):
    """A number that we have, or had, at a carrier."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    e164 = E164Field()
    country = models.CharField(max_length=2)
    type = models.CharField(max_length=20, choices=[(t.value, t.value) for t in NumberType])
    region = models.CharField(max_length=100, blank=True)
    locality = models.CharField(max_length=100, blank=True)
    rate_center = models.CharField(max_length=100, blank=True)
    capabilities = ArrayField(models.CharField(max_length=20), default=list, blank=True)

    carrier_account = models.ForeignKey(
        "trunks.CarrierAccount", on_delete=models.PROTECT, related_name="numbers"
    )
    carrier_reference = models.CharField(max_length=100, blank=True)

    status = models.CharField(
        max_length=20, choices=NumberStatus.choices, default=NumberStatus.AVAILABLE
    )
    status_since = models.DateTimeField()
    quarantine_until = models.DateTimeField(null=True, blank=True)
    used_since = models.DateTimeField(null=True, blank=True)
    """When it was first put into service since it last rested; one never used needs no rest."""

    holder = models.ForeignKey(
        "accounts.Organization",
        on_delete=models.PROTECT,
        related_name="numbers",
        db_index=False,
    )
    label = models.CharField(max_length=100, blank=True)
    block = models.ForeignKey(
        "dids.NumberBlock",
        on_delete=models.PROTECT,
        related_name="numbers",
        null=True,
        blank=True,
        db_index=False,
    )

    emergency_location = models.ForeignKey(
        "dids.EmergencyLocation",
        on_delete=models.PROTECT,
        related_name="numbers",
        null=True,
        blank=True,
        db_index=False,
    )
    """Where help is sent, if elsewhere than to the holder's default; it counts for nobody else."""

    setup = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    monthly = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    bought_at = models.DateTimeField()
    contract_ends_on = models.DateField(null=True, blank=True)
    """Until when its carrier is bound to us, where somebody said so."""

    objects: ClassVar[PhoneNumberQuerySet] = PhoneNumberQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(fields=["holder", "e164"], name="number_holder"),
            models.Index(fields=["holder", "label", "id"], name="number_holder_label"),
            models.Index(fields=["holder", "status"], name="number_holder_status"),
            models.Index(fields=["status", "e164"], name="number_status"),
            models.Index(fields=["country", "type", "e164"], name="number_country_type"),
            models.Index(fields=["carrier_account", "e164"], name="number_account"),
            models.Index(fields=["carrier_reference"], name="number_reference"),
            models.Index(OpClass("e164", name="text_pattern_ops"), name="number_prefix"),
            # On the digits, not on the column: PostgreSQL would also take it for equality, at
            # milliseconds a number (seen on 15, where trigrams learned to answer "=").
            GinIndex(OpClass(Substr("e164", 2), name="gin_trgm_ops"), name="number_digits"),
            GinIndex(OpClass(F("label"), name="gin_trgm_ops"), name="number_label"),
            models.Index(fields=["label", "id"], name="number_by_label"),
            models.Index(
                fields=["block", "e164"],
                name="number_block",
                condition=Q(block__isnull=False),
            ),
            models.Index(
                fields=["emergency_location", "e164"],
                name="number_location",
                condition=Q(emergency_location__isnull=False),
            ),
            models.Index(
                fields=["quarantine_until"],
                name="number_quarantine",
                condition=Q(status=NumberStatus.QUARANTINE),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["e164"],
                name="number_live_once",
                condition=~Q(status__in=sorted(NUMBER.edges.final)),
            ),
            models.CheckConstraint(
                name="number_status_known", condition=Q(status__in=NumberStatus.values)
            ),
            models.CheckConstraint(
                name="number_quarantine_ends",
                condition=~Q(status=NumberStatus.QUARANTINE) | Q(quarantine_until__isnull=False),
            ),
            models.CheckConstraint(
                name="number_costs_not_negative",
                condition=Q(setup__isnull=True, monthly__isnull=True)
                | (Q(setup__gte=Decimal(0)) | Q(setup__isnull=True))
                & (Q(monthly__gte=Decimal(0)) | Q(monthly__isnull=True))
                & Q(currency__regex="^[A-Z]{3}$"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.e164} ({self.pk})"

    @property
    def subject(self) -> str:
        """Name it in the journal."""
        return f"dids.number:{self.uuid}"

    @property
    def monthly_cost(self) -> Money | None:
        """Give what the carrier takes each month, where it says so."""
        return None if self.monthly is None else Money(self.monthly, self.currency)
