"""What must be off at a carrier before a number goes: to another holder, or back to its carrier."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from django.db.models import Q

from accounts.actors import Actor, System
from accounts.models import Organization
from accounts.work import acting
from dids.crafts import CRAFTS, Craft
from dids.models import Feature, PhoneNumber
from dids.states import NUMBER, FeatureStatus, NumberStatus
from dids.workflows import feature_wishes
from lib.locks import no_key

_ACTOR = System("features.leave")
_S = FeatureStatus
_ON_ITS_WAY = (_S.UNWANTED, _S.REMOVING, _S.REMOVAL_BY_HAND)


def take_off_all(
    numbers: Iterable[PhoneNumber], *, now: datetime, but: Organization | None = None
) -> None:
    """
    Have all features of locked numbers taken off; inside a transaction.

    :param but: who gets the numbers, with features of its own that stay; None where they leave us
    """
    keys = [number.pk for number in numbers]
    for craft, row in _rows(keys, ~Q(status__in=[_S.OFF, *_ON_ITS_WAY])):
        if but is None or not (craft.stays or row.organization_id == but.pk):
            feature_wishes.unwant(row, actor=_ACTOR, now=now)


def went_with(numbers: Collection[PhoneNumber], *, actor: Actor, now: datetime) -> None:
    """
    Write down that all features of locked numbers went with them; their carrier is not asked.

    What a person entered there, or another carrier has, does not go by itself: it is taken off.
    """
    accounts = {number.e164: number.carrier_account_id for number in numbers}
    for craft, row in _rows([number.pk for number in numbers], ~Q(status=_S.OFF)):
        is_elsewhere = row.account.pk != accounts[row.e164]
        if not (is_elsewhere or craft.is_by_hand(row)):
            feature_wishes.gone(row, actor=actor, now=now)
        elif row.status not in _ON_ITS_WAY:
            feature_wishes.unwant(row, actor=actor, now=now)


def why_gone(number: PhoneNumber) -> str:
    """Say why nothing is set up for a number any more; empty where it stays."""
    if number.status == NumberStatus.RELEASING:
        return f"{number.e164} is being released. Cancel its release to keep it."
    if number.status in NUMBER.edges.final:
        return f"{number.e164} was {number.get_status_display().lower()} and is not ours any more."
    return ""


def is_waited_for(number: PhoneNumber, *, now: datetime) -> bool:
    """Have the features of a number taken off; tells whether the carrier may still have one."""
    with acting(_ACTOR):
        take_off_all([number], now=now)
        return any(True for _ in _rows([number.pk], ~Q(status=_S.OFF)))


def _rows(numbers: list[int], wanted: Q) -> Iterator[tuple[Craft, Feature]]:
    for craft in CRAFTS.values():
        if craft.of_numbers:
            rows = craft.model.objects.select_related("organization", *craft.related)
            for row in no_key(rows.filter(wanted & Q(number__in=numbers))):
                yield craft, row
