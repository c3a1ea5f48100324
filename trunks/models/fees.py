"""What carriers ask besides the price of a number, from a day on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar, Self
from uuid import uuid4

from django.db import models
from django.db.models import Q

from accounts.reach import ReachQuerySet
from trunks.fees import Fee, FeeFor
from trunks.numbering import NumberType

# By the key: an account is ordered by its name.
_KIND = ("account_id", "what", "label", "country", "type")
_TYPES = [(one.value, one.value) for one in NumberType]


class CarrierFeeQuerySet(ReachQuerySet["CarrierFee"]):
    """Fees, seen by whoever may see the account."""

    owner = "account__owner"

    def standing(self) -> Self:
        """Keep the fees that were not corrected."""
        return self.filter(corrected_at__isnull=True)

    def now_and_to_come(self, day: date) -> list[CarrierFee]:
        """Give the fees that count on a day and those that will, kind by kind."""
        found: dict[object, CarrierFee] = {}
        for row in self.standing().order_by(*_KIND, "valid_from"):
            found[row.uuid if row.valid_from > day else row.kind] = row
        return list(found.values())

    def of(self, day: date) -> Self:
        """Keep the fees that count on a day: of each kind, that of the latest date up to it."""
        rows = self.standing().filter(valid_from__lte=day)
        return rows.order_by(*_KIND, "-valid_from").distinct(*_KIND)


class CarrierFee(models.Model):
    """
    What a carrier asks for each number of a kind, from a day on.

    Rows are never changed: a correction is a new row of the same day, and the old one stays for
    whatever was counted with it.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    account = models.ForeignKey(
        "trunks.CarrierAccount", on_delete=models.CASCADE, related_name="fees"
    )
    what = models.CharField(max_length=20, choices=FeeFor.choices)
    label = models.CharField(max_length=60, blank=True)
    """What it is for, where that is something else."""
    country = models.CharField(max_length=2, blank=True)
    """Empty for any, as is the type."""
    type = models.CharField(max_length=20, choices=_TYPES, blank=True)
    once = models.DecimalField(max_digits=12, decimal_places=4, default=Decimal(0))
    monthly = models.DecimalField(max_digits=12, decimal_places=4, default=Decimal(0))
    currency = models.CharField(max_length=3)
    valid_from = models.DateField()
    entered_by = models.CharField(max_length=100)
    """Who entered it, as the journal names actors."""
    entered_at = models.DateTimeField()
    corrected_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[CarrierFeeQuerySet] = CarrierFeeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "carrier fee"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "what", "label", "country", "type", "valid_from"],
                name="fee_once_a_day",
                condition=Q(corrected_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(once__gte=Decimal(0), monthly__gte=Decimal(0)),
                name="fee_not_negative",
            ),
            models.CheckConstraint(condition=Q(what__in=FeeFor.values), name="fee_known"),
            models.CheckConstraint(
                condition=(Q(what=FeeFor.OTHER) & ~Q(label=""))
                | (~Q(what=FeeFor.OTHER) & Q(label="")),
                name="fee_of_something_else_is_named",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$") & Q(country__regex=r"^([A-Z]{2})?$"),
                name="fee_codes",
            ),
            models.CheckConstraint(
                condition=Q(type__in=["", *(one.value for one in NumberType)]),
                name="fee_type_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fee.name} of {self.account_id} from {self.valid_from} (#{self.pk})"

    @property
    def kind(self) -> tuple[object, ...]:
        """Give for what and which numbers it is asked: one counts of each on a day."""
        return self.account_id, self.what, self.label, self.country, self.type

    @property
    def fee(self) -> Fee:
        """Give it as sums take it."""
        return Fee(
            what=FeeFor(self.what),
            label=self.label,
            country=self.country,
            type=self.type,
            once=self.once,
            monthly=self.monthly,
            currency=self.currency,
        )
