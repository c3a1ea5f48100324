"""What was published on a switch of late, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from provisioning import writer
from provisioning.models import Pbx, RouteChange, Table

MOST = 20


@dataclass(frozen=True)
class Step:
    """
    One number that one version changed.

    :ivar was: what calls did before, in words; "" if the number was not published
    :ivar does: what they do since; "" if it is published no more
    """

    number: str
    version: int
    at: datetime
    was: str
    does: str


def latest(pbx: Pbx) -> list[Step]:
    """Give the newest changes of a switch's numbers, the last one first."""
    changes = RouteChange.objects.filter(pbx=pbx, table=Table.INBOUND)
    return [
        Step(f"+{change.key}", change.version, change.at, _said(change.old), _said(change.new))
        for change in changes.order_by("-version", "-key")[:MOST]
    ]


def _said(value: str | None) -> str:
    return writer.said(value) if value is not None else ""
