"""Ranges of numbers as one thing: defined over one's stock, dissolved, ended with the last one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts import journal
from accounts.actors import Actor
from accounts.work import acting
from dids import events
from dids.blocks import IN_STOCK
from dids.models import NumberBlock, PhoneNumber
from dids.models.blocks import AT_MOST, numbers_between
from dids.states import NUMBER
from dids.workflows.handover import locked
from dids.workflows.standing import require_seat
from lib.e164 import digits, is_e164
from lib.locks import no_key
from lib.refusals import UnableTo

NAMED = 5
"""How many numbers a refusal names before it counts the rest."""
_SAME = {
    "carrier_account_id": "carrier account",
    "country": "country",
    "type": "type",
}


class UnableToDefine(UnableTo):
    """The range cannot become a block."""

    code = "cannot_define_block"

    def __init__(self, message: str, *, field: str = "", conflict: bool = True) -> None:
        super().__init__(message, field=field)
        self.conflict = conflict


class UnableToDissolve(UnableTo):
    """The block cannot be taken apart."""

    code = "cannot_dissolve_block"
    conflict = True


def define(*, first: str, last: str, divisible: bool, actor: Actor, now: datetime) -> NumberBlock:
    """
    Make one block of all numbers from the first to the last, which lie in one's own stock.

    :param divisible: whether its numbers may be released one by one
    :raises UnableToDefine: if the range is none, has gaps, is mixed, in use or in a block already
    :raises UnableToStandIn: if the numbers are somebody else's
    """
    _require_range(first, last)
    wanted = list(numbers_between(first, last))
    with acting(actor):
        visible = PhoneNumber.objects.visible_to(actor).live().filter(e164__in=wanted)
        rows = [row for row in locked(visible) if row.status not in NUMBER.edges.final]
        _require_whole(wanted, rows)
        _require_one_kind(rows)
        require_seat(actor, rows[0].carrier_account.owner, what=f"The range from {first}")
        _require_stock(rows)
        block = _create(rows, divisible=divisible, now=now)
        PhoneNumber.objects.filter(pk__in=[row.pk for row in rows]).update(block=block)
        _note(actor, events.BLOCK_DEFINED, block, now=now, divisible=divisible)
    return block


def dissolve(*, block: NumberBlock, actor: Actor, now: datetime) -> None:
    """
    Take a divisible block apart; its numbers stay where they are.

    :raises UnableToDissolve: if it is indivisible, or ended already
    :raises UnableToStandIn: if it is somebody else's
    """
    with acting(actor):
        held, _ = locked_whole(block)
        require_seat(actor, held.carrier_account.owner, what=f"The block {held.words}")
        if held.ended_at is not None:
            raise UnableToDissolve(f"The block {held.words} has ended already.")
        if not held.divisible:
            raise UnableToDissolve(
                f"The block {held.words} is indivisible: its carrier takes it back whole. "
                "Release the block instead."
            )
        PhoneNumber.objects.filter(block=held).update(block=None)
        _end(held, now=now)
        _note(actor, events.BLOCK_DISSOLVED, held, now=now)
    block.ended_at = now


def locked_whole(block: NumberBlock) -> tuple[NumberBlock, list[PhoneNumber]]:
    """Lock a block's live numbers and then the block, as everybody does; read all anew."""
    rows = locked(PhoneNumber.objects.filter(block=block).live())
    held = no_key(NumberBlock.objects.filter(pk=block.pk)).get()
    live = [row for row in rows if row.block_id == held.pk and row.status not in NUMBER.edges.final]
    return held, live


def end_with(number: PhoneNumber, *, now: datetime) -> None:
    """End the block of a locked number that was just released, if it was the last one of it."""
    if number.block_id is None:
        return
    # Of two that leave at once, the second waits here and then sees that the first is gone.
    block = no_key(NumberBlock.objects.live().filter(pk=number.block_id)).first()
    if block is not None and not PhoneNumber.objects.filter(block=block).live().exists():
        _end(block, now=now)


def named(numbers: Sequence[str]) -> str:
    """Name some numbers in a sentence, and count the rest."""
    rest = len(numbers) - NAMED
    return ", ".join(numbers[:NAMED]) + (f" and {rest} more" if rest > 0 else "")


def _require_range(first: str, last: str) -> None:
    for name, text in (("first", first), ("last", last)):
        if not is_e164(text):
            raise UnableToDefine(
                f"“{text[:20]}” is no number in E.164. Write it like +13125550123.",
                field=name,
                conflict=False,
            )
    if len(first) != len(last):
        raise UnableToDefine(
            f"{first} and {last} have different lengths. A block has numbers of one length.",
            field="last",
            conflict=False,
        )
    if not 2 <= int(digits(last)) - int(digits(first)) + 1 <= AT_MOST:
        raise UnableToDefine(
            f"A block has 2 to {AT_MOST} numbers. Choose a last number that lies that far behind "
            "the first.",
            field="last",
            conflict=False,
        )


def _require_whole(wanted: Sequence[str], rows: Sequence[PhoneNumber]) -> None:
    there = {row.e164 for row in rows}
    if missing := [e164 for e164 in wanted if e164 not in there]:
        raise UnableToDefine(
            f"The range has gaps: {named(missing)} cannot be found. Buy what is missing, or choose "
            "a smaller range."
        )


def _require_one_kind(rows: Sequence[PhoneNumber]) -> None:
    for column, words in _SAME.items():
        others = [row.e164 for row in rows if getattr(row, column) != getattr(rows[0], column)]
        if others:
            raise UnableToDefine(
                f"{named(others)} differ from {rows[0].e164} in {words}. A block has one; choose a "
                "smaller range."
            )


def _require_stock(rows: Sequence[PhoneNumber]) -> None:
    owner = rows[0].carrier_account.owner_id
    if bound := [row.e164 for row in rows if row.block_id is not None]:
        raise UnableToDefine(
            f"{named(bound)} belong to a block already. Choose another range, or dissolve that "
            "block first."
        )
    out = [row.e164 for row in rows if row.holder_id != owner or row.status not in IN_STOCK]
    if out:
        raise UnableToDefine(
            f"{named(out)} are not free in your stock. Have them given back, or choose another "
            "range."
        )


def _create(rows: Sequence[PhoneNumber], *, divisible: bool, now: datetime) -> NumberBlock:
    sample = rows[0]
    block = NumberBlock(
        first=sample.e164,
        last=rows[-1].e164,
        country=sample.country,
        type=sample.type,
        carrier_account=sample.carrier_account,
        divisible=divisible,
        created_at=now,
    )
    try:
        with transaction.atomic():
            block.save()
    except IntegrityError as trouble:
        if "block_never_overlaps" not in str(trouble):
            raise
        raise UnableToDefine(
            f"The range {block.words} overlaps another block. Choose another range."
        ) from trouble
    return block


def _end(block: NumberBlock, *, now: datetime) -> None:
    NumberBlock.objects.filter(pk=block.pk).update(ended_at=now)
    block.ended_at = now


def _note(
    actor: Actor,
    event_type: journal.EventType,
    block: NumberBlock,
    *,
    now: datetime,
    **after: object,
) -> None:
    journal.record(
        actor,
        event_type,
        now=now,
        subject=block.subject,
        organization=block.carrier_account.owner,
        after={"first": block.first, "last": block.last, **after},
    )
