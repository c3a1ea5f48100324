"""What somebody decides about a difference between a carrier and our stock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts import journal, limits
from accounts.actors import Actor
from accounts.permissions import Permission
from accounts.work import acting
from dids import events, likely, signals
from dids.models import Finding, FindingKind, PhoneNumber
from dids.states import FINDING, FindingStatus, NumberStatus
from dids.workflows import binding, release
from dids.workflows.handover import locked, open_holding
from dids.workflows.standing import require_seat
from lib.locks import no_key
from lib.refusals import UnableTo


class UnableToSettle(UnableTo):
    """The finding cannot be settled so, or is settled already."""

    code = "cannot_settle"
    conflict = True


def settle(*, finding: Finding, actor: Actor, now: datetime) -> None:
    """
    Do what is proposed for the difference.

    :raises UnableToSettle: if nothing can be done for it here, or it is decided already
    :raises UnableTo: what the step itself refuses
    """
    step = _STEPS.get(FindingKind(finding.kind))
    if step is None:
        raise UnableToSettle("Nothing can be done about it here: look into it at the carrier.")
    if finding.kind == FindingKind.NOT_AT_CARRIER and not actor.may(Permission.RELEASE_NUMBERS):
        raise UnableToSettle("Your role does not include releasing numbers. Ask somebody else.")
    require_seat(actor, finding.account.owner, what=finding.e164)
    with acting(actor):
        # Of two who settle it at once, the second waits here and is told.
        _lock_open(finding)
        what = step(finding, actor, now)
        FINDING.edges.move(finding, to=FindingStatus.SETTLED, now=now)
        _note(
            actor,
            events.FINDING_SETTLED,
            finding,
            now=now,
            after={"what": what, "ours": finding.ours, "theirs": finding.theirs},
        )


def dismiss(*, finding: Finding, reason: str, actor: Actor, now: datetime) -> None:
    """
    Leave the difference as it is; the next audit finds it again if it is still there.

    :raises UnableToSettle: if there is no reason, or it is decided already
    """
    words = reason.strip()
    if not words:
        refusal = UnableToSettle("Say why it is left as it is.", field="reason")
        refusal.conflict = False
        raise refusal
    require_seat(actor, finding.account.owner, what=finding.e164)
    with acting(actor):
        _lock_open(finding)
        FINDING.edges.move(finding, to=FindingStatus.DISMISSED, now=now, note=words[:300])
        _note(actor, events.FINDING_DISMISSED, finding, now=now, reason=words)


def proposal(kind: str) -> str:
    """Say in words what settling a finding of a kind does; empty where nothing is proposed."""
    return _PROPOSALS.get(FindingKind(kind), "")


def _adopt(finding: Finding, actor: Actor, now: datetime) -> str:
    account = finding.account
    try:
        with transaction.atomic():
            number = _stored(finding, now)
    except IntegrityError:
        # An order may have brought it in meanwhile: the database decides.
        message = f"{finding.e164} is in stock already, perhaps at another account."
        raise UnableToSettle(message) from None
    limits.take_number(number.holder)
    open_holding(number, source=None, now=now)
    journal.record(
        actor,
        events.ADOPTED,
        now=now,
        subject=number.subject,
        organization=number.holder,
        number=number.e164,
        after={"carrier_account": account.name, "carrier_reference": finding.theirs},
    )
    signals.send([number.e164])
    return "taken into stock"


def _stored(finding: Finding, now: datetime) -> PhoneNumber:
    account = finding.account
    seems = likely.of(finding.e164, country=account.owner.country)
    return PhoneNumber.objects.create(
        e164=finding.e164,
        country=seems.country,
        type=seems.type,
        carrier_account=account,
        carrier_reference=finding.theirs,
        status=NumberStatus.AVAILABLE,
        status_since=now,
        holder=account.owner,
        bought_at=now,
    )


def _release(finding: Finding, actor: Actor, now: datetime) -> str:
    release.schedule(number=_number(finding), on=None, actor=actor, now=now)
    return "released"


def _deliver(finding: Finding, _actor: Actor, now: datetime) -> str:
    binding.read_again(number=_number(finding), now=now)
    return "the carrier is asked to deliver it to our trunk"


def _take_reference(finding: Finding, _actor: Actor, now: datetime) -> str:
    (row,) = locked([_number(finding)])
    changed = PhoneNumber.objects.filter(pk=row.pk, carrier_reference=finding.ours)
    if not changed.update(carrier_reference=finding.theirs):
        raise UnableToSettle("Its reference has changed meanwhile. Compare the account again.")
    return "the carrier's reference is taken over"


_STEPS: Mapping[FindingKind, Callable[[Finding, Actor, datetime], str]] = {
    FindingKind.NOT_IN_STOCK: _adopt,
    FindingKind.NOT_AT_CARRIER: _release,
    FindingKind.OTHER_TRUNK: _deliver,
    FindingKind.OTHER_REFERENCE: _take_reference,
}
_PROPOSALS: Mapping[FindingKind, str] = {
    FindingKind.NOT_IN_STOCK: "Take it into stock",
    FindingKind.NOT_AT_CARRIER: "Release it here too",
    FindingKind.OTHER_TRUNK: "Have it delivered to our trunk",
    FindingKind.OTHER_REFERENCE: "Take over the carrier's reference",
}


def _number(finding: Finding) -> PhoneNumber:
    rows = PhoneNumber.objects.live().filter(e164=finding.e164, carrier_account=finding.account)
    number = rows.select_related("holder", "carrier_account__owner", "block").first()
    if number is None:
        raise UnableToSettle(f"{finding.e164} is no longer in stock at this account.")
    return number


def _lock_open(finding: Finding) -> None:
    row = no_key(Finding.objects.filter(pk=finding.pk)).get()
    if row.status != FindingStatus.OPEN:
        raise UnableToSettle(f"This is {row.get_status_display().lower()} already.")


def _note(
    actor: Actor,
    event_type: journal.EventType,
    finding: Finding,
    *,
    now: datetime,
    after: Mapping[str, str] | None = None,
    reason: str = "",
) -> None:
    journal.record(
        actor,
        event_type,
        now=now,
        subject=finding.subject,
        organization=finding.account.owner,
        number=finding.e164,
        after=after,
        reason=reason[:500],
    )
