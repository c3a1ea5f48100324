"""The gate before numbers that ask for documents: what is missing is collected, then handed in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from uuid import uuid4

from django.db.models import Q, prefetch_related_objects

from accounts import journal
from accounts.actors import Actor, System
from accounts.models import Organization
from accounts.work import acting
from dids import events, tasks, timing
from dids.models import CarrierOrder, Document, Filing, NumberOrder, OrderLine, RequirementList
from dids.models.documents import GONE
from dids.models.filings import FilingPart
from dids.states import (
    CARRIER_ORDER,
    FILING,
    CarrierOrderStatus,
    DocumentStatus,
    FeatureStatus,
)
from dids.workflows import feature_recording, feature_wishes, recording, vault
from dids.workflows.refusals import UnableToOrder
from lib.locks import no_key
from lib.nudges import nudge
from lib.refusals import UnableTo
from lib.transitions import LostRace
from trunks.regulation import Asks

_ACTOR = System("filing.gate")
_C = CarrierOrderStatus
LONGEST_TEXT: Final = 200
ADDRESS: Final = ("name", "street", "locality", "region", "postal_code", "country")
_MAY_BE_EMPTY: Final = {"region"}
CANCELLED = "It was cancelled before it was bought."
NEVER_COMPLETE = "The documents that the carrier asks for did not come in time. Order again."


class UnableToAnswer(UnableTo):
    """The answer cannot be handed in."""

    code = "cannot_answer"


def filing_for(line: OrderLine, *, actor: Actor, now: datetime) -> Filing:
    """
    Give the filing that lets a holder have such numbers; inside the submission of an order.

    A new one takes what the holder's vault has; where that is everything, it is handed in at once.

    :raises UnableToOrder: if nobody knows any more what the carrier asks for
    """
    key = {
        "organization": line.holder,
        "carrier_account": line.carrier_account,
        "country": line.country,
        "type": line.type,
    }
    there = no_key(Filing.objects.filter(**key)).first()
    if there is not None:
        _open_if_expired(there, now=now)
        return there
    asked = RequirementList.objects.filter(
        carrier_account=line.carrier_account, country=line.country, type=line.type
    ).first()
    if asked is None:
        raise UnableToOrder(
            f"It is not known what the carrier asks for before it sells {line.e164}. Search again.",
            field="lines",
            conflict=True,
        )
    filing, is_new = Filing.objects.get_or_create(**key, defaults={"status_since": now})
    if is_new:
        _collect(filing, asked, now=now)
        _hand_in_if_whole(filing, actor=actor, now=now)
    return filing


def fitting(organization: Organization, accepts: list[str], *, now: datetime) -> list[Document]:
    """Give the documents of an organization that answer a requirement, the newest first."""
    rows = Document.objects.filter(
        organization=organization, status__in=[DocumentStatus.CLEAN, DocumentStatus.UNSCANNED]
    )
    if accepts:
        rows = rows.filter(type__in=accepts)
    return [row for row in rows.order_by("-pk")[:50] if not row.has_expired(now)]


def answer(
    *,
    filing: Filing,
    key: str,
    actor: Actor,
    now: datetime,
    document: Document | None = None,
    text: str = "",
    address: Mapping[str, str] | None = None,
) -> None:
    """
    Answer one thing that is asked for; once nothing is missing, everything is handed in.

    :raises UnableToAnswer: naming what is wrong with it
    """
    with acting(actor):
        row = no_key(Filing.objects.select_related("organization", "carrier_account")).get(
            pk=filing.pk
        )
        part = row.parts.select_related("document").filter(key=key).first()
        if part is None:
            raise UnableToAnswer("This is not asked for. Look at the list again.", field="key")
        if not row.is_open:
            refusal = UnableToAnswer("It has been handed in. Wait until the carrier has decided.")
            refusal.conflict = True
            raise refusal
        if part.asks == Asks.DOCUMENT:
            _answer_with(row, part, document, now)
        elif part.asks == Asks.TEXT:
            part.text = _checked_text(text)
        elif part.asks == Asks.DATE:
            part.text = _checked_day(text)
        else:
            part.address = _checked_address(address or {})
        part.after = row.attempt
        part.save()
        feature_recording.note(row, events.FILING_ANSWERED, now=now, actor=actor, name=part.name)
        _hand_in_if_whole(row, actor=actor, now=now)


def cancel(*, order: NumberOrder, actor: Actor, now: datetime) -> None:
    """
    Give up what an order waits for documents for; the money returns.

    :raises UnableToOrder: if nothing of it waits for documents
    """
    with acting(actor):
        waiting = list(order.carrier_orders.filter(status=_C.DOCUMENTS))
        if not waiting:
            raise UnableToOrder(
                "Nothing of this order waits for documents. What is sent cannot be called back.",
                conflict=True,
            )
        journal.record(
            actor,
            events.ORDER_CANCELLED,
            now=now,
            subject=order.subject,
            organization=order.payer,
        )
        for carrier_order in waiting:
            recording.failed(carrier_order, attempt=None, words=CANCELLED, why=CANCELLED, now=now)


def open_gate(carrier_order: CarrierOrder, *, now: datetime) -> None:
    """Let an order go on whose documents were approved."""
    with acting(_ACTOR):
        CARRIER_ORDER.edges.move(
            carrier_order,
            to=_C.WAITING,
            now=now,
            next_attempt_at=now + timing.span("NUDGE_AGAIN_SECONDS"),
            give_up_at=now + timing.span("PURCHASE_GIVE_UP_SECONDS"),
        )
        nudge(tasks.place.delay, carrier_order_id=carrier_order.pk)


def see_to_gates(*, now: datetime, most: int) -> int:
    """Let go on what was approved, and end what nobody completed in time."""
    gated = CarrierOrder.objects.filter(status=_C.DOCUMENTS).select_related("order__payer")
    ready = list(gated.filter(filing__status=FeatureStatus.ACTIVE).order_by("pk")[:most])
    over = list(gated.filter(give_up_at__lte=now).order_by("pk")[:most])
    for carrier_order in ready:
        try:
            open_gate(carrier_order, now=now)
        except LostRace:
            # Another sweep was quicker, or it was cancelled.
            continue
    for carrier_order in over:
        try:
            recording.failed(
                carrier_order, attempt=None, words=NEVER_COMPLETE, why=NEVER_COMPLETE, now=now
            )
        except LostRace:
            continue
    return len(ready) + len(over)


def open_expired(*, now: datetime, most: int) -> int:
    """Open again what was approved with a document that has expired since."""
    # As the partial index of what expires says it.
    expired = Document.objects.filter(~Q(status__in=GONE), expires_on__lt=now.date())
    old = FilingPart.objects.filter(document__in=expired)
    with acting(_ACTOR):
        rows = Filing.objects.filter(status=FeatureStatus.ACTIVE, pk__in=old.values("filing"))
        found = list(no_key(rows.select_related("organization", "carrier_account"))[:most])
        prefetch_related_objects(found, "parts__document")
        for row in found:
            _open_if_expired(row, now=now)
    return len(found)


def _open_if_expired(filing: Filing, *, now: datetime) -> None:
    """Have what has expired answered anew; what was bought with it is left as it is."""
    if filing.status != FeatureStatus.ACTIVE:
        return
    prefetch_related_objects([filing], "parts__document")
    old = [part for part in filing.parts.all() if part.document and part.document.has_expired(now)]
    if not old:
        return
    problems = [
        {"field": part.key, "words": f"{part.name}: the document has expired."} for part in old
    ]
    why = " ".join(problem["words"] for problem in problems)
    FILING.edges.move(
        filing,
        to=FeatureStatus.REJECTED,
        now=now,
        problems=problems,
        failure=why[:200],
        # What is answered from here on is newer than what has expired.
        attempt=uuid4(),
    )
    names = ", ".join(part.name for part in old)
    feature_recording.note(filing, events.FILING_EXPIRED, now=now, name=names)


def _collect(filing: Filing, asked: RequirementList, *, now: datetime) -> None:
    for position, one in enumerate(asked.requirements):
        part = FilingPart(
            filing=filing,
            key=one["key"],
            position=position,
            asks=one["asks"],
            name=one["name"][:150],
            words=one["words"][:500],
            accepts=one["accepts"],
        )
        # Only what is known to answer it is taken without asking; any other is a person's choice.
        known = fitting(filing.organization, part.accepts, now=now) if part.accepts else []
        if part.asks == Asks.DOCUMENT and known:
            _answer_with(filing, part, known[0], now)
        part.save()


def _hand_in_if_whole(filing: Filing, *, actor: Actor, now: datetime) -> None:
    if filing.missing():
        return
    feature_wishes.want(filing, actor=actor, now=now)


def _answer_with(
    filing: Filing, part: FilingPart, document: Document | None, now: datetime
) -> None:
    if document is None or document.organization_id != filing.organization_id:
        raise UnableToAnswer(f"Choose a document of {filing.organization.name}.", field="document")
    if why := vault.closed_because(document):
        raise UnableToAnswer(why, field="document")
    if document.has_expired(now):
        raise UnableToAnswer("This document has expired. Choose another one.", field="document")
    former = part.document_id
    vault.use(document=document, subject=filing.subject, words=filing.what, now=now)
    part.document = document
    others = filing.parts.exclude(pk=part.pk).values_list("document_id", flat=True)
    if former and former != document.pk and former not in others:
        vault.let_go(subject=filing.subject, document_id=former)


def _checked_text(text: str) -> str:
    plain = " ".join(text.split())
    if not plain or len(plain) > LONGEST_TEXT or "\x00" in plain:
        raise UnableToAnswer(f"Write 1 to {LONGEST_TEXT} characters.", field="text")
    return plain


def _checked_day(text: str) -> str:
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise UnableToAnswer("Write the day as 1980-02-29.", field="text") from None


def _checked_address(address: Mapping[str, str]) -> dict[str, str]:
    told = {name: " ".join(str(address.get(name, "")).split()) for name in ADDRESS}
    for name, value in told.items():
        if (not value and name not in _MAY_BE_EMPTY) or len(value) > LONGEST_TEXT:
            raise UnableToAnswer(f"Write 1 to {LONGEST_TEXT} characters.", field=name)
    return told | {"country": told["country"].upper()}
