"""What the publisher has to look at again."""

from __future__ import annotations

from django.db import models

from provisioning.models.pbxs import Pbx


class Scope(models.TextChoices):
    """How much one row asks to be looked at."""

    NUMBER = "NUMBER", "one number"
    ORGANIZATION = "ORGANIZATION", "every number an organization holds"
    PBX = "PBX", "every route of the switch"
    FACTS = "FACTS", "the small tables of the switch"
    SERVICE = "SERVICE", "whether numbers are in service, their routes being published"


class Lane(models.TextChoices):
    """
    Who waits: a person, or nobody in particular. The publisher serves the person first.

    The words sort, descending, in the order in which lanes are served.
    """

    INTERACTIVE = "INTERACTIVE", "a person waits"
    BULK = "BULK", "nobody waits"
    AFTER = "AFTER", "when every route is published"


class DirtyRoute(models.Model):
    """
    Ask the publisher to look at something again.

    Append-only on purpose, without a unique key: a row that stands for two changes would be
    deleted by the publisher that has seen only the first of them. ``after`` is how far a wide
    scope has been walked (exclusive, in the order of the scope's key). A SERVICE row holds many
    numbers in its value, one to a line.
    """

    # No constraint in the database: a check per row would cost more than the row in bulk work,
    # and a PBX is never deleted.
    pbx = models.ForeignKey(Pbx, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    scope = models.CharField(max_length=12, choices=Scope.choices)
    value = models.TextField(blank=True, default="")
    after = models.CharField(max_length=32, blank=True, default="")
    lane = models.CharField(max_length=11, choices=Lane.choices)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["pbx", "-lane", "id"], name="dirty_by_lane")]

    def __str__(self) -> str:
        return f"{self.scope} {self.value} of PBX {self.pbx_id} ({self.pk})"
