"""The page of one number: where it rings, what it waits for, what can be done, what happened."""

from __future__ import annotations

from http import HTTPStatus
from itertools import chain
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from accounts import sentences
from accounts.models import Kind
from accounts.permissions import FieldGroup, Permission
from dids import inventory, waiting
from dids.models import PhoneNumber
from lib.e164 import is_e164
from portal.actor import PortalRequest
from portal.web import number_parts as parts
from portal.web.forms import PortalForm
from portal.web.forms.destinations import DestinationForm
from portal.web.forms.numbers import LabelForm, TagForm
from portal.web.seen import token
from provisioning import hops, live, route_state

P = Permission
TIMELINE = 50
WATCHED: dict[str, tuple[parts.Maker, ...]] = {
    "destination": (parts.holder, parts.destination, parts.label),
    "label": (parts.holder, parts.label),
    "tag": (parts.tags,),
}
"""What each form of the page shows, and would write over if somebody changed it meanwhile."""


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
    forms = {**_forms(number), **(refused or {})}
    made = {make: make(number, request.actor) for make in set(chain(*WATCHED.values()))}
    for name, form in forms.items():
        form.seen = token([made[make] for make in WATCHED[name]])
    sees_carrier = request.actor.sees(FieldGroup.CARRIER)
    happened = parts.events_of(number, request.actor)
    events = list(
        happened.select_related("organization", "on_behalf_of").order_by("-pk")[:TIMELINE]
    )
    context = {
        "number": number,
        "destination": hasattr(number, "assignment"),
        "forms": forms,
        "refused": refused or {},
        "tags": [word for word in made[parts.tags].value.split("\n") if word],
        **_way(number, sees_carrier=sees_carrier),
        "timeline": [
            (event.at, said)
            for event, said in zip(events, sentences.sentences(events, request.actor), strict=True)
        ],
        "sees_carrier": sees_carrier,
        **_offered(request, number),
    }
    return render(request, "numbers/detail.html", context, status=status)


def _forms(number: PhoneNumber) -> dict[str, PortalForm]:
    return {
        "destination": DestinationForm.of(number),
        "label": LabelForm(initial={"label": number.label}),
        "tag": TagForm(),
    }


def _offered(request: PortalRequest, number: PhoneNumber) -> dict[str, Any]:
    """Tell what the page offers: a holder's own steps, or the way into the holder's seat."""
    actor, holder = request.actor, number.holder
    is_mine = actor.reach == holder
    changes = actor.may(P.ASSIGN_NUMBERS)
    return {
        "may_assign": is_mine and holder.kind == Kind.TENANT and changes,
        "may_label": is_mine and holder.kind != Kind.TENANT and changes,
        "may_tag": changes,
        "may_give_back": is_mine and not holder.is_provider and actor.may(P.GIVE_BACK_NUMBERS),
        "may_act_for": not is_mine and actor.acting_for is None and actor.may(P.ACT_FOR),
    }


def _way(number: PhoneNumber, *, sees_carrier: bool) -> dict[str, Any]:
    """Tell how far a call to it gets; the routers one by one to those who run them."""
    state = live.state_of([number.e164]).get(number.e164, live.OFF)
    return {
        "live": state,
        "hops": hops.of(number, state, shows_carrier=sees_carrier),
        "routers": route_state.nodes_of(number.e164) if sees_carrier else [],
        "waiting": waiting.why_not_yet(number),
    }
