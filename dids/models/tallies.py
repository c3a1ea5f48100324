"""How many numbers there were, day by day."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.reach import ReachQuerySet
from dids.states import NUMBER, NumberStatus


class NumberTallyQuerySet(ReachQuerySet["NumberTally"]):
    """Tallies, seen by the organization that they are about and those above it."""


class NumberTally(models.Model):
    """
    How many live numbers the provider or a dealer had, those below it included, in one status.

    A day (UTC) keeps its last count. A day that was not counted has no rows: nothing is made up.
    Tenants have none; their numbers are few enough to be counted when somebody looks.
    """

    pk = models.CompositePrimaryKey("organization_id", "day", "carrier_account_id", "status")
    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.CASCADE, related_name="tallies", db_index=False
    )
    day = models.DateField()
    carrier_account = models.ForeignKey(
        "trunks.CarrierAccount", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    status = models.CharField(max_length=20, choices=NumberStatus.choices)
    numbers = models.PositiveIntegerField()
    counted_at = models.DateTimeField()

    objects: ClassVar[NumberTallyQuerySet] = NumberTallyQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "tally"
        indexes = [models.Index(fields=["day"], name="tally_day")]
        constraints = [
            models.CheckConstraint(
                name="tally_status_live",
                condition=Q(status__in=sorted(set(NumberStatus.values) - NUMBER.edges.final)),
            ),
            models.CheckConstraint(name="tally_counts_something", condition=Q(numbers__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.numbers} {self.status} of {self.organization_id} on {self.day}"
