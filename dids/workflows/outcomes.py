"""What became of numbers that a person orders at a carrier: its words are the carrier's answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.actors import Actor
from accounts.work import acting
from dids import events
from dids.models import CarrierOrder, OrderLine, Task, TaskKind
from dids.states import LineStatus, TaskStatus
from dids.workflows import recording
from dids.workflows import task_moves as moves
from dids.workflows.task_moves import LONGEST_REFERENCE, UnableToDo
from lib import pauses
from lib.e164 import E164
from trunks.errors import Reason
from trunks.offers import LineStatus as Answer
from trunks.offers import OrderedNumber, PlacedOrder

_DECIDED = {Answer.BOUGHT: LineStatus.BOUGHT, Answer.FAILED: LineStatus.FAILED}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """
    What became of one number.

    :ivar carrier_reference: the carrier's own number for it, where it was bought and has one
    :ivar code: the code of the carrier's table where it was refused
    """

    number: E164
    status: Answer
    carrier_reference: str = ""
    code: str = ""


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
    if task.kind != TaskKind.CARRIER_ORDER:
        raise UnableToDo("This task is about no order by hand. Complete it instead.")
    known = moves.words(reference, field="reference", longest=LONGEST_REFERENCE)
    known = known or task.external_reference
    pauses.at("task.writing_down")
    with acting(actor):
        carrier_order, lines = _locked(task)
        news = _checked(outcomes, lines, _codes(task))
        answer = PlacedOrder(
            carrier_reference=known,
            numbers=tuple(_answered(line, news, _codes(task)) for line in lines),
        )
        if any(line.status == LineStatus.WAITING for line in lines):
            recording.placed(carrier_order, answer, attempt=carrier_order.attempt, now=now)
        left = carrier_order.lines.filter(status=LineStatus.WAITING).count()
        _move(task, actor, now, left=left, reference=known)
        said = Counter(outcome.status for outcome in news.values())
        moves.note(
            actor,
            events.TASK_OUTCOMES,
            task,
            now=now,
            bought=said[Answer.BOUGHT],
            failed=said[Answer.FAILED],
            left=left,
            references={n: o.carrier_reference for n, o in news.items() if o.carrier_reference},
            reasons={n: o.code for n, o in news.items() if o.code},
        )


def require_all(task: Task, _actor: Actor, _now: datetime) -> None:
    """
    Make sure that it is known of each number what became of it.

    :raises UnableToDo: naming those of which it is not
    """
    waiting = OrderLine.objects.filter(
        carrier_order=task.carrier_order_id, status=LineStatus.WAITING
    )
    left = list(waiting.order_by("e164").values_list("e164", flat=True)[:4])
    if left:
        more = " and others" if len(left) > 3 else ""
        raise UnableToDo(f"Write down first what became of {', '.join(left[:3])}{more}.")


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


def _codes(task: Task) -> dict[str, tuple[str, Reason]]:
    """Give the carrier's codes as they were when the task was opened."""
    return {code: (words, Reason(reason)) for code, words, reason in task.payload.get("codes", [])}


def _checked(
    outcomes: Sequence[Outcome], lines: Sequence[OrderLine], codes: dict[str, tuple[str, Reason]]
) -> dict[str, Outcome]:
    """Give what is new, by number."""
    there = {line.e164: line for line in lines}
    news: dict[str, Outcome] = {}
    for place, outcome in enumerate(outcomes):
        field = f"numbers[{place}]"
        line = there.get(outcome.number)
        if line is None or outcome.number in news:
            raise moves.invalid(f"{outcome.number} is not in this task, or twice.", field=field)
        if len(outcome.carrier_reference) > LONGEST_REFERENCE:
            raise moves.invalid(
                f"Shorten the reference to {LONGEST_REFERENCE} characters.",
                field=f"{field}.carrier_reference",
            )
        if outcome.status == Answer.FAILED and outcome.code not in codes:
            raise moves.invalid(
                f"Choose why the carrier refuses {outcome.number}: {', '.join(codes)}.",
                field=f"{field}.code",
            )
        if outcome.status == Answer.PENDING or line.status == _DECIDED[outcome.status]:
            continue
        if line.status != LineStatus.WAITING:
            raise UnableToDo(
                f"{line.e164} was written down as {line.get_status_display().lower()} already. "
                "Look at the task again.",
                field=field,
            )
        news[outcome.number] = outcome
    return news


def _answered(
    line: OrderLine, news: dict[str, Outcome], codes: dict[str, tuple[str, Reason]]
) -> OrderedNumber:
    number = E164(line.e164)
    outcome = news.get(number)
    if outcome is None:
        # Told, so that no clock takes it for refused.
        return OrderedNumber(number=number, status=Answer.PENDING)
    words, refusal = codes.get(outcome.code, ("", Reason.OTHER))
    return OrderedNumber(
        number=number,
        status=outcome.status,
        carrier_reference=outcome.carrier_reference,
        reason=f"{outcome.code}: {words}" if words else "",
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
