"""Where a number rings."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.reach import ReachQuerySet
from dids.destinations import Destination, DestinationKind


class AssignmentQuerySet(ReachQuerySet["Assignment"]):
    """Assignments, seen by the number's holder and those above it."""

    owner = "number__holder"


class Assignment(models.Model):
    """The destination of one number; there is none while it points nowhere."""

    number = models.OneToOneField(
        "dids.PhoneNumber", on_delete=models.CASCADE, related_name="assignment"
    )
    kind = models.CharField(max_length=30, choices=DestinationKind.choices)
    value = models.CharField(max_length=64, blank=True)
    assigned_at = models.DateTimeField()

    objects: ClassVar[AssignmentQuerySet] = AssignmentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="assignment_kind_known", condition=Q(kind__in=DestinationKind.values)
            ),
            models.CheckConstraint(
                name="assignment_value_where_needed",
                condition=Q(kind=DestinationKind.HANG_UP, value="")
                | (~Q(kind=DestinationKind.HANG_UP) & ~Q(value="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number_id} to {self.kind} {self.value} ({self.pk})"

    @property
    def destination(self) -> Destination:
        """Give the place as a value."""
        return Destination(self.kind, self.value)
