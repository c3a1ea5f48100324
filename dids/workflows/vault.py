"""The vault: documents are put in, read, deleted; who did which is written down."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Final

from cryptography.fernet import InvalidToken
from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.db import IntegrityError, transaction

from accounts import journal
from accounts.actors import Actor
from accounts.models import Organization, OrganizationStatus
from accounts.work import acting
from dids import events, scanning, tasks, timing
from dids.models import Document, DocumentType, DocumentUse
from dids.models.documents import GONE
from dids.states import DOCUMENT, DocumentStatus
from lib import pauses, sealed
from lib.locks import no_key
from lib.media_types import ENDINGS, media_type_of
from lib.nudges import nudge
from lib.refusals import UnableTo
from lib.transitions import LostRace

log = logging.getLogger(__name__)

MOST_BYTES: Final = 10 * 1024 * 1024
LONGEST_NAME: Final = 150
KEPT_DAYS: Final = {DocumentType.AUTHORIZATION: 366}
"""How long documents of a type must be kept where nobody says longer.

A letter of authorization is shown to the losing provider on demand: in the United Kingdom for
twelve months.
"""
TOLD: Final = ("signer", "signed_on", "issued_on", "expires_on", "keep_until")
"""What may be said about a paper beside its type and its name."""
_S = DocumentStatus


class UnableToKeep(UnableTo):
    """The document cannot be put into the vault."""

    code = "cannot_keep_document"


class UnableToOpen(UnableTo):
    """The document cannot be read now."""

    code = "cannot_open_document"
    conflict = True


class UnableToDelete(UnableTo):
    """The document must stay."""

    code = "cannot_delete_document"
    conflict = True


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What is said about a file; dates as they stand on it."""

    type: DocumentType
    name: str
    signer: str = ""
    signed_on: date | None = None
    issued_on: date | None = None
    expires_on: date | None = None
    keep_until: date | None = None


def store(
    *, organization: Organization, paper: Paper, content: bytes, actor: Actor, now: datetime
) -> Document:
    """
    Put a file into the vault; outside of a transaction, for the content is written between two.

    The same content once more is the document that is there already.

    :raises UnableToKeep: naming what is wrong with it
    """
    media_type = _checked(organization, paper, content, actor, now)
    sha256 = hashlib.sha256(content).hexdigest()
    document, is_new = _begin(organization, paper, media_type, len(content), sha256, actor, now)
    if not is_new:
        return document
    pauses.at("vault.begun")
    _storage().save(document.stored_as, File(BytesIO(sealed.seal_bytes(content))))
    pauses.at("vault.written")
    try:
        _arrived(document, actor, now)
    except LostRace as over:
        # It was taken for cut off and erased, perhaps before the content was written.
        erase_content(document)
        raise UnableToKeep("It took too long to store it. Send it again.", field="file") from over
    return document


def content_of(*, document: Document, actor: Actor, now: datetime) -> bytes:
    """
    Give what a document holds, and write down who read it.

    :raises UnableToOpen: if it may not be read yet or any more, or its content cannot be got at
    """
    why = closed_because(document)
    if why:
        raise UnableToOpen(why)
    content = read(document)
    with acting(actor):
        _note(document, events.DOCUMENT_OPENED, actor, now)
    return content


def closed_because(document: Document) -> str:
    """Say why nobody gets at a document; "" if it may be read and sent."""
    if document.status == _S.INFECTED:
        return "This document is infected. Delete it and put in another one."
    if document.status == _S.PENDING or (document.status == _S.UNSCANNED and scanning.is_set()):
        return "This document has not been scanned yet. Try again in a moment."
    if document.status not in {_S.CLEAN, _S.UNSCANNED}:
        return "This document is not there any more. Put it in again."
    return ""


def read(document: Document) -> bytes:
    """
    Give the content of a document whatever its state, for workers that look after it.

    :raises UnableToOpen: if it is not there, or nobody can unseal it
    """
    try:
        with _storage().open(document.stored_as) as stored:
            return sealed.unseal_bytes(stored.read())
    except (OSError, InvalidToken) as trouble:
        log.exception("The content of %s cannot be read", document.subject)
        raise UnableToOpen(
            "Its content cannot be read at the moment. Tell your provider if this goes on."
        ) from trouble


def use(*, document: Document, subject: str, words: str, now: datetime) -> None:
    """
    Depend on a document, so that it stays; in the transaction of what depends on it.

    :param subject: what depends on it, as the journal names it
    :param words: what that is, for whoever would delete the document
    :raises UnableToOpen: if it is on its way out
    """
    locked = no_key(Document.objects.filter(pk=document.pk)).exclude(status__in=GONE)
    if not locked.exists():
        raise UnableToOpen("This document is not there any more. Choose another one.")
    DocumentUse.objects.bulk_create(
        [DocumentUse(document=document, subject=subject, words=words[:150], since=now)],
        ignore_conflicts=True,
    )


def let_go(*, subject: str, document_id: int | None = None) -> None:
    """Depend on a document no longer; on none at all where none is named."""
    rows = DocumentUse.objects.filter(subject=subject)
    (rows.filter(document=document_id) if document_id else rows).delete()


def delete(*, document: Document, actor: Actor, now: datetime) -> None:
    """
    Have a document erased; what had been in it stays in the journal.

    :raises UnableToDelete: if something depends on it, or it must be kept until a day
    :raises UnableToMove: if it is on its way out already
    """
    with acting(actor):
        list(no_key(Document.objects.filter(pk=document.pk)))
        _require_unused(document)
        if document.keep_until is not None and now.date() < document.keep_until:
            raise UnableToDelete(
                f"It must be kept until {document.keep_until:%-d %B %Y} and is erased after that."
            )
        begin_erasing(document, now=now)
        _note(document, events.DOCUMENT_DELETED, actor, now)


def begin_erasing(document: Document, *, now: datetime) -> None:
    """Take a document out of everybody's sight; a worker erases its content."""
    again = now + timing.span("NUDGE_AGAIN_SECONDS")
    DOCUMENT.edges.move(
        document, to=_S.ERASING, now=now, deleted_at=now, next_attempt_at=again, failure=""
    )
    nudge(tasks.look_after_document.delay, document_id=document.pk)


def erase_content(document: Document) -> None:
    """Take the content out of the storage, if it is there."""
    _storage().delete(document.stored_as)


def file_name(document: Document) -> str:
    """Name the file for whoever takes it out: with the ending that its content has."""
    stem = document.name.rpartition(".")[0] or document.name
    plain = "".join(sign if sign.isalnum() or sign in " -_" else "_" for sign in stem)
    return f"{plain[:100]}.{ENDINGS[document.media_type]}"


def _storage() -> Storage:
    return storages["documents"]


def _checked(
    organization: Organization, paper: Paper, content: bytes, actor: Actor, now: datetime
) -> str:
    if actor.reach is not None and not actor.reach.reaches(organization):
        raise UnableToKeep("Choose your own organization or one below it.", field="organization")
    if organization.status == OrganizationStatus.CLOSED:
        raise UnableToKeep(f"{organization.name} is closed.", field="organization")
    _check_told(paper, now)
    if len(content) > MOST_BYTES:
        raise UnableToKeep("The file is larger than 10 MB. Send a smaller scan.", field="file")
    media_type = media_type_of(content)
    if not media_type:
        raise UnableToKeep(
            "The file is no PDF, JPEG, PNG or TIFF. Save it as one of these.", field="file"
        )
    return media_type


def _check_told(paper: Paper, now: datetime) -> None:
    if not paper.name.strip() or len(paper.name) > LONGEST_NAME or "\x00" in paper.name:
        raise UnableToKeep(f"Give the file a name of 1 to {LONGEST_NAME} characters.", field="file")
    if paper.expires_on is not None and paper.expires_on < now.date():
        raise UnableToKeep("It has expired. Send one that is valid.", field="expires_on")
    for field, day in (("issued_on", paper.issued_on), ("signed_on", paper.signed_on)):
        # A day ahead of UTC it may be tomorrow already.
        if day is not None and day > now.date() + timedelta(days=1):
            raise UnableToKeep("This day is still to come. Check it.", field=field)


def _begin(
    organization: Organization,
    paper: Paper,
    media_type: str,
    size: int,
    sha256: str,
    actor: Actor,
    now: datetime,
) -> tuple[Document, bool]:
    """Write the row first: no content is ever stored of which no row knows."""
    kept = KEPT_DAYS.get(paper.type)
    document = Document(
        organization=organization,
        type=paper.type,
        name=paper.name.strip(),
        media_type=media_type,
        size=size,
        sha256=sha256,
        signer=paper.signer.strip(),
        signed_on=paper.signed_on,
        issued_on=paper.issued_on,
        expires_on=paper.expires_on,
        keep_until=paper.keep_until or (now.date() + timedelta(days=kept) if kept else None),
        status_since=now,
        next_attempt_at=now + timing.span("DOCUMENT_ARRIVES_SECONDS"),
        uploaded_by=actor.name,
        uploaded_at=now,
    )
    try:
        with acting(actor), transaction.atomic():
            document.save()
    except IntegrityError:
        there = Document.objects.exclude(status__in=GONE)
        known = there.filter(organization=organization, sha256=sha256).first()
        if known is None or known.status == _S.ARRIVING:
            raise UnableToKeep(
                "The same file is being put in at this moment. Look at the list, then try again.",
                field="file",
            ) from None
        return known, False
    return document, True


def _arrived(document: Document, actor: Actor, now: datetime) -> None:
    to = _S.PENDING if scanning.is_set() else _S.UNSCANNED
    with acting(actor):
        DOCUMENT.edges.move(document, to=to, now=now, next_attempt_at=_next_look(document, to, now))
        _note(document, events.DOCUMENT_STORED, actor, now)
        if to == _S.PENDING:
            nudge(tasks.look_after_document.delay, document_id=document.pk)


def _next_look(document: Document, status: DocumentStatus, now: datetime) -> datetime | None:
    if status == _S.PENDING:
        return now + timing.span("NUDGE_AGAIN_SECONDS")
    return when_it_lapses(document)


def when_it_lapses(document: Document) -> datetime | None:
    """Give the moment from which it need not be kept; None where nobody said."""
    if document.keep_until is None:
        return None
    day = document.keep_until
    return datetime(day.year, day.month, day.day, tzinfo=document.uploaded_at.tzinfo)


def _require_unused(document: Document) -> None:
    uses = list(document.uses.order_by("since").values_list("words", flat=True)[:3])
    if uses:
        raise UnableToDelete(f"It is needed for {'; '.join(uses)}. End that first.")


def _note(document: Document, event_type: journal.EventType, actor: Actor, now: datetime) -> None:
    journal.record(
        actor,
        event_type,
        now=now,
        subject=document.subject,
        organization=document.organization,
        after={"type": document.get_type_display()},
    )
