"""Judging every line of an uploaded list: piece by piece, so that as much memory does for any."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from accounts.actors import System
from accounts.work import acting
from dids import import_files, timing
from dids.import_files import MOST_LINES
from dids.import_lines import Entry, Plan, UnreadableList, entries, records
from dids.models import Import, ImportPiece, ImportRow
from dids.states import IMPORT, ImportStatus
from dids.workflows import import_comparing, import_verdicts, importing
from dids.workflows.importing import KEPT
from lib import pauses
from lib.transitions import LostRace

_ACTOR = System("dids.import")
_S = ImportStatus
AT_ONCE = 5_000
"""Numbers of one transaction."""


def carry_out(source: Import, *, now: datetime) -> None:
    """
    Judge every line, anew from the first one.

    :raises UnableToMove: if another worker has it
    """
    clock = timing.Elapsed(now)
    attempt = importing.claim(source, now=now)
    pauses.at("import.checking")
    try:
        _keep_all(source, attempt)
    except UnreadableList as trouble:
        with acting(_ACTOR):
            _end(source, attempt, _S.UPLOADED, now=clock.now(), failure=str(trouble)[:300])
        return
    pauses.at("import.kept")
    with acting(_ACTOR):
        import_verdicts.compare(source)
        counts = import_verdicts.counts(source)
        if source.is_full_list:
            counts |= import_comparing.counts(source)
        _end(source, attempt, _S.CHECKED, now=clock.now(), **counts)


def _keep_all(source: Import, attempt: UUID) -> None:
    with acting(_ACTOR):
        _hold(source, attempt, checked_lines=0)
        ImportRow.objects.filter(source=source).delete()
    plan = Plan(source.columns, source.country, source.currency, source.separator)
    found, total = _entries(source, plan), 0
    while some := list(islice(found, AT_ONCE)):
        total += len(some)
        if total > MOST_LINES:
            raise UnreadableList(
                f"The list has more than {MOST_LINES:,} numbers. Part it into several files."
            )
        with acting(_ACTOR):
            _hold(source, attempt, checked_lines=some[-1].line)
            import_verdicts.keep(source, some)
        pauses.at("import.keeping")


def _entries(source: Import, plan: Plan) -> Iterator[Entry]:
    rows = records(import_files.lines(_pieces(source)), plan.separator)
    next(rows, None)  # the names of the columns
    for row in rows:
        yield from entries(*row, plan)


def _pieces(source: Import) -> Iterable[bytes]:
    pieces = ImportPiece.objects.filter(source=source)
    for place in range(pieces.count()):
        yield bytes(pieces.values_list("content", flat=True).get(place=place))


def _hold(source: Import, attempt: UUID, **progress: int) -> None:
    """Make sure that nobody else took over, until this transaction ends."""
    mine = Import.objects.filter(pk=source.pk, attempt=attempt, status=_S.CHECKING)
    if not mine.update(**progress):
        raise LostRace("Another worker checks this list.")


def _end(
    source: Import,
    attempt: UUID,
    to: ImportStatus,
    *,
    now: datetime,
    **changes: Any,
) -> None:
    IMPORT.edges.record(
        source, attempt=attempt, to=to, now=now, next_attempt_at=now + KEPT, **changes
    )
