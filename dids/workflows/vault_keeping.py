"""What workers do for the vault: have documents scanned, erase what is to go."""

from __future__ import annotations

from datetime import datetime

from accounts import journal
from accounts.actors import System
from accounts.work import acting
from dids import events, scanning, timing
from dids.models import Document
from dids.states import DOCUMENT, DocumentStatus
from dids.workflows import vault
from lib import pauses
from lib.locks import no_key

_ACTOR = System("vault.keep")
_S = DocumentStatus


def look_after(*, document_id: int, now: datetime) -> None:
    """
    Do what a document waits for. Each step can be done twice without harm.

    :raises UnableToMove: if another worker did it first
    """
    document = Document.objects.select_related("organization").filter(pk=document_id).first()
    if document is None or document.status == _S.ERASED:
        return
    if document.status == _S.ERASING:
        _erase(document, now)
    elif document.status == _S.PENDING:
        _scan(document, now)
    elif document.status == _S.ARRIVING:
        if _is_cut_off(document, now):
            with acting(_ACTOR):
                vault.begin_erasing(document, now=now)
    elif document.status == _S.UNSCANNED and scanning.is_set():
        _have_scanned(document, now)
    else:
        _lapse(document, now)


def _is_cut_off(document: Document, now: datetime) -> bool:
    return document.status_since + timing.span("DOCUMENT_ARRIVES_SECONDS") <= now


def _have_scanned(document: Document, now: datetime) -> None:
    with acting(_ACTOR):
        DOCUMENT.edges.move(document, to=_S.PENDING, now=now, next_attempt_at=now)
    _scan(document, now)


def _scan(document: Document, now: datetime) -> None:
    if not scanning.is_set():
        # Nobody scans any more: it is as good as one that came after that.
        _settle(document, _S.UNSCANNED, now)
        return
    try:
        is_clean = scanning.is_clean(vault.read(document))
    except (scanning.UnableToScan, vault.UnableToOpen) as trouble:
        again = now + timing.span("DOCUMENT_SCAN_AGAIN_SECONDS")
        Document.objects.filter(pk=document.pk, status=_S.PENDING).update(
            next_attempt_at=again, failure=str(trouble)[:200]
        )
        return
    pauses.at("vault.scanned")
    _settle(document, _S.CLEAN if is_clean else _S.INFECTED, now)


def _settle(document: Document, to: DocumentStatus, now: datetime) -> None:
    with acting(_ACTOR):
        due = vault.when_it_lapses(document)
        DOCUMENT.edges.move(document, to=to, now=now, next_attempt_at=due, failure="")
        if to == _S.INFECTED:
            _note(document, events.DOCUMENT_INFECTED, now)


def _lapse(document: Document, now: datetime) -> None:
    """Erase what need not be kept any longer, unless something still depends on it."""
    with acting(_ACTOR):
        list(no_key(Document.objects.filter(pk=document.pk)))
        over = vault.when_it_lapses(document)
        if over is None or over > now or document.uses.exists():
            again = None if over is None else max(over, now + timing.span("DOCUMENT_LOOK_SECONDS"))
            Document.objects.filter(pk=document.pk, status=document.status).update(
                next_attempt_at=again
            )
            return
        vault.begin_erasing(document, now=now)
        _note(document, events.DOCUMENT_LAPSED, now)


def _erase(document: Document, now: datetime) -> None:
    try:
        vault.erase_content(document)
    except OSError as trouble:
        again = now + timing.span("DOCUMENT_SCAN_AGAIN_SECONDS")
        Document.objects.filter(pk=document.pk, status=_S.ERASING).update(
            next_attempt_at=again, failure=f"Its storage could not be reached: {trouble}"[:200]
        )
        return
    pauses.at("vault.erased")
    with acting(_ACTOR):
        # The names of people go with the content; hash and type go on telling what it was.
        DOCUMENT.edges.move(
            document, to=_S.ERASED, now=now, next_attempt_at=None, name="", signer="", failure=""
        )


def _note(document: Document, event_type: journal.EventType, now: datetime) -> None:
    journal.record(
        _ACTOR,
        event_type,
        now=now,
        subject=document.subject,
        organization=document.organization,
        after={"type": document.get_type_display()},
    )
