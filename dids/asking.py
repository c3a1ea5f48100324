"""What people will be asked to do at carriers without an interface, before anything is ordered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from dids.models import NumberOrder, OrderLine
from dids.workflows import opening
from lib.e164 import E164
from trunks import capabilities, connect, registry
from trunks.by_hand import NeedsPerson
from trunks.deadlines import Deadline
from trunks.models import CarrierAccount, Trunk
from trunks.operations import Operation, Way
from trunks.roles import SellsNumbers

REFERENCE = "made when it is ordered"


@dataclass(frozen=True)
class Asked:
    """
    What a person will be asked.

    :ivar steps: one after the other
    :ivar text: what can be copied then
    :ivar due_at: by when, if it were ordered now
    """

    account: CarrierAccount
    count: int
    steps: Sequence[str]
    text: str
    due_at: datetime


def before(order: NumberOrder, *, now: datetime) -> list[Asked]:
    """Give what people will be asked once a preview is ordered; nothing where interfaces do it."""

    def write(line: OrderLine) -> tuple[int, int]:
        return line.carrier_account_id, line.trunk_id or 0

    lines = sorted(order.lines.all(), key=lambda line: (*write(line), line.e164))
    asked = [_asked(list(group), now=now) for _, group in groupby(lines, key=write)]
    return [one for one in asked if one is not None]


def _asked(lines: Sequence[OrderLine], *, now: datetime) -> Asked | None:
    account, trunk = lines[0].carrier_account, lines[0].trunk
    adapter = registry.carrier(account.carrier)
    if capabilities.way(adapter, Operation.ORDER) != Way.MANUAL:
        return None
    try:
        _order(account, trunk, [E164(line.e164) for line in lines])
    except NeedsPerson as ask:
        due_at = opening.due(ask, account.owner, now=now)
        return Asked(account, len(lines), ask.steps, ask.text, due_at)
    return None


def _order(account: CarrierAccount, trunk: Trunk | None, numbers: Sequence[E164]) -> None:
    """Ask as the purchase will; by hand, that calls nobody."""
    seller = connect.listening(account)
    if isinstance(seller, SellsNumbers):
        binding = trunk.carrier_reference if trunk and seller.binds_with_order else ""
        seller.order(numbers, reference=REFERENCE, binding=binding, deadline=Deadline(0))
