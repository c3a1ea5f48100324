"""The numbers of a task in which a person plays a carrier, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dids.models import OrderLine, Release, Task, TaskKind
from dids.states import LineStatus, NumberStatus, ReleaseStatus
from dids.workflows import ceased
from dids.workflows.outcomes import Said
from lib.e164 import E164
from portal.web.forms.work import OutcomesForm


@dataclass(frozen=True, kw_only=True)
class Line:
    """
    One number.

    :ivar status: as it is colored
    :ivar words: what became of it
    :ivar is_waiting: whether nothing has yet
    :ivar has_page: whether it is in stock
    """

    e164: E164
    status: str
    words: str
    is_waiting: bool
    has_page: bool = True
    failure: str = ""
    reference: str = ""


def lines_of(task: Task) -> list[Line]:
    """Give the numbers that are ordered, or ceased with others; none for other tasks."""
    if task.kind == TaskKind.CARRIER_ORDER and task.carrier_order is not None:
        rows = task.carrier_order.lines.select_related("number").order_by("e164")
        return [_ordered(row) for row in rows]
    if task.kind == TaskKind.CARRIER_RELEASE:
        ceasing = ceased.of(task)
        return [_ceased(row) for row in ceasing] if len(ceasing) > 1 else []
    return []


def grid(task: Task, lines: Sequence[Line], data: Any = None) -> OutcomesForm | None:
    """Ask what became of each number; None where there is nothing to be said of each."""
    if not lines:
        return None
    good = Said.BOUGHT if task.kind == TaskKind.CARRIER_ORDER else Said.CEASED
    waiting = [line.e164 for line in lines if line.is_waiting]
    return OutcomesForm(waiting, task.payload.get("codes", []), data, good=good)


def _ordered(row: OrderLine) -> Line:
    return Line(
        e164=E164(row.e164),
        status=row.status,
        words=row.get_status_display().lower(),
        is_waiting=row.status == LineStatus.WAITING,
        has_page=row.status == LineStatus.BOUGHT,
        failure=row.failure,
        reference=row.number.carrier_reference if row.number else "",
    )


def _ceased(row: Release) -> Line:
    is_gone = row.status == ReleaseStatus.DONE
    return Line(
        e164=E164(row.number.e164),
        status=row.number.status if is_gone else row.status,
        words="ceased" if is_gone else row.get_status_display().lower(),
        is_waiting=row.status == ReleaseStatus.BY_HAND,
        has_page=row.number.status != NumberStatus.RELEASED,
        failure=row.failure,
    )
