"""Who had a number, and when."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from accounts.reach import ReachQuerySet


class HoldingQuerySet(ReachQuerySet["Holding"]):
    """Holdings, seen by the organization that held and those above it."""

    owner = "organization"

    def open(self) -> HoldingQuerySet:
        """Narrow to those that last."""
        return self.filter(during__endswith__isnull=True)


class Holding(models.Model):
    """
    One organization's time with one number.

    A deferred trigger keeps `PhoneNumber.holder` equal to the organization of the open holding.
    While `dids.in_bulk` is set, what a statement adds is compared at its end instead.
    """

    number = models.ForeignKey(
        "dids.PhoneNumber", on_delete=models.CASCADE, related_name="holdings"
    )
    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="holdings"
    )
    source = models.ForeignKey(
        "accounts.Organization",
        on_delete=models.PROTECT,
        related_name="holdings_given",
        null=True,
        blank=True,
    )
    """Whose stock it came from, and to whom it returns."""
    during = DateTimeRangeField()

    objects: ClassVar[HoldingQuerySet] = HoldingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="holding_never_overlaps",
                expressions=[
                    ("number", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
            models.UniqueConstraint(
                fields=["number"],
                name="holding_open_once",
                condition=Q(during__endswith__isnull=True),
            ),
            models.CheckConstraint(
                name="holding_has_begun", condition=Q(during__startswith__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number_id} with {self.organization_id} ({self.pk})"
