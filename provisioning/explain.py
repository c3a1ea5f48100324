"""What a switch does with a number, as published, and which routers know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lib.e164 import digits
from provisioning import writer
from provisioning.models import InboundRoute, NodeAck, Pbx, PbxNode, Table


@dataclass(frozen=True)
class Acknowledgement:
    """What one router says it holds; version None if it never said anything."""

    node: str
    version: int | None
    has_it: bool
    ready: bool
    seen_at: datetime | None


@dataclass(frozen=True)
class Explanation:
    """
    What happens to a call.

    :ivar value: as the router looks it up; None if the number is not published there
    :ivar words: what the value has calls do
    :ivar version: the version that published it
    """

    number: str
    value: str | None
    words: str
    version: int | None
    routers: tuple[Acknowledgement, ...]


def route(*, pbx: Pbx, number: str) -> Explanation:
    """Explain the route of a number (E.164) on a switch."""
    published = InboundRoute.objects.filter(pbx=pbx, did=digits(number)).first()
    routers = PbxNode.objects.filter(pbx=pbx, role=PbxNode.Role.ROUTER).order_by("name")
    acks = {
        ack.node_id: ack for ack in NodeAck.objects.filter(node__in=routers, table=Table.INBOUND)
    }
    version = published.version if published else None
    return Explanation(
        number=number,
        value=published.value if published else None,
        words=writer.said(published.value) if published else "",
        version=version,
        routers=tuple(_of(node, acks.get(node.pk), version) for node in routers),
    )


def _of(node: PbxNode, ack: NodeAck | None, version: int | None) -> Acknowledgement:
    if ack is None:
        return Acknowledgement(node.name, None, has_it=False, ready=False, seen_at=None)
    return Acknowledgement(
        node.name,
        ack.version,
        has_it=version is not None and ack.version >= version,
        ready=ack.ready,
        seen_at=ack.seen_at,
    )
