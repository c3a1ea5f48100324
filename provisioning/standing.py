"""How far the routers of a switch are behind what is published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min

from provisioning.models import NodeAck, Pbx, PbxNode, RouteChange, RouteHead, Table


@dataclass(frozen=True)
class Standing:
    """
    How far one router is.

    :ivar version: of the number table it holds; None if it never said
    :ivar behind: published versions that it does not have
    :ivar since: when the first of them was published; None where that is no longer known
    """

    node: PbxNode
    version: int | None
    behind: int
    since: datetime | None
    ready: bool
    seen_at: datetime | None


def routers(pbx: Pbx) -> list[Standing]:
    """Tell how far each router of a switch is with the table of numbers."""
    head = RouteHead.objects.get(pbx=pbx, table=Table.INBOUND).version
    nodes = list(PbxNode.objects.filter(pbx=pbx, role=PbxNode.Role.ROUTER).order_by("name"))
    acks = {a.node_id: a for a in NodeAck.objects.filter(node__in=nodes, table=Table.INBOUND)}
    missing = {ack.version + 1 for ack in acks.values() if ack.version < head}
    changes = RouteChange.objects.filter(pbx=pbx, table=Table.INBOUND, version__in=missing)
    since = dict(changes.values_list("version").annotate(Min("at")).order_by())
    return [_standing(node, acks.get(node.pk), head, since) for node in nodes]


def _standing(
    node: PbxNode, ack: NodeAck | None, head: int, since: dict[int, datetime]
) -> Standing:
    if ack is None:
        return Standing(node, None, head, None, ready=False, seen_at=None)
    return Standing(
        node,
        ack.version,
        max(0, head - ack.version),
        since.get(ack.version + 1),
        ready=ack.ready,
        seen_at=ack.seen_at,
    )
