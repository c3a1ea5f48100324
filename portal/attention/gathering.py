"""All lines together: what needs somebody now, and what comes soon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.actors import Actor
from portal.attention import coming, doubts, network
from portal.attention import help as finding_help
from portal.attention.matters import Matter, Source

NOW: tuple[Source, ...] = (
    network.routers,
    network.publishing,
    network.work,
    network.carriers,
    finding_help.unfound,
    finding_help.addresses,
    doubts.orders,
    doubts.back_orders,
    doubts.deliveries,
    doubts.returns,
    doubts.tasks,
    doubts.documents,
    doubts.differences,
    network.trunks,
    network.journal,
)
"""What keeps calls from ringing comes first."""

SOON: tuple[Source, ...] = (
    coming.holds,
    coming.returns,
    coming.offers,
    coming.quarantines,
    coming.documents,
)


@dataclass(frozen=True)
class Attention:
    """
    What an actor may know of.

    :ivar now: what needs somebody, the gravest first
    :ivar soon: what comes in the next days by itself
    """

    now: list[Matter]
    soon: list[Matter]

    @property
    def count(self) -> int:
        """Tell how many things need somebody, those included that are not told one by one."""
        return sum(1 + matter.more for matter in self.now)


def gather(actor: Actor, now: datetime) -> Attention:
    """Ask every source; each costs one query however much there is, those of carriers Redis too."""
    return Attention(
        [matter for source in NOW for matter in source(actor, now)],
        [matter for source in SOON for matter in source(actor, now)],
    )
