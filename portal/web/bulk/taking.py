"""A step on many numbers, taken or rehearsed: the same code, so that a preview says what comes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db.models import prefetch_related_objects

from accounts.actors import Actor
from accounts.work import acting, rehearsing
from dids.models import PhoneNumber
from dids.workflows.handover import locked
from dids.workflows.many import MOST
from lib.e164 import is_e164
from lib.refusals import UnableTo
from portal.web.bulk.outcome import Line
from portal.web.bulk.step import Back, Step, Work
from portal.web.forms import PortalForm
from portal.web.number_parts import Maker
from portal.web.seen import ChangedMeanwhile

Seen = Mapping[str, str]
"""Numbers in E.164, each with a digest of what its reader saw of it; "" asks nothing."""


@dataclass(frozen=True)
class Taken:
    """
    What a step did, or would do.

    :ivar seen: what is there now, for the form that has it done
    """

    lines: list[Line]
    back: Back | None
    seen: Seen

    @property
    def count(self) -> int:
        """Count the numbers with which it is done."""
        return sum(line.is_done for line in self.lines)


def written(seen: Seen) -> str:
    """Write numbers and digests into one field; a field for each would be too many for a form."""
    return " ".join(f"{e164}:{digest}" if digest else e164 for e164, digest in seen.items())


def read(text: str) -> dict[str, str]:
    """Read such a field, in order and MOST at most; what is no number is left out."""
    pairs = (word.partition(":") for word in text.split())
    found = sorted((e164, digest) for e164, _, digest in pairs if is_e164(e164))
    return dict(found[:MOST])


def take(step: Step, seen: Seen, form: PortalForm, *, actor: Actor, now: datetime) -> Taken:
    """
    Take a step with every number that can, in one transaction.

    One that somebody changed after the preview is left as it is and named; the others go on.

    :raises UnableTo: if the step itself cannot be taken, with none of them
    """
    with acting(actor):
        rows = locked(step.rows(actor, seen))
        prefetch_related_objects(rows, "assignment")
        labels = {row.e164: row.label for row in rows}
        now_there = {row.e164: _digest(row, actor, step.watched) for row in rows}
        refusals: dict[str, UnableTo] = {
            e164: UnableTo("There is no such number that you may see.")
            for e164 in seen
            if e164 not in labels
        }
        for row in rows:
            if seen[row.e164] not in {"", now_there[row.e164]}:
                refusals[row.e164] = _changed(row, actor, step.watched)
        same = [row for row in rows if row.e164 not in refusals]
        work = Work(list(seen), same, form, actor, now, refusals)
        did = step.run(work)
    lines = [
        Line(
            e164,
            labels.get(e164, ""),
            did.says.get(e164) or str(refusals.get(e164, "")),
            e164 in did.says,
        )
        for e164 in seen
    ]
    # What needs looking at comes first.
    return Taken(sorted(lines, key=lambda line: line.is_done), did.back, now_there)


def rehearse(step: Step, seen: Seen, form: PortalForm, *, actor: Actor, now: datetime) -> Taken:
    """Say what a step would do, and undo it; refuses like `take`."""
    with rehearsing(actor):
        return take(step, seen, form, actor=actor, now=now)


def _digest(number: PhoneNumber, actor: Actor, makers: tuple[Maker, ...]) -> str:
    values = "\n".join(make(number, actor).value for make in makers)
    return sha256(values.encode()).hexdigest()[:16]


def _changed(number: PhoneNumber, actor: Actor, makers: tuple[Maker, ...]) -> ChangedMeanwhile:
    now = " ".join(make(number, actor).says for make in makers)
    return ChangedMeanwhile(f"It was changed after you looked, so it is left as it is. {now}")
