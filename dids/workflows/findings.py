"""What somebody decides about a difference between a carrier and our stock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import IntegrityError, transaction

from accounts import journal, limits
from accounts.actors import Actor
from accounts.permissions import Permission
from accounts.work import acting
from dids import events, likely, signals
from dids.models import Finding, FindingKind, PhoneNumber
from dids.states import FINDING, FindingStatus, NumberStatus
from dids.workflows import binding, opening, porting_out, release
from dids.workflows.handover import locked, open_holding
from dids.workflows.standing import require_seat
from lib.locks import no_key
from lib.refusals import UnableTo


class UnableToSettle(UnableTo):
    """The finding cannot be settled so, or is settled already."""

    code = "cannot_settle"
    conflict = True


class Choice(StrEnum):
    """What can be done about a difference."""

    ADOPT = "ADOPT"
    RELEASE = "RELEASE"
    MARK_PORTED_OUT = "MARK_PORTED_OUT"
    FIX_BINDING = "FIX_BINDING"
    TAKE_REFERENCE = "TAKE_REFERENCE"
    INVESTIGATE = "INVESTIGATE"


@dataclass(frozen=True, kw_only=True)
class Step:
    """
    One thing that can be done about a difference of a kind.

    :ivar words: what its button says
    :ivar consequence: what it does, for whoever is about to choose it
    :ivar do: does it, and gives in words what was done
    :ivar permission: the right that it takes besides that of comparing
    :ivar is_confirmed: whether a person says once more that it is wanted, as it ends things
    :ivar settles: whether the difference is over by it
    """

    choice: Choice
    words: str
    consequence: str
    do: Callable[[Finding, Actor, datetime], str]
    permission: Permission | None = None
    is_confirmed: bool = False
    settles: bool = True


def settle(
    *,
    finding: Finding,
    choice: str = "",
    confirmed: bool = False,
    actor: Actor,
    now: datetime,
) -> None:
    """
    Do about a difference what was chosen among its steps.

    :param choice: one of `steps`; empty takes the first
    :param confirmed: whether a person said once more that it is wanted
    :raises UnableToSettle: if that is not to be done for it, or it is decided already
    :raises UnableTo: what the step itself refuses
    """
    step = _chosen(finding, choice)
    if step.permission is not None and not actor.may(step.permission):
        raise UnableToSettle("Your role does not include releasing numbers. Ask somebody else.")
    if step.is_confirmed and not confirmed:
        refusal = UnableToSettle(
            f"Confirm that {finding.e164} is gone for good: {step.consequence}", field="confirmed"
        )
        refusal.conflict = False
        raise refusal
    require_seat(actor, finding.account.owner, what=finding.e164)
    with acting(actor):
        # Of two who settle it at once, the second waits here and is told.
        _lock_open(finding)
        what = step.do(finding, actor, now)
        if step.settles:
            FINDING.edges.move(finding, to=FindingStatus.SETTLED, now=now)
            after = {"what": what, "ours": finding.ours, "theirs": finding.theirs}
            _note(actor, events.FINDING_SETTLED, finding, now=now, after=after)


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


def steps(kind: str) -> tuple[Step, ...]:
    """Give what can be done about differences of a kind, the likeliest first."""
    return _STEPS[FindingKind(kind)]


def _chosen(finding: Finding, choice: str) -> Step:
    found = [step for step in steps(finding.kind) if step.choice == choice or not choice]
    if found:
        return found[0]
    possible = ", ".join(step.choice for step in steps(finding.kind))
    refusal = UnableToSettle(
        f"“{choice[:30]}” cannot be done about it. Choose one of {possible}.", field="choice"
    )
    refusal.conflict = False
    raise refusal


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


def _adopt_and_release(finding: Finding, actor: Actor, now: datetime) -> str:
    _adopt(finding, actor, now)
    _release(finding, actor, now)
    return "given back to the carrier"


def _mark_ported_out(finding: Finding, actor: Actor, now: datetime) -> str:
    porting_out.mark(number=_number(finding), actor=actor, now=now)
    return "marked as ported out"


def _investigate(finding: Finding, actor: Actor, now: datetime) -> str:
    opening.investigate(finding, actor=actor, now=now)
    return "looked into by a person"


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


_INVESTIGATE = Step(
    choice=Choice.INVESTIGATE,
    words="Have it looked into",
    consequence="Opens a task for somebody to ask the carrier; the difference stays open.",
    do=_investigate,
    settles=False,
)
_STEPS: Mapping[FindingKind, tuple[Step, ...]] = {
    FindingKind.NOT_IN_STOCK: (
        Step(
            choice=Choice.ADOPT,
            words="Take it into stock",
            consequence="It becomes stock of the account's owner, ready to be allotted.",
            do=_adopt,
        ),
        Step(
            choice=Choice.RELEASE,
            words="Give it back to the carrier",
            consequence="It is taken into stock and its release begins at once. Until the carrier "
            "is called, it can be kept on its page.",
            do=_adopt_and_release,
            permission=Permission.RELEASE_NUMBERS,
            is_confirmed=True,
        ),
        _INVESTIGATE,
    ),
    FindingKind.NOT_AT_CARRIER: (
        Step(
            choice=Choice.RELEASE,
            words="Release it here too",
            consequence="Its release begins, as long as nobody uses it. The carrier is asked once "
            "more, and may say that it is gone.",
            do=_release,
            permission=Permission.RELEASE_NUMBERS,
        ),
        Step(
            choice=Choice.MARK_PORTED_OUT,
            words="Mark it as ported out",
            consequence="Whoever holds it loses it: offers, destination, delivery and what was "
            "registered for it end at once, and its route is withdrawn. The carrier is not called. "
            "What people entered there, or another carrier has for it, is taken off there.",
            do=_mark_ported_out,
            permission=Permission.RELEASE_NUMBERS,
            is_confirmed=True,
        ),
        _INVESTIGATE,
    ),
    FindingKind.OTHER_TRUNK: (
        Step(
            choice=Choice.FIX_BINDING,
            words="Have it delivered to our trunk",
            consequence="The carrier is asked to deliver its calls where our stock says.",
            do=_deliver,
        ),
        _INVESTIGATE,
    ),
    FindingKind.OTHER_REFERENCE: (
        Step(
            choice=Choice.TAKE_REFERENCE,
            words="Take over the carrier's reference",
            consequence="From then on the carrier is asked about it by that reference.",
            do=_take_reference,
        ),
        _INVESTIGATE,
    ),
    FindingKind.NOT_ACTIVE: (_INVESTIGATE,),
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
