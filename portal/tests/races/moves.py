"""All that can be done to one number, and the situations in which it competes with itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.actors import System
from accounts.models import Event
from accounts.tests.cast import Cast
from dids.destinations import Destination
from dids.models import Assignment, Holding, Offer, PhoneNumber, Release, Task
from dids.states import NumberStatus, ReleaseStatus
from dids.tests.factories import MAIN, make_number
from dids.workflows import assignment, doing, holding, offering, opening, release, sweeps
from trunks.models import CarrierAccount

OTHER = Destination("EXTENSION", "102")
_SWEEP = System("dids.sweep")
_LATER = timedelta(days=1)


class Piece:
    """A number, as those who are about to act on it saw it before anybody did."""

    def __init__(self, cast: Cast, number: PhoneNumber) -> None:
        self.cast = cast
        self.key = number.pk
        self.e164 = number.e164
        self._offers = {
            offer.to_id: offer
            for offer in Offer.objects.filter(number=number).select_related(
                "number", "to", "offered_by"
            )
        }

        self._task = (
            Task.objects.select_related("organization", "number").filter(number=number).first()
        )

    def number(self) -> PhoneNumber:
        """Give the number as it was seen, to each of them their own."""
        return PhoneNumber.objects.select_related("holder", "carrier_account__owner").get(
            pk=self.key
        )

    def offer(self, buyer: Any) -> Offer:
        """Give the offer to a buyer as it was seen."""
        return self._offers[buyer.pk]

    def task(self) -> Task:
        """Give its task as it was seen."""
        assert self._task is not None
        return self._task

    def snapshot(self) -> dict[str, object]:
        """Say all that became of it, without names that differ from number to number."""
        row = PhoneNumber.objects.select_related("holder").get(pk=self.key)
        assigned = Assignment.objects.filter(number=row).first()
        return {
            "status": row.status,
            "holder": row.holder.name,
            "label": row.label,
            "rings": str(assigned.destination) if assigned else "",
            "holdings": list(
                Holding.objects.filter(number=row)
                .order_by("during")
                .values_list("organization__name", flat=True)
            ),
            "offers": sorted(Offer.objects.filter(number=row).values_list("to__name", "status")),
            "releases": sorted(Release.objects.filter(number=row).values_list("status", flat=True)),
            "tasks": sorted(Task.objects.filter(number=row).values_list("kind", "status")),
            "journal": sorted(
                Event.objects.filter(number=self.e164).values_list("action", flat=True)
            ),
        }


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
    offers = [piece.offer(piece.cast.tenant), piece.offer(piece.cast.rival_tenant)]
    offering.expire(offers=offers, actor=_SWEEP, now=timezone.now())


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


def _ask_again(piece: Piece, number: PhoneNumber) -> None:
    release.resume(number=number, **_staff(piece))


def _complete_task(piece: Piece, _number: PhoneNumber) -> None:
    doing.complete(task=piece.task(), note="", **_staff(piece))


def _end_rest(_piece: Piece, _number: PhoneNumber) -> None:
    sweeps.end_quarantines(now=timezone.now())


@dataclass(frozen=True)
class Situation:
    """
    Where a number is, and which moves would succeed if nobody else came.

    :ivar make: stores such a number
    """

    make: Callable[[Cast, CarrierAccount], PhoneNumber]
    moves: Mapping[str, Move]


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


def _resting(cast: Cast, account: CarrierAccount) -> PhoneNumber:
    number = make_number(account=account, status=NumberStatus.QUARANTINE, used=True)
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
    "resting": Situation(_resting, {"end the rest": _end_rest, "release": _release}),
}
