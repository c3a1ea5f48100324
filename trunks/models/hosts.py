"""Where a carrier takes our calls and registrations."""

from __future__ import annotations

from django.db import models

from trunks.models.trunks import Trunk
from trunks.offers import Transport


class CarrierHost(models.Model):
    """One host of the carrier; of several, the lowest priority is tried first."""

    trunk = models.ForeignKey(Trunk, on_delete=models.CASCADE, related_name="hosts")
    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField(default=5060)
    transport = models.CharField(
        max_length=3,
        choices=[(transport, transport) for transport in Transport],
        default=Transport.UDP,
    )
    priority = models.PositiveIntegerField(default=1)
    answers = models.BooleanField(null=True, blank=True)
    """Whether it answered the last test; None before the first."""
    test_says = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        verbose_name = "carrier host"
        ordering = ["priority", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["trunk", "host", "port"], name="carrier_host_once"),
            models.CheckConstraint(
                condition=models.Q(port__gte=1, port__lte=65535), name="carrier_host_port_possible"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.host}:{self.port} #{self.pk}"
