"""All that can be done to one number, and the situations in which it competes with itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.actors import System
from accounts.models import Event
from accounts.tests.cast import Cast
from dids.destinations import Destination
from dids.models import (
    Assignment,
    Holding,
    NumberBlock,
    NumberTag,
    Offer,
    PhoneNumber,
    Release,
    Task,
)
from dids.states import NumberStatus, ReleaseStatus
from dids.tests.factories import MAIN, make_number
from dids.workflows import (
    assignment,
    block_release,
    blocks,
    doing,
    holding,
    opening,
    release,
    swapping,
    sweeps,
    tagging,
    taking_back,
    withdrawing,
)
from trunks.models import CarrierAccount

OTHER = Destination("EXTENSION", "102")
_SWEEP = System("dids.sweep")
_LATER = timedelta(days=1)
_pairs = count()


class Piece:
    """
    A number, as those who are about to act on it saw it before anybody did.

    :ivar beside: the E.164 of the number beside it, which some moves take along; else empty
    """

    def __init__(self, cast: Cast, number: PhoneNumber, beside: PhoneNumber | None = None) -> None:
        self.cast = cast
        self.key = number.pk
        self.e164 = number.e164
        self.beside = beside.e164 if beside else ""
        self._offers = {
            offer.to_id: offer
            for offer in Offer.objects.filter(number=number).select_related(
                "number", "to", "offered_by"
            )
        }
        self._task = (
            Task.objects.select_related("organization", "number").filter(number=number).first()
        )
        self._block = NumberBlock.objects.filter(numbers=number).first()

    def number(self) -> PhoneNumber:
        """Give the number as it was seen, to each of them their own."""
        return PhoneNumber.objects.select_related("holder", "carrier_account__owner").get(
            pk=self.key
        )

    def other(self) -> PhoneNumber:
        """Give the number beside it."""
        return PhoneNumber.objects.select_related("holder").get(e164=self.beside)

    def offer(self, buyer: Any) -> Offer:
        """Give the offer to a buyer as it was seen."""
        return self._offers[buyer.pk]

    def offer_to_all(self) -> Offer:
        """Give the offer to all as it was seen."""
        return self._offers[None]

    def offers(self) -> list[Offer]:
        """Give every offer as it was seen."""
        return list(self._offers.values())

    def task(self) -> Task:
        """Give its task as it was seen."""
        assert self._task is not None
        return self._task

    def block(self) -> NumberBlock:
        """Give its block as it was seen."""
        assert self._block is not None
        return self._block

    def snapshot(self) -> dict[str, object]:
        """Say all that became of it, without names that differ from number to number."""
        there = {"number": _state(self.e164)}
        if self.beside:
            there["beside"] = _state(self.beside)
            own = NumberBlock.objects.filter(first__in=(self.e164, self.beside))
            subjects = [block.subject for block in own]
            there["blocks"] = {
                "blocks": sorted((block.divisible, block.ended_at is not None) for block in own),
                "journal": _told(subject__in=subjects),
            }
        return dict(there)


def _state(e164: str) -> dict[str, object]:
    row = PhoneNumber.objects.select_related("holder").get(e164=e164)
    assigned = Assignment.objects.filter(number=row).first()
    return {
        "status": row.status,
        "holder": row.holder.name,
        "label": row.label,
        "rings": str(assigned.destination) if assigned else "",
        "in a block": row.block_id is not None,
        "holdings": list(
            Holding.objects.filter(number=row)
            .order_by("during")
            .values_list("organization__name", flat=True)
        ),
        "offers": sorted(
            f"{offer.to or 'all'}: {offer.status} {offer.claimed_by or ''}"
            for offer in Offer.objects.filter(number=row).select_related("to", "claimed_by")
        ),
        "tags": sorted(NumberTag.objects.filter(number=row).values_list("organization", "word")),
        "releases": sorted(Release.objects.filter(number=row).values_list("status", flat=True)),
        "tasks": sorted(Task.objects.filter(number=row).values_list("kind", "status")),
        "journal": _told(number=e164),
    }


def _told(**where: object) -> list[str]:
    return sorted(Event.objects.filter(**where).values_list("action", flat=True))


Move = Callable[[Piece, PhoneNumber], None]


def _staff(piece: Piece) -> dict[str, Any]:
    return {"actor": piece.cast.staff, "now": timezone.now()}


def _tenant(piece: Piece) -> dict[str, Any]:
    return {"actor": piece.cast.tenant_owner, "now": timezone.now()}


def _claim(piece: Piece, _number: PhoneNumber) -> None:
    offer = piece.offer(piece.cast.tenant)
    holding.claim(offer=offer, destination=MAIN, label="", **_tenant(piece))


def _rival_claims(piece: Piece, _number: PhoneNumber) -> None:
    holding.claim(
        offer=piece.offer(piece.cast.rival_tenant),
        destination=None,
        label="",
        actor=piece.cast.rival_tenant_owner,
        now=timezone.now(),
    )


def _withdraw(piece: Piece, _number: PhoneNumber) -> None:
    holding.withdraw(offer=piece.offer(piece.cast.tenant), **_staff(piece))


def _expire(piece: Piece, _number: PhoneNumber) -> None:
    withdrawing.expire(offers=piece.offers(), actor=_SWEEP, now=timezone.now())


def _claim_from_all(piece: Piece, _number: PhoneNumber) -> None:
    holding.claim(offer=piece.offer_to_all(), destination=MAIN, label="", **_tenant(piece))


def _rival_claims_from_all(piece: Piece, _number: PhoneNumber) -> None:
    holding.claim(
        offer=piece.offer_to_all(),
        destination=None,
        label="",
        actor=piece.cast.rival_tenant_owner,
        now=timezone.now(),
    )


def _withdraw_from_all(piece: Piece, _number: PhoneNumber) -> None:
    holding.withdraw(offer=piece.offer_to_all(), **_staff(piece))


def _offer_to_all(piece: Piece, number: PhoneNumber) -> None:
    holding.offer_to_all(number=number, **_staff(piece))


def _offer(piece: Piece, number: PhoneNumber) -> None:
    holding.offer(number=number, to=piece.cast.dealer, **_staff(piece))


def _allot(piece: Piece, number: PhoneNumber) -> None:
    holding.allot(number=number, to=piece.cast.tenant, **_staff(piece))


def _allot_to_rival(piece: Piece, number: PhoneNumber) -> None:
    holding.allot(number=number, to=piece.cast.rival_tenant, **_staff(piece))


def _give_back(piece: Piece, number: PhoneNumber) -> None:
    holding.give_back(number=number, **_tenant(piece))


def _release(piece: Piece, number: PhoneNumber) -> None:
    on = (timezone.now() + _LATER).date()
    release.schedule(number=number, on=on, **_staff(piece))


def _cancel_release(piece: Piece, number: PhoneNumber) -> None:
    release.cancel(number=number, **_staff(piece))


def _assign(piece: Piece, number: PhoneNumber) -> None:
    assignment.assign(number=number, destination=MAIN, **_tenant(piece))


def _move(piece: Piece, number: PhoneNumber) -> None:
    assignment.assign(number=number, destination=OTHER, label="Moved", **_tenant(piece))


def _unassign(piece: Piece, number: PhoneNumber) -> None:
    assignment.unassign(number=number, **_tenant(piece))


def _swap(piece: Piece, number: PhoneNumber) -> None:
    swapping.swap(number=number, other=piece.other(), **_tenant(piece))


def _swap_back(piece: Piece, number: PhoneNumber) -> None:
    swapping.swap(number=piece.other(), other=number, **_tenant(piece))


def _give_back_other(piece: Piece, _number: PhoneNumber) -> None:
    holding.give_back(number=piece.other(), **_tenant(piece))


def _tag(piece: Piece, number: PhoneNumber) -> None:
    tagging.tag(numbers=[number], add=["desk", "new"], remove=["old"], **_tenant(piece))


def _untag(piece: Piece, number: PhoneNumber) -> None:
    tagging.tag(numbers=[number], remove=["desk", "old"], **_tenant(piece))


def _define_block(piece: Piece, _number: PhoneNumber) -> None:
    blocks.define(first=piece.e164, last=piece.beside, divisible=True, **_staff(piece))


def _dissolve_block(piece: Piece, _number: PhoneNumber) -> None:
    blocks.dissolve(block=piece.block(), **_staff(piece))


def _release_block(piece: Piece, _number: PhoneNumber) -> None:
    on = (timezone.now() + _LATER).date()
    block_release.schedule(block=piece.block(), on=on, **_staff(piece))


def _keep_block(piece: Piece, _number: PhoneNumber) -> None:
    block_release.cancel(block=piece.block(), **_staff(piece))


def _ask_again(piece: Piece, number: PhoneNumber) -> None:
    release.resume(number=number, **_staff(piece))


def _complete_task(piece: Piece, _number: PhoneNumber) -> None:
    doing.complete(task=piece.task(), note="", **_staff(piece))


def _recall(piece: Piece, number: PhoneNumber) -> None:
    taking_back.recall(number=number, **_staff(piece))


def _reclaim(piece: Piece, number: PhoneNumber) -> None:
    taking_back.reclaim(number=number, destination=MAIN, label="Back", **_tenant(piece))


def _end_rest(_piece: Piece, _number: PhoneNumber) -> None:
    sweeps.end_quarantines(now=timezone.now())


@dataclass(frozen=True)
class Situation:
    """
    Where a number is, and which moves would succeed if nobody else came.

    :ivar make: stores such a number, or two that lie beside each other
    :ivar about: the moves that this situation is about; pairs without one of them meet elsewhere
    """

    make: Callable[[Cast, CarrierAccount], PhoneNumber | tuple[PhoneNumber, PhoneNumber]]
    moves: Mapping[str, Move]
    about: Collection[str] = ()

    def piece(self, cast: Cast, account: CarrierAccount) -> Callable[[], Piece]:
        """Store what it is about; gives what shows it to each of those who look."""
        made = self.make(cast, account)
        numbers = made if isinstance(made, tuple) else (made,)
        return lambda: Piece(cast, *numbers)

    def meet(self, first: str, second: str) -> bool:
        """Tell whether two moves are to meet here."""
        return not self.about or bool({first, second} & set(self.about))


def _in_stock(cast: Cast, account: CarrierAccount) -> PhoneNumber:
    return make_number(holder=cast.provider, account=account)


def _offered(cast: Cast, account: CarrierAccount) -> PhoneNumber:
    number = _in_stock(cast, account)
    for buyer in (cast.tenant, cast.rival_tenant):
        holding.offer(number=number, to=buyer, actor=cast.staff, now=timezone.now())
    return number


def _held(cast: Cast, account: CarrierAccount) -> PhoneNumber:
    return make_number(holder=cast.tenant, source=cast.provider, account=account)


def _in_use(cast: Cast, account: CarrierAccount) -> PhoneNumber:
    number = _held(cast, account)
    assignment.assign(number=number, destination=MAIN, actor=cast.tenant_owner, now=timezone.now())
    return number


def _leaving(cast: Cast, account: CarrierAccount) -> PhoneNumber:
    number = _in_stock(cast, account)
    on = (timezone.now() + _LATER).date()
    release.schedule(number=number, on=on, actor=cast.staff, now=timezone.now())
    return number


def _offered_to_all(cast: Cast, account: CarrierAccount) -> PhoneNumber:
    number = _in_stock(cast, account)
    holding.offer(number=number, to=cast.tenant, actor=cast.staff, now=timezone.now())
    holding.offer_to_all(number=number, actor=cast.staff, now=timezone.now())
    return number


def _tagged(cast: Cast, account: CarrierAccount) -> PhoneNumber:
    number = _held(cast, account)
    tagging.tag(numbers=[number], add=["old"], actor=cast.tenant_owner, now=timezone.now())
    return number


def _two_in_use(cast: Cast, account: CarrierAccount) -> tuple[PhoneNumber, PhoneNumber]:
    other = _held(cast, account)
    assignment.assign(number=other, destination=OTHER, actor=cast.tenant_owner, now=timezone.now())
    return _in_use(cast, account), other


def _range(cast: Cast, account: CarrierAccount) -> tuple[PhoneNumber, PhoneNumber]:
    start = 10_000 + 2 * next(_pairs)
    first, second = (
        make_number(holder=cast.provider, account=account, e164=f"+4416329{number}", country="GB")
        for number in (start, start + 1)
    )
    return first, second


def _block(
    cast: Cast, account: CarrierAccount, *, divisible: bool = True
) -> tuple[PhoneNumber, PhoneNumber]:
    first, last = _range(cast, account)
    blocks.define(
        first=first.e164,
        last=last.e164,
        divisible=divisible,
        actor=cast.staff,
        now=timezone.now(),
    )
    return first, last


def _indivisible_block(cast: Cast, account: CarrierAccount) -> tuple[PhoneNumber, PhoneNumber]:
    return _block(cast, account, divisible=False)


def _leaving_block(cast: Cast, account: CarrierAccount) -> tuple[PhoneNumber, PhoneNumber]:
    first, last = _block(cast, account)
    _release_block(Piece(cast, first, last), first)
    return first, last


def _resting(cast: Cast, account: CarrierAccount) -> PhoneNumber:
    number = make_number(account=account, status=NumberStatus.QUARANTINE, used=True)
    PhoneNumber.objects.filter(pk=number.pk).update(quarantine_until=timezone.now())
    return number


def _given_back(cast: Cast, account: CarrierAccount) -> PhoneNumber:
    number = _held(cast, account)
    PhoneNumber.objects.filter(pk=number.pk).update(used_since=timezone.now())
    holding.give_back(number=number, actor=cast.tenant_owner, now=timezone.now())
    PhoneNumber.objects.filter(pk=number.pk).update(quarantine_until=timezone.now())
    return number


def _refused(cast: Cast, account: CarrierAccount) -> PhoneNumber:
    number = _in_stock(cast, account)
    leaving = release.schedule(number=number, on=None, actor=cast.staff, now=timezone.now())
    Release.objects.filter(pk=leaving.pk).update(status=ReleaseStatus.REFUSED, next_attempt_at=None)
    opening.disconnect_refused(leaving, why="No.", now=timezone.now())
    return number


SITUATIONS: Mapping[str, Situation] = {
    "in stock": Situation(
        _in_stock,
        {
            "allot": _allot,
            "allot to the rival": _allot_to_rival,
            "offer": _offer,
            "release": _release,
        },
    ),
    "offered": Situation(
        _offered,
        {
            "claim": _claim,
            "the rival claims": _rival_claims,
            "withdraw": _withdraw,
            "expire": _expire,
            "offer": _offer,
        },
    ),
    "held": Situation(_held, {"assign": _assign, "move": _move, "give back": _give_back}),
    "in use": Situation(
        _in_use,
        {"move": _move, "give back": _give_back, "unassign": _unassign},
    ),
    "leaving": Situation(_leaving, {"cancel the release": _cancel_release}),
    "refused by the carrier": Situation(
        _refused,
        {
            "cancel the release": _cancel_release,
            "ask again": _ask_again,
            "complete its task": _complete_task,
        },
    ),
    "free to be offered": Situation(
        _in_stock,
        {
            "offer to all": _offer_to_all,
            "offer": _offer,
            "allot": _allot,
            "release": _release,
        },
        about={"offer to all"},
    ),
    "offered to all": Situation(
        _offered_to_all,
        {
            "claim from all": _claim_from_all,
            "the rival claims from all": _rival_claims_from_all,
            "withdraw from all": _withdraw_from_all,
            "claim": _claim,
            "withdraw": _withdraw,
            "expire": _expire,
        },
        about={"claim from all", "the rival claims from all", "withdraw from all"},
    ),
    "two in use": Situation(
        _two_in_use,
        {
            "swap": _swap,
            "swap from the other side": _swap_back,
            "move": _move,
            "unassign": _unassign,
            "give back": _give_back,
            "give back the other": _give_back_other,
        },
        about={"swap", "swap from the other side"},
    ),
    "tagged": Situation(
        _tagged,
        {"tag": _tag, "take tags off": _untag, "give back": _give_back, "move": _move},
        about={"tag", "take tags off"},
    ),
    "a range in stock": Situation(
        _range,
        {"define a block": _define_block, "allot": _allot, "offer": _offer, "release": _release},
        about={"define a block"},
    ),
    "a divisible block": Situation(
        _block,
        {
            "dissolve": _dissolve_block,
            "release the block": _release_block,
            "allot": _allot,
            "offer": _offer,
            "release": _release,
        },
        about={"dissolve", "release the block"},
    ),
    "an indivisible block": Situation(
        _indivisible_block,
        {"release the block": _release_block, "allot": _allot, "offer": _offer},
        about={"release the block"},
    ),
    "a block that leaves": Situation(
        _leaving_block,
        {
            "keep the block": _keep_block,
            "cancel the release": _cancel_release,
            "dissolve": _dissolve_block,
        },
        about={"keep the block", "dissolve"},
    ),
    "handed down": Situation(
        _held,
        {"recall": _recall, "assign": _assign, "give back": _give_back},
        about={"recall"},
    ),
    "given back": Situation(
        _given_back,
        {"reclaim": _reclaim, "end the rest": _end_rest, "release": _release},
        about={"reclaim"},
    ),
    "resting": Situation(_resting, {"end the rest": _end_rest, "release": _release}),
}
