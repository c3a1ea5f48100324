"""Lists of numbers on their way into stock: uploaded, checked, applied or discarded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from accounts import journal
from accounts.actors import Actor, System
from accounts.work import acting
from dids import events, import_columns, tasks, timing
from dids.import_cells import UnreadableCell, country, currency
from dids.import_files import Arrival
from dids.import_lines import UnreadableList
from dids.imports import is_too_short
from dids.models import Import, ImportPiece, ImportRow
from dids.states import IMPORT, ImportStatus
from dids.workflows.standing import require_seat
from lib.locks import no_key
from lib.nudges import nudge
from lib.refusals import UnableTo
from trunks.models import CarrierAccount

_S = ImportStatus
KEPT = timedelta(days=7)
"""So long a list waits for somebody who applies it."""
WORK_SECONDS = 95.0
"""A worker is ended after a hundred seconds."""
PIECE = 1024 * 1024
MOST_TRIES = 3
TOO_LONG = "It took too long, three times. Part the list into several files."
"""Bytes that are kept in one row."""


class UnableToImport(UnableTo):
    """The list cannot be taken, checked or applied."""

    code = "cannot_import"

    def __init__(self, message: str, *, field: str = "", conflict: bool = False) -> None:
        super().__init__(message, field=field)
        self.conflict = conflict


def upload(
    *,
    account: CarrierAccount,
    file_name: str,
    content: Iterable[bytes],
    actor: Actor,
    now: datetime,
) -> Import:
    """
    Take in a list of numbers, which changes nothing yet.

    :param content: the file, in pieces of any size; never held as a whole
    :raises UnableToImport: if it is too large, or no list that can be read
    """
    require_seat(actor, account.owner, what=account.name)
    arrival = Arrival()
    with acting(actor):
        source = Import.objects.create(
            account=account,
            file_name=file_name.strip()[-200:] or "list.csv",
            size=0,
            lines=0,
            separator=",",
            country=account.owner.country,
            currency=account.owner.currency,
            uploaded_by=actor.name,
            uploaded_at=now,
            status_since=now,
            next_attempt_at=now + KEPT,
        )
        try:
            for place, piece in enumerate(_cut(content)):
                arrival.look(piece)
                ImportPiece.objects.create(source=source, place=place, content=piece)
            arrival.end()
            source.sample = arrival.sample()
        except UnreadableList as trouble:
            raise UnableToImport(str(trouble), field="file") from None
        source.separator = arrival.separator()
        source.sha256 = arrival.sha256
        source.size, source.lines = arrival.size, arrival.lines
        source.save()
        note(actor, events.IMPORT_UPLOADED, source, now=now)
    return source


def check(
    *,
    source: Import,
    columns: Mapping[str, int],
    options: Mapping[str, Any],
    actor: Actor,
    now: datetime,
) -> None:
    """
    Have every line of a list judged against the stock, which changes nothing yet.

    :param columns: the place of each field in a line
    :param options: `country`, `currency`, `is_full_list` and `divisible`, those that are to change
    :raises UnableToImport: if the choice of columns or an option makes no sense
    :raises UnableToMove: if the list is being checked or applied, or was
    """
    require_seat(actor, source.account.owner, what=source.account.name)
    if found := import_columns.trouble(columns, len(source.sample[0])):
        raise UnableToImport(found[1], field=f"columns.{found[0]}")
    with acting(actor):
        IMPORT.edges.move(
            source,
            to=_S.CHECKING,
            now=now,
            columns=dict(columns),
            **_options(options),
            checked_lines=0,
            attempt=None,
            call_before=None,
            tries=0,
            next_attempt_at=now + timing.span("NUDGE_AGAIN_SECONDS"),
            failure="",
        )
        _nudge(source)


def apply(
    *, source: Import, believes_short_list: bool = False, actor: Actor, now: datetime
) -> None:
    """
    Have a checked list applied to the stock, by a worker and whole.

    :param believes_short_list: whether many numbers are known to have gone
    :raises UnableToImport: if a full list lacks so many of our numbers that it is in doubt
    :raises UnableToMove: if it is not checked, or applied already
    """
    require_seat(actor, source.account.owner, what=source.account.name)
    IMPORT.edges.require(source, _S.APPLYING)
    if not believes_short_list:
        require_credible(source)
    with acting(actor):
        IMPORT.edges.move(
            source,
            to=_S.APPLYING,
            now=now,
            believes_short_list=believes_short_list,
            attempt=None,
            call_before=None,
            tries=0,
            next_attempt_at=now + timing.span("NUDGE_AGAIN_SECONDS"),
            failure="",
        )
        note(actor, events.IMPORT_WANTED, source, now=now)
        _nudge(source)


def discard(*, source: Import, actor: Actor, now: datetime) -> None:
    """
    Put a list aside that was not applied; what was kept of it is deleted.

    :raises UnableToMove: if it is being checked or applied, or was applied
    """
    require_seat(actor, source.account.owner, what=source.account.name)
    with acting(actor):
        IMPORT.edges.move(source, to=_S.DISCARDED, now=now, next_attempt_at=None)
        ImportRow.objects.filter(source=source).delete()
        ImportPiece.objects.filter(source=source).delete()
        note(actor, events.IMPORT_DISCARDED, source, now=now)


def require_credible(source: Import) -> None:
    """
    Make sure that a full list does not lack too many of our numbers.

    :raises UnableToImport: if it does
    """
    if is_too_short(source):
        raise UnableToImport(
            f"The list lacks {source.missing:,} of our {source.ours:,} numbers at this account, "
            "more than a tenth: perhaps it is not the full one. Check it again as a partial list, "
            "or say that those numbers have gone.",
            field="believes_short_list",
            conflict=True,
        )


def carry_out(*, import_id: int, now: datetime) -> None:
    """
    Check or apply a list, whichever is asked for.

    :raises UnableToMove: if another worker has it
    """
    from dids.workflows import import_applying, import_checking

    source = (
        Import.objects.under_way().select_related("account__owner").filter(pk=import_id).first()
    )
    if source is None or (source.call_before is not None and now < source.call_before):
        return
    if source.tries >= MOST_TRIES:
        _give_up(source, now=now)
        return
    work = import_checking if source.status == _S.CHECKING else import_applying
    work.carry_out(source, now=now)


def discard_old(*, now: datetime, most: int) -> int:
    """Discard lists that nobody applied in time; gives how many."""
    actor = System("dids.import")
    waiting = Import.objects.filter(
        status__in=[_S.UPLOADED, _S.CHECKED], next_attempt_at__lte=now
    ).select_related("account__owner")
    with acting(actor):
        over = list(no_key(waiting, "pk")[:most])
        for source in over:
            discard(source=source, actor=actor, now=now)
    return len(over)


def note(
    actor: Actor,
    event_type: journal.EventType,
    source: Import,
    *,
    now: datetime,
    after: Mapping[str, int] | None = None,
    reason: str = "",
) -> None:
    """Write down what happened to a list."""
    journal.record(
        actor,
        event_type,
        now=now,
        subject=source.subject,
        organization=source.account.owner,
        after={
            "file": source.file_name,
            "carrier_account": source.account.name,
            **(after or {}),
        },
        reason=reason[:500],
    )


def claim(source: Import, *, now: datetime) -> UUID:
    """
    Begin what is asked for; another worker may begin it anew once this one must have ended.

    :raises UnableToMove: if another worker has it
    """
    until = now + timedelta(seconds=WORK_SECONDS)
    return IMPORT.edges.claim(
        source,
        to=source.status,
        now=now,
        call_before=until,
        next_attempt_at=until,
        tries=source.tries + 1,
    )


def _give_up(source: Import, *, now: datetime) -> None:
    """Go back before a step that no worker ends in its time."""
    actor = System("dids.import")
    back = _S.UPLOADED if source.status == _S.CHECKING else _S.CHECKED
    with acting(actor):
        IMPORT.edges.record(
            source,
            attempt=source.attempt,
            to=back,
            now=now,
            next_attempt_at=now + KEPT,
            failure=TOO_LONG,
        )
        note(actor, events.IMPORT_NOT_APPLIED, source, now=now, reason=TOO_LONG)


def _options(options: Mapping[str, Any]) -> dict[str, Any]:
    chosen = dict(options)
    try:
        for name, read in (("country", country), ("currency", currency)):
            if name in chosen:
                chosen[name] = read(name, chosen[name])
    except UnreadableCell as trouble:
        raise UnableToImport(str(trouble), field=trouble.field) from None
    return chosen


def _cut(content: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for piece in content:
        held += piece
        while len(held) >= PIECE:
            yield bytes(held[:PIECE])
            del held[:PIECE]
    if held:
        yield bytes(held)


def _nudge(source: Import) -> None:
    message = {"import_id": source.pk}
    nudge(tasks.carry_out_import.delay, **message)
