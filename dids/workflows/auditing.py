"""Comparing a carrier's full list with our stock: asked for, read whole or not at all, recorded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from accounts import journal
from accounts.actors import Actor, System
from accounts.work import acting
from dids import events, tasks, timing
from dids.differences import Difference, Ours, differences, is_too_short
from dids.models import Audit, CarrierBinding, Finding, OrderLine, PhoneNumber, Release
from dids.models.audits import FindingKind
from dids.states import (
    AUDIT,
    NUMBER,
    AuditStatus,
    BindingStatus,
    FindingStatus,
    LineStatus,
)
from dids.workflows import calling
from lib import pauses
from lib.locks import no_key
from lib.nudges import nudge
from lib.refusals import UnableTo
from trunks import capabilities, connect, registry
from trunks.deadlines import Deadline
from trunks.errors import CarrierError
from trunks.models import CarrierAccount
from trunks.offers import OwnedNumber
from trunks.operations import Operation
from trunks.roles import Carrier, ListsNumbers

_ACTOR = System("dids.audit")
_S = AuditStatus
READ_SECONDS = 80.0
"""A worker is ended after a hundred seconds."""
EVERY = timedelta(days=1)
BATCH = 1_000


class UnableToAudit(UnableTo):
    """The account cannot be compared."""

    code = "cannot_audit"


def want(
    *, account: CarrierAccount, believes_short_list: bool = False, actor: Actor, now: datetime
) -> Audit:
    """
    Have an account's full list compared with our stock; the one under way, if there is one.

    :param believes_short_list: whether many numbers are known to have gone
    :raises UnableToAudit: if the carrier gives no list
    """
    if not _lists(account):
        why = capabilities.why_not(registry.carrier(account.carrier), Operation.LIST)
        raise UnableToAudit(why, field="account")
    with acting(actor):
        row = no_key(CarrierAccount.objects.filter(pk=account.pk)).select_related("owner").get()
        # Locked: one that ends at this moment would not heed what is said to it.
        there = no_key(Audit.objects.open().filter(account=row)).first()
        if there is not None:
            if believes_short_list:
                _believe(there, actor, now=now)
            return there
        audit = Audit.objects.create(
            account=row,
            asked_by=actor.name,
            asked_at=now,
            believes_short_list=believes_short_list,
            status_since=now,
            next_attempt_at=now + timing.span("NUDGE_AGAIN_SECONDS"),
        )
        _note(actor, events.AUDIT_WANTED, audit, now=now)
        if believes_short_list:
            _note(actor, events.AUDIT_BELIEVED, audit, now=now)
        message = {"audit_id": audit.pk}
        nudge(tasks.audit.delay, **message)
    return audit


def want_all(*, now: datetime) -> None:
    """Have every account in use compared that has not been for a day."""
    lately = Audit.objects.filter(asked_at__gt=now - EVERY).values("account")
    rows = CarrierAccount.objects.filter(status=CarrierAccount.Status.ACTIVE)
    for account in rows.exclude(pk__in=lately).select_related("owner"):
        if _lists(account):
            want(account=account, actor=_ACTOR, now=now)


def carry_out(*, audit_id: int, now: datetime) -> None:
    """
    Read the carrier's list, and record in what it differs.

    :raises UnableToMove: if another worker has it
    """
    clock = timing.Elapsed(now)
    rows = Audit.objects.open().select_related("account__owner")
    audit = rows.filter(pk=audit_id).first()
    if audit is None or (audit.status == _S.READING and _is_being_read(audit, now)):
        return
    try:
        connect.may_call(audit.account, now)
    except connect.NotNow as later:
        Audit.objects.filter(pk=audit.pk, status=audit.status).update(
            next_attempt_at=later.retry_at
        )
        return
    attempt, deadline = _claim(audit, clock.now())
    began = clock.now()
    carrier = _connected(audit)
    try:
        pauses.at("audit.reading")
        theirs = {str(entry.number): entry for entry in carrier.owned(deadline=deadline)}
    except CarrierError as trouble:
        with acting(_ACTOR):
            _end(audit, attempt, _S.FAILED, str(trouble), now=clock.now())
        return
    pauses.at("audit.read")
    # What moved after this, the list may not show yet.
    settled = began - calling.lookup_lag(carrier)
    _record(audit, attempt, theirs, carrier, settled=settled, now=clock.now())


def conclude(
    *,
    account: CarrierAccount,
    found: Iterable[Difference],
    kinds: Collection[FindingKind],
    theirs: int,
    ours: int,
    asked_by: str,
    now: datetime,
) -> Audit:
    """
    Record in what a full list differs that somebody brought; inside a transaction.

    :param kinds: what such a list can tell; of other differences nothing is concluded
    """
    audit = Audit.objects.create(
        account=account,
        asked_by=asked_by,
        asked_at=now,
        status=_S.DONE,
        status_since=now,
        theirs=theirs,
        ours=ours,
    )
    counts = _write(account, found, kinds=kinds, now=now)
    _note(
        _ACTOR, events.AUDIT_ENDED, audit, now=now, after={"theirs": theirs, "ours": ours, **counts}
    )
    return audit


def _believe(audit: Audit, actor: Actor, *, now: datetime) -> None:
    """Let a locked comparison believe a short list too; written down with who said so."""
    if audit.believes_short_list:
        return
    audit.believes_short_list = True
    audit.save(update_fields=["believes_short_list"])
    _note(actor, events.AUDIT_BELIEVED, audit, now=now)


def _lists(account: CarrierAccount) -> bool:
    return issubclass(registry.carrier(account.carrier), ListsNumbers)


def _is_being_read(audit: Audit, now: datetime) -> bool:
    return audit.call_before is not None and now < audit.call_before


def _claim(audit: Audit, now: datetime) -> tuple[UUID, Deadline]:
    until = now + timedelta(seconds=READ_SECONDS)
    attempt = AUDIT.edges.claim(
        audit, to=_S.READING, now=now, call_before=until, next_attempt_at=until
    )
    return attempt, Deadline(READ_SECONDS, until)


def _connected(audit: Audit) -> ListsNumbers:
    carrier = connect.connected(audit.account, purpose=audit.subject)
    if not isinstance(carrier, ListsNumbers):
        raise TypeError(f"{audit.account.carrier} lists no numbers")
    return carrier


def _record(
    audit: Audit,
    attempt: UUID,
    theirs: dict[str, OwnedNumber],
    carrier: Carrier,
    *,
    settled: datetime,
    now: datetime,
) -> None:
    account = audit.account
    with acting(_ACTOR):
        ours = _stock(account)
        # Somebody may have said so while the list was being read; who says so now waits for this.
        fresh = no_key(Audit.objects.filter(pk=audit.pk)).get()
        if is_too_short(ours, theirs) and not fresh.believes_short_list:
            missing = sum(mine.number not in theirs for mine in ours)
            why = (
                f"The carrier listed {len(theirs)} numbers, and {missing} of our {len(ours)} are "
                "not among them. Nothing was concluded from it."
            )
            _end(audit, attempt, _S.NOT_BELIEVED, why, now=now)
            return
        found = differences(
            ours,
            theirs,
            moving=moving(account, settled),
            tells_trunks=getattr(carrier, "tells_trunks", False),
        )
        counts = _write(account, found, kinds=tuple(FindingKind), now=now)
        AUDIT.edges.record(
            audit,
            attempt=attempt,
            to=_S.DONE,
            now=now,
            theirs=len(theirs),
            ours=len(ours),
            next_attempt_at=None,
            failure="",
        )
        _note(
            _ACTOR,
            events.AUDIT_ENDED,
            audit,
            now=now,
            after={"theirs": len(theirs), "ours": len(ours), **counts},
        )


def _stock(account: CarrierAccount) -> list[Ours]:
    """Give what we say about the account's numbers; of bindings only those that are certain."""
    rows = PhoneNumber.objects.live().filter(carrier_account=account).order_by()
    fields = ("e164", "carrier_reference", "binding__status", "binding__trunk__carrier_reference")
    return [
        Ours(
            number=number,
            reference=reference,
            trunk=(trunk or "") if status == BindingStatus.BOUND else "",
        )
        for number, reference, status, trunk in rows.values_list(*fields).iterator()
    ]


def moving(account: CarrierAccount, settled: datetime) -> set[str]:
    """Give the numbers that are on the move, or moved too lately for the list to show it."""
    here = PhoneNumber.objects.filter(carrier_account=account)
    late = settled - timing.span("LATE_LOOK_SECONDS")
    lines = OrderLine.objects.filter(carrier_account=account)
    asked = Q(status=LineStatus.WAITING) | Q(status=LineStatus.FAILED, status_since__gt=late)
    bound = CarrierBinding.objects.filter(number__carrier_account=account)
    return {
        *lines.filter(asked).values_list("e164", flat=True),
        *here.filter(bought_at__gt=settled).values_list("e164", flat=True),
        *here.filter(status__in=NUMBER.edges.final, status_since__gt=settled).values_list(
            "e164", flat=True
        ),
        *Release.objects.open()
        .filter(number__carrier_account=account)
        .values_list("number__e164", flat=True),
        *bound.filter(status_since__gt=settled).values_list("number__e164", flat=True),
    }


def _write(
    account: CarrierAccount,
    found: Iterable[Difference],
    *,
    kinds: Collection[FindingKind],
    now: datetime,
) -> dict[str, int]:
    """Open what is new, see again what is still so, clear what is no longer."""
    said = {(one.number, str(one.kind)): one for one in found}
    rows = Finding.objects.open().filter(account=account, kind__in=kinds)
    there = {(row.e164, row.kind): row.pk for row in no_key(rows)}
    still = [key for pair, key in there.items() if said.pop(pair, None)]
    rows.filter(pk__in=still).update(seen_at=now)
    gone = set(there.values()).difference(still)
    rows.filter(pk__in=gone).update(status=FindingStatus.CLEARED, status_since=now)
    Finding.objects.bulk_create(
        [
            Finding(
                account=account,
                kind=one.kind,
                e164=one.number,
                ours=one.ours,
                theirs=one.theirs,
                status_since=now,
                found_at=now,
                seen_at=now,
            )
            for one in said.values()
        ],
        batch_size=BATCH,
    )
    return {"found": len(said), "cleared": len(gone)}


def _end(audit: Audit, attempt: UUID, to: AuditStatus, why: str, *, now: datetime) -> None:
    AUDIT.edges.record(
        audit, attempt=attempt, to=to, now=now, next_attempt_at=None, failure=why[:300]
    )
    _note(_ACTOR, events.AUDIT_FAILED, audit, now=now, reason=why)


def _note(
    actor: Actor,
    event_type: journal.EventType,
    audit: Audit,
    *,
    now: datetime,
    reason: str = "",
    after: Mapping[str, int] | None = None,
) -> None:
    journal.record(
        actor,
        event_type,
        now=now,
        subject=audit.subject,
        organization=audit.account.owner,
        after={"carrier_account": audit.account.name, **(after or {})},
        reason=reason[:500],
    )
