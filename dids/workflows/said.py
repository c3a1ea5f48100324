"""What a person says became of numbers at a carrier, and what of it is news."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dids.models import Task
from dids.workflows import task_moves as moves
from dids.workflows.task_moves import LONGEST_REFERENCE, UnableToDo
from lib.e164 import E164
from trunks.errors import Reason


class Said(StrEnum):
    """What became of a number that somebody orders, or has ceased."""

    BOUGHT = "BOUGHT"
    CEASED = "CEASED"
    FAILED = "FAILED"
    PENDING = "PENDING"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """
    What became of one number.

    :ivar carrier_reference: the carrier's own number for it, where it was bought and has one
    :ivar code: the code of the carrier's table where it was refused
    """

    number: E164
    status: Said
    carrier_reference: str = ""
    code: str = ""


def codes(task: Task) -> dict[str, tuple[str, Reason]]:
    """Give the carrier's codes as they were when the task was opened."""
    return {code: (words, Reason(reason)) for code, words, reason in task.payload.get("codes", [])}


def why_refused(task: Task, code: str) -> tuple[str, Reason]:
    """Give a refusal in the carrier's words, and its reason."""
    words, reason = codes(task).get(code, ("", Reason.OTHER))
    return (f"{code}: {words}" if words else ""), reason


def news(
    task: Task, outcomes: Sequence[Outcome], known: Mapping[str, Said], *, good: Said
) -> dict[str, Outcome]:
    """
    Give what was not said before, by number.

    :param known: what is known of each number of the task, PENDING where nothing is
    :param good: what becomes of a number that is not refused
    :raises UnableToDo: if an outcome makes no sense
    """
    there = codes(task)
    fresh: dict[str, Outcome] = {}
    for place, outcome in enumerate(outcomes):
        field = f"numbers[{place}]"
        if outcome.number not in known or outcome.number in fresh:
            raise moves.invalid(f"{outcome.number} is not in this task, or twice.", field=field)
        if outcome.status not in {good, Said.FAILED, Said.PENDING}:
            raise moves.invalid(
                f"Say {good} of {outcome.number}, {Said.FAILED} or {Said.PENDING}.",
                field=f"{field}.status",
            )
        if len(outcome.carrier_reference) > LONGEST_REFERENCE:
            raise moves.invalid(
                f"Shorten the reference to {LONGEST_REFERENCE} characters.",
                field=f"{field}.carrier_reference",
            )
        if outcome.status == Said.FAILED and outcome.code not in there:
            raise moves.invalid(
                f"Choose why the carrier refuses {outcome.number}: {', '.join(there)}.",
                field=f"{field}.code",
            )
        before = known[outcome.number]
        if outcome.status in {Said.PENDING, before}:
            continue
        if before != Said.PENDING:
            raise UnableToDo(
                f"{outcome.number} was written down as {before.lower()} already. "
                "Look at the task again.",
                field=field,
            )
        fresh[outcome.number] = outcome
    return fresh


def require_none_left(left: Sequence[str]) -> None:
    """
    Make sure that it is known of each number what became of it.

    :param left: some of those of which it is not
    :raises UnableToDo: naming them
    """
    if left:
        more = " and others" if len(left) > 3 else ""
        raise UnableToDo(f"Write down first what became of {', '.join(left[:3])}{more}.")
