"""What a currency is worth in another, from a day on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import ClassVar, Self
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from accounts.reach import ReachQuerySet
from billing.rates import Dated


class ExchangeRateQuerySet(ReachQuerySet["ExchangeRate"]):
    """Rates, seen by the organization that keeps them."""

    owner = "owner"

    def standing(self) -> Self:
        """Keep the rates that were not corrected."""
        return self.filter(corrected_at__isnull=True)

    def of(self, day: date) -> Iterator[Dated]:
        """Give the rate of each pair on a day: that of the latest date up to it."""
        rows = self.standing().filter(valid_from__lte=day)
        latest = rows.order_by("base", "quote", "-valid_from").distinct("base", "quote")
        for row in latest:
            yield row.dated


class ExchangeRate(models.Model):
    """
    What one unit of `base` is worth in `quote` from a day on.

    Rows are never changed: a correction is a new row of the same day, and the old one stays for
    whatever was counted with it.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    owner = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="exchange_rates"
    )
    base = models.CharField(max_length=3)
    quote = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=20, decimal_places=10)
    valid_from = models.DateField()
    entered_by = models.CharField(max_length=100)
    """Who entered it, as the journal names actors."""
    entered_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)
    corrected_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ExchangeRateQuerySet] = ExchangeRateQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "exchange rate"
        constraints = [
            models.UniqueConstraint(
                fields=["base", "quote", "valid_from"],
                name="rate_once_a_day",
                condition=Q(corrected_at__isnull=True),
            ),
            models.CheckConstraint(condition=Q(rate__gt=0), name="rate_is_positive"),
            models.CheckConstraint(
                condition=Q(base__regex=r"^[A-Z]{3}$") & Q(quote__regex=r"^[A-Z]{3}$"),
                name="rate_currency_codes",
            ),
            models.CheckConstraint(condition=~Q(base=F("quote")), name="rate_of_two_currencies"),
        ]

    def __str__(self) -> str:
        return f"{self.base}/{self.quote} from {self.valid_from} (#{self.pk})"

    @property
    def subject(self) -> str:
        """Name it in the journal."""
        return f"billing.rate:{self.uuid}"

    @property
    def dated(self) -> Dated:
        """Give it as conversions take it."""
        return Dated(base=self.base, quote=self.quote, rate=self.rate, on=self.valid_from)
