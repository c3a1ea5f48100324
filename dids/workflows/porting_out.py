"""Numbers that left their carrier: all that hangs on them ends, and it is not called."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from accounts import journal
from accounts.actors import Actor
from accounts.work import acting
from dids import events, signals
from dids.models import CarrierBinding, Finding, FindingKind, PhoneNumber
from dids.states import NumberStatus
from dids.workflows import assignment, blocks, leaving, withdrawing
from dids.workflows.handover import close_holding, locked, move_all
from dids.workflows.standing import require_seat
from lib.refusals import UnableTo


class UnableToMarkPortedOut(UnableTo):
    """The number may still be at its carrier, or is leaving otherwise."""

    code = "cannot_mark_ported_out"
    conflict = True


def mark(*, number: PhoneNumber, actor: Actor, now: datetime) -> list[PhoneNumber]:
    """
    Close a number that its carrier does not have any more, whoever holds it; give what was closed.

    An indivisible block is ported whole, so that all its numbers are closed at once.

    :raises UnableToMarkPortedOut: if a release is under way, a part of its block is still there, or
        its block was changed just now
    :raises UnableToStandIn: if the account is somebody else's
    """
    with acting(actor):
        rows = _locked_whole(number)
        for row in rows:
            require_seat(actor, row.carrier_account.owner, what=row.e164)
            _require_unreleased(row)
        _require_gone(rows)
        withdrawing.end_all(numbers=rows, actor=actor, now=now)
        # Those that were offered are free again.
        rows = locked(rows)
        assignment.take_off(rows, actor=actor, now=now)
        leaving.went_with(rows, actor=actor, now=now)
        move_all(rows, to=NumberStatus.PORTED_OUT, now=now)
        for row in rows:
            close_holding(row, now=now)
            blocks.end_with(row, now=now)
        CarrierBinding.objects.filter(number__in=rows).delete()
        journal.record_many(
            actor,
            events.PORTED_OUT,
            [
                journal.Row(subject=row.subject, organization=row.holder, number=row.e164)
                for row in rows
            ],
            now=now,
        )
        signals.send(row.e164 for row in rows)
    return rows


def _locked_whole(number: PhoneNumber) -> list[PhoneNumber]:
    """Lock a number and what goes with it; it may have become part of a block just before that."""
    rows = locked(_all_of(number))
    keys = {row.pk for row in rows}
    fresh = next((row for row in rows if row.pk == number.pk), None)
    if fresh is None or {row.pk for row in _all_of(fresh)} != keys:
        raise UnableToMarkPortedOut(
            f"{number.e164} or its block was changed at this moment. Look at it again."
        )
    return rows


def _all_of(number: PhoneNumber) -> list[PhoneNumber]:
    block = number.block
    if block is None or block.ended_at is not None or block.divisible:
        return [number]
    return list(PhoneNumber.objects.live().filter(block=block))


def _require_unreleased(number: PhoneNumber) -> None:
    if number.status == NumberStatus.RELEASING:
        raise UnableToMarkPortedOut(
            f"{number.e164} is being released, which ends by itself where the carrier no longer "
            "has it. Cancel its release to mark it as ported out."
        )


def _require_gone(rows: Sequence[PhoneNumber]) -> None:
    """Make sure that of a block no number is left at the carrier."""
    if len(rows) == 1:
        return
    missing = Finding.objects.open().filter(
        account=rows[0].carrier_account_id,
        kind=FindingKind.NOT_AT_CARRIER,
        e164__in=[row.e164 for row in rows],
    )
    gone = set(missing.values_list("e164", flat=True))
    if left := [row.e164 for row in rows if row.e164 not in gone]:
        raise UnableToMarkPortedOut(
            f"They belong to an indivisible block, which is ported whole, and the carrier still "
            f"has {blocks.named(left)}. Ask the carrier about it."
        )
