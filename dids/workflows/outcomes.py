"""What became of numbers that a person orders or ceases: its words are the carrier's answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from accounts.actors import Actor
from accounts.work import acting
from dids import events
from dids.models import CarrierOrder, OrderLine, Task, TaskKind
from dids.states import LineStatus, TaskStatus
from dids.workflows import ceased, recording, said
from dids.workflows import task_moves as moves
from dids.workflows.said import Outcome, Said
from dids.workflows.task_moves import LONGEST_REFERENCE, UnableToDo
from lib import pauses
from lib.e164 import E164
from trunks.offers import LineStatus as Answer
from trunks.offers import OrderedNumber, PlacedOrder

__all__ = ["Outcome", "Said", "none", "require_all", "write_down"]

_KNOWN = {LineStatus.WAITING: Said.PENDING, LineStatus.BOUGHT: Said.BOUGHT}


def write_down(
    *, task: Task, outcomes: Sequence[Outcome], reference: str = "", actor: Actor, now: datetime
) -> None:
    """
    Write down what became of numbers, as a carrier's answer would; whatever is left stays pending.

    It may be done in parts. What is written down twice counts once, and the last part completes
    the task.

    :param reference: the carrier's own number for the order
    :raises UnableToDo: if somebody else has the task, it is closed, or an outcome makes no sense
    :raises UnableToStandIn: if the task is another organization's
    """
    moves.require_hand(task, actor, end=TaskStatus.DONE)
    record = _RECORDS.get(TaskKind(task.kind))
    if record is None:
        raise UnableToDo("This task is about no numbers by hand. Complete it instead.")
    told = moves.words(reference, field="reference", longest=LONGEST_REFERENCE)
    told = told or task.external_reference
    pauses.at("task.writing_down")
    with acting(actor):
        left = record(task, outcomes, told, actor, now)
        _move(task, actor, now, left=left, reference=told)


def _order(
    task: Task, outcomes: Sequence[Outcome], reference: str, actor: Actor, now: datetime
) -> int:
    carrier_order, lines = _locked(task)
    known = {line.e164: _KNOWN.get(LineStatus(line.status), Said.FAILED) for line in lines}
    news = said.news(task, outcomes, known, good=Said.BOUGHT)
    answer = PlacedOrder(
        carrier_reference=reference,
        numbers=tuple(_answered(task, line, news) for line in lines),
    )
    if Said.PENDING in known.values():
        recording.placed(carrier_order, answer, attempt=carrier_order.attempt, now=now)
    left = carrier_order.lines.filter(status=LineStatus.WAITING).count()
    counts = Counter(outcome.status for outcome in news.values())
    moves.note(
        actor,
        events.TASK_OUTCOMES,
        task,
        now=now,
        bought=counts[Said.BOUGHT],
        failed=counts[Said.FAILED],
        left=left,
        references={n: o.carrier_reference for n, o in news.items() if o.carrier_reference},
        reasons={n: o.code for n, o in news.items() if o.code},
    )
    return left


def _release(
    task: Task, outcomes: Sequence[Outcome], _reference: str, actor: Actor, now: datetime
) -> int:
    return ceased.write_down(task, outcomes, actor=actor, now=now)


_RECORDS: Mapping[TaskKind, Callable[[Task, Sequence[Outcome], str, Actor, datetime], int]] = {
    TaskKind.CARRIER_ORDER: _order,
    TaskKind.CARRIER_RELEASE: _release,
}


def require_all(task: Task, _actor: Actor, _now: datetime) -> None:
    """
    Make sure that it is known of each number what became of it.

    :raises UnableToDo: naming those of which it is not
    """
    waiting = OrderLine.objects.filter(
        carrier_order=task.carrier_order_id, status=LineStatus.WAITING
    )
    said.require_none_left(list(waiting.order_by("e164").values_list("e164", flat=True)[:4]))


def none(task: Task, why: str, _actor: Actor, now: datetime) -> None:
    """Write down that the carrier sells nothing more of an order; the money returns."""
    carrier_order, lines = _locked(task)
    waiting = [line for line in lines if line.status == LineStatus.WAITING]
    if waiting:
        refused = [
            OrderedNumber(number=E164(line.e164), status=Answer.FAILED, reason=why)
            for line in waiting
        ]
        answer = PlacedOrder(carrier_reference="", numbers=tuple(refused))
        recording.placed(carrier_order, answer, attempt=carrier_order.attempt, now=now)


def _locked(task: Task) -> tuple[CarrierOrder, list[OrderLine]]:
    """Read the order under the locks of recording: whoever wrote something down has committed."""
    rows = CarrierOrder.objects.select_related("order__payer", "carrier_account__owner", "trunk")
    recording.lock(rows.get(tasks=task))
    carrier_order = rows.get(tasks=task)
    return carrier_order, list(carrier_order.lines.order_by("e164"))


def _answered(task: Task, line: OrderLine, news: Mapping[str, Outcome]) -> OrderedNumber:
    number = E164(line.e164)
    outcome = news.get(number)
    if outcome is None:
        # Told, so that no clock takes it for refused.
        return OrderedNumber(number=number, status=Answer.PENDING)
    words, refusal = said.why_refused(task, outcome.code)
    return OrderedNumber(
        number=number,
        status=Answer(outcome.status),
        carrier_reference=outcome.carrier_reference,
        reason=words,
        refusal=refusal,
    )


def _move(task: Task, actor: Actor, now: datetime, *, left: int, reference: str) -> None:
    changes = {"taken_by": actor.name, "external_reference": reference}
    if not left:
        moves.move(task, TaskStatus.DONE, actor, now, **changes)
    elif task.status == TaskStatus.OPEN:
        moves.move(task, TaskStatus.TAKEN, actor, now, **changes)
    else:
        moves.keep(task, actor, **changes)
