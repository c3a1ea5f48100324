"""Machines of a switch: routers that read our tables, targets that calls are sent to."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from provisioning.models.pbxs import Pbx


class PbxNode(models.Model):
    """
    Stand for one machine of a switch.

    A ROUTER has a database login of its own, used by the agent beside it; a TARGET belongs to a
    numbered set that routes name. ``address`` is a SIP URI such as
    ``sip:192.0.2.10:5060;transport=udp``.
    """

    class Role(models.TextChoices):
        """What the machine does for a call."""

        ROUTER = "ROUTER", "router"
        TARGET = "TARGET", "target"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    pbx = models.ForeignKey(Pbx, on_delete=models.PROTECT, related_name="nodes")
    name = models.CharField(max_length=80)
    role = models.CharField(max_length=8, choices=Role.choices)
    address = models.CharField(max_length=128)
    set = models.PositiveIntegerField(null=True, blank=True)
    priority = models.PositiveIntegerField(default=10)
    weight = models.PositiveIntegerField(default=50)
    login = models.CharField(max_length=63, null=True, blank=True, unique=True)
    enrolled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pbx", "name"], name="node_name_unique_on_pbx"),
            models.CheckConstraint(
                name="node_is_router_with_login_or_target_with_set",
                condition=Q(role="ROUTER", login__isnull=False, set__isnull=True)
                | Q(role="TARGET", login__isnull=True, set__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} of PBX {self.pbx_id} ({self.pk})"
