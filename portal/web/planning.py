"""What chosen offers become: the lines of an order, each with its plan."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Kind, Organization
from accounts.work import acting
from dids import passing_over
from dids.models import FoundOffer, NumberOrder
from dids.passing_over import PassedOver
from dids.states import LineStatus
from dids.workflows import carrier_holds, ordering, replacing
from portal.web.forms.buying import PlanForm
from provisioning import delivery
from trunks.models import Trunk


def preview(form: PlanForm, chosen: list[UUID], *, actor: Actor) -> NumberOrder:
    """
    Freeze chosen offers into an order's preview, and have them held if that is wanted.

    :raises UnableTo: naming the field of the form that stands in the way
    """
    payer, now = _payer(actor), timezone.now()
    passed = _passed_over(_offers(actor, chosen), up_to=form.cleaned_data["next_best"], now=now)
    # What cannot be had now gives its place to the next best, where that is wanted.
    swapped = {one.offer.uuid: one.instead.uuid for one in passed if one.instead}
    chosen = [swapped.get(offer, offer) for offer in chosen]
    # Without the hold that was asked for, there is no preview either.
    with acting(actor):
        made = ordering.draft(
            lines=_lines(form, chosen, payer=payer, actor=actor),
            payer=payer,
            actor=actor,
            now=now,
            passed_over=passed,
        )
        if form.cleaned_data["hold"]:
            carrier_holds.want_what_can_be_held(
                offers=_offers(actor, chosen), organization=payer, actor=actor, now=now
            )
    return made


def replacements(
    order: NumberOrder, chosen: list[UUID], *, actor: Actor
) -> list[replacing.Replacement]:
    """Put chosen offers in the places of an order's failed lines, from above."""
    offers = {offer.uuid: offer for offer in _offers(actor, chosen)}
    made = []
    for line, offer_id in zip(failed_lines(order), chosen, strict=False):
        offer = offers.get(offer_id)
        keeps = offer is None or replacing.keeps_trunk(line, offer.carrier_account_id)
        rings = line.destination is not None
        trunks = {} if keeps or offer is None else _trunks_to(line.holder, [offer], rings=rings)
        made.append(replacing.Replacement(line.uuid, offer_id, trunks.get(offer_id)))
    return made


def failed_lines(order: NumberOrder) -> list[Any]:
    """Give the lines of an order that failed and have no successor yet."""
    lines = order.lines.all()
    return [line for line in lines if line.status == LineStatus.FAILED and not line.replaced_by]


def _payer(actor: Actor) -> Organization:
    payer = actor.reach
    if payer is None:
        raise ordering.UnableToOrder("An order needs somebody who pays.")
    return payer


def _lines(
    form: PlanForm, chosen: list[UUID], *, payer: Organization, actor: Actor
) -> list[ordering.LineWish]:
    holder = form.cleaned_data["holder"] or payer
    destinations = form.destinations(len(chosen))
    offers = [] if form.cleaned_data["trunk"] else _offers(actor, chosen)
    trunks = _trunks_to(holder, offers, rings=any(destinations))
    return [
        ordering.LineWish(
            offer_id=offer_id,
            holder=holder,
            label=form.cleaned_data["label"],
            destination=destination,
            trunk=form.cleaned_data["trunk"] or trunks.get(offer_id),
            emergency_location=form.location,
            waiver_kind=form.waiver,
            waiver_reason=form.cleaned_data["reason"],
        )
        for offer_id, destination in zip(chosen, destinations, strict=True)
    ]


def _passed_over(
    offers: list[FoundOffer], *, up_to: Decimal | None, now: datetime
) -> list[PassedOver]:
    return [] if up_to is None else passing_over.look(offers, now=now, up_to=up_to)


def _offers(actor: Actor, chosen: list[UUID]) -> list[FoundOffer]:
    rows = FoundOffer.objects.visible_to(actor).filter(uuid__in=chosen)
    return list(rows.select_related("carrier_account", "search"))


def _trunks_to(
    holder: Organization, offers: list[FoundOffer], *, rings: bool
) -> dict[UUID, Trunk | None]:
    """Give the trunk by which each offer reaches a tenant's PBX; stock needs none."""
    if holder.kind != Kind.TENANT:
        return {}
    accounts = {offer.carrier_account for offer in offers}
    there = {
        one: delivery.trunk_wanted(account=one, holder=holder, rings=rings) for one in accounts
    }
    return {offer.uuid: there[offer.carrier_account] for offer in offers}
