"""Switches that consume our route tables."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from provisioning.reach import PbxQuerySet


class Pbx(models.Model):
    """
    Stand for one switch, which may be many machines.

    ``authoritative`` says that a number we do not publish exists nowhere else on this switch;
    otherwise its calls fall through to the operator's own routing.
    """

    class Kind(models.TextChoices):
        """The product family, which decides the writer."""

        KAMAILIO = "KAMAILIO", "Kamailio"

    class Role(models.TextChoices):
        """What stands behind the routers."""

        EDGE = "EDGE", "edge in front of other PBXs"
        PBX = "PBX", "PBX"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.KAMAILIO)
    role = models.CharField(max_length=8, choices=Role.choices, default=Role.PBX)
    authoritative = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    objects: ClassVar[PbxQuerySet] = PbxQuerySet.as_manager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return f"{self.name} ({self.pk})"

    @property
    def channel(self) -> str:
        """Name the channel on which the routers of this switch are told of a new version."""
        return f"pbx_{self.pk}"
