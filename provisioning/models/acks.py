"""What every router says it holds."""

from __future__ import annotations

from django.db import models

from provisioning.models.nodes import PbxNode
from provisioning.models.routes import Table


class NodeAck(models.Model):
    """
    Keep the last acknowledgement of a router for one table.

    Written only by the routers' agents through ``feed.acknowledge``; ``seen_at`` is the clock of
    the database. ``mode`` says how the router came to this version (``full`` or ``delta``).
    """

    node = models.ForeignKey(PbxNode, on_delete=models.CASCADE, related_name="acks")
    table = models.CharField(max_length=8, choices=Table.choices)
    version = models.BigIntegerField()
    rows = models.BigIntegerField()
    mode = models.CharField(max_length=8)
    ready = models.BooleanField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["node", "table"], name="one_ack_per_node_and_table"),
        ]

    def __str__(self) -> str:
        return f"node {self.node_id} has {self.table} {self.version}"
