"""How far the sealed journal was read."""

from __future__ import annotations

from django.db import models


class Reader(models.Model):
    """Somebody who reads every sealed position once, in order."""

    name = models.CharField(max_length=20, unique=True)
    position = models.BigIntegerField()
    """The last one that was read."""

    def __str__(self) -> str:
        return f"{self.name} at {self.position} ({self.pk})"
