"""The page of one number: where it rings, what it waits for, what can be done, what happened."""

from __future__ import annotations

from http import HTTPStatus
from itertools import chain
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts import sentences
from accounts.actors import Actor
from accounts.models import Kind, Organization
from accounts.permissions import FieldGroup, Permission
from dids import inventory, papers, waiting
from dids.models import Holding, Offer, PhoneNumber
from dids.states import NumberStatus
from lib.e164 import is_e164
from lib.refusals import UnableTo
from portal.actor import PortalRequest
from portal.web import number_parts as parts
from portal.web.answers import status_of
from portal.web.forms import PortalForm
from portal.web.forms.destinations import DestinationForm
from portal.web.forms.numbers import LabelForm, TagForm
from portal.web.listing import Column, Listing
from portal.web.number_actions import actions_for
from portal.web.seen import token
from provisioning import hops, live, route_state

P = Permission
TIMELINE = 20
"""Events of a page."""
HOLDERS = 10
OFFERS = 20
WATCHED: dict[str, tuple[parts.Maker, ...]] = {
    "destination": (parts.holder, parts.destination, parts.label),
    "label": (parts.holder, parts.label),
    "tag": (parts.tags,),
    "recall": (parts.holder, parts.status),
}
"""What each step of the page is about, and would pass over if somebody changed it meanwhile."""


def visible(request: PortalRequest, e164: str) -> PhoneNumber:
    """
    Give the number as its page shows it.

    :raises Http404: if it is none, or a stranger's
    """
    if not is_e164(e164):
        raise Http404
    try:
        return inventory.number(request.actor, e164)
    except PhoneNumber.DoesNotExist:
        raise Http404 from None


def page(
    request: PortalRequest,
    number: PhoneNumber,
    *,
    refused: dict[str, PortalForm] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """
    Draw the page.

    :param refused: a form that was refused, by the name it has among `WATCHED`
    """
    actor = request.actor
    forms = {**_forms(number), **(refused or {})}
    made = {make: make(number, actor) for make in set(chain(*WATCHED.values()))}
    seen = {name: token([made[make] for make in makers]) for name, makers in WATCHED.items()}
    for name, form in forms.items():
        form.seen = seen[name]
    holders = _holders(number, actor)
    context = {
        "number": number,
        "forms": forms,
        "refused": refused or {},
        "seen": seen,
        "tags": [word for word in made[parts.tags].value.split("\n") if word],
        "holders": holders,
        "offers": _offers(number, actor),
        "actions": actions_for(actor, number, _giver(holders)),
        "past": _past(request, number) if actor.may(P.VIEW_JOURNAL) else None,
        "has_expired_papers": papers.has_expired_papers(number, now=timezone.now()),
        "sees_carrier": _sees_carrier(request),
        "routers": route_state.nodes_of(number.e164) if _sees_carrier(request) else [],
        **_way(number, sees_carrier=_sees_carrier(request)),
        **_offered(actor, number),
    }
    return render(request, "numbers/detail.html", context, status=status)


def way(request: PortalRequest, number: PhoneNumber) -> HttpResponse:
    """Draw how far a call gets, for a page that is open."""
    context = {"number": number, **_way(number, sees_carrier=_sees_carrier(request))}
    return render(request, "numbers/_way.html", context)


def gone(
    request: PortalRequest, number: PhoneNumber, *, refusal: UnableTo | None = None
) -> HttpResponse:
    """Show a number that was given back and rests to whoever may take it again."""
    status = status_of(refusal) if refusal else HTTPStatus.OK
    if PhoneNumber.objects.visible_to(request.actor).filter(pk=number.pk).exists():
        messages.warning(request, str(refusal or ""))
        return page(request, visible(request, number.e164), status=status)
    context = {
        "number": number,
        "refusal": refusal,
        "may_reclaim": request.actor.may(P.CLAIM_NUMBERS),
    }
    return render(request, "numbers/gone.html", context, status=status)


def _forms(number: PhoneNumber) -> dict[str, PortalForm]:
    return {
        "destination": DestinationForm.of(number),
        "label": LabelForm(initial={"label": number.label}),
        "tag": TagForm(),
    }


def _holders(number: PhoneNumber, actor: Actor) -> list[Holding]:
    """Give who had it, the last first; times of others than the reader and those below are not."""
    rows = Holding.objects.visible_to(actor).filter(number=number)
    return list(rows.select_related("organization", "source").order_by("-during")[:HOLDERS])


def _giver(holders: list[Holding]) -> Organization | None:
    return holders[0].source if holders and holders[0].during.upper is None else None


def _offers(number: PhoneNumber, actor: Actor) -> list[Offer]:
    if number.status != NumberStatus.RESERVED or number.holder != actor.reach:
        return []
    rows = Offer.objects.visible_to(actor).open().filter(number=number)
    return list(rows.select_related("to").order_by("pk")[:OFFERS])


def _past(request: PortalRequest, number: PhoneNumber) -> dict[str, Any]:
    """Give a page of what happened, in sentences."""
    happened = parts.events_of(number, request.actor)
    listing = Listing(
        request,
        happened.select_related("organization", "on_behalf_of"),
        columns=[Column("at", "At", sort="pk")],
        sort="-at",
        size=TIMELINE,
    )
    said = sentences.sentences(listing.rows, request.actor)
    at = (event.at for event in listing.rows)
    return {"listing": listing, "timeline": list(zip(at, said, strict=True))}


def _offered(actor: Actor, number: PhoneNumber) -> dict[str, bool]:
    """Tell which forms the page has: a holder's own, or the way into the holder's seat."""
    holder, changes = number.holder, actor.may(P.ASSIGN_NUMBERS)
    is_mine = actor.reach == holder
    return {
        "may_assign": is_mine and holder.kind == Kind.TENANT and changes,
        "may_label": is_mine and holder.kind != Kind.TENANT and changes,
        "may_tag": changes,
        "may_see_exchanges": actor.may(P.MANAGE_CARRIERS),
        "may_withdraw": is_mine and actor.may(P.ALLOT_NUMBERS),
        "may_act_for": not is_mine and actor.acting_for is None and actor.may(P.ACT_FOR),
    }


def _way(number: PhoneNumber, *, sees_carrier: bool) -> dict[str, Any]:
    """Tell how far a call to it gets, and whether that is about to change by itself."""
    state = live.state_of([number.e164]).get(number.e164, live.OFF)
    found = hops.of(number, state, shows_carrier=sees_carrier)
    return {
        "live": state,
        "hops": found,
        "waiting": waiting.why_not_yet(number),
        "is_moving": any(hop.state == hops.HopState.WAITING for hop in found),
    }


def _sees_carrier(request: PortalRequest) -> bool:
    return request.actor.sees(FieldGroup.CARRIER)
