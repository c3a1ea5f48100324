"""The home of a tenant's office manager: one's numbers by name, and who answers each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.actors import Actor
from accounts.permissions import Permission
from dids.models import PhoneNumber
from dids.models.numbers import PhoneNumberQuerySet
from portal.actor import PortalRequest, requires
from portal.web.first_steps import steps_for
from portal.web.home import morning, offered
from portal.web.listing import Column, Listing
from provisioning import live

P = Permission
ON_PAPER = 500
"""Numbers of a printed list; further ones are told to be looked up."""

_COLUMNS = (
    Column("name", "Name", sort="label"),
    Column("number", "Number", sort="e164"),
    Column("rings", "Who answers"),
    Column("live", "Live"),
    Column("place", "Place", extra=True),
)
_CHANGE = Column("change", "Change")


def context(request: PortalRequest, now: datetime) -> dict[str, Any]:
    """Give the page what it shows."""
    actor, own = request.actor, request.actor.reach
    if own is None:
        return {}
    may_assign = actor.may(P.ASSIGN_NUMBERS)
    columns = (*_COLUMNS, _CHANGE) if may_assign else _COLUMNS
    listing = Listing(request, _of(request.actor), columns=columns, sort="name")
    return {
        **morning.context(actor, now),
        **offered.context(actor),
        "steps": steps_for(actor),
        "own": own,
        "listing": listing,
        "live": live.state_of([number.e164 for number in listing.rows]),
        "may_assign": may_assign,
    }


@require_GET
@requires(P.VIEW_NUMBERS)
def on_paper(request: PortalRequest) -> HttpResponse:
    """List one's own numbers by name, fit for paper."""
    own = request.actor.reach
    if own is None:
        raise Http404
    # By the key, as the index has it: those without a name may be many.
    rows = list(_of(request.actor).order_by("label", "pk")[: ON_PAPER + 1])
    found = {
        "own": own,
        "numbers": sorted(rows[:ON_PAPER], key=lambda number: (number.label, number.e164)),
        "has_more": len(rows) > ON_PAPER,
        "most": ON_PAPER,
        "now": timezone.now(),
    }
    return render(request, "numbers/print.html", found)


def _of(actor: Actor) -> PhoneNumberQuerySet:
    """Give the numbers of one's own organization, those below left out."""
    rows = PhoneNumber.objects.visible_to(actor).live().filter(holder=actor.reach)
    return rows.select_related("assignment")
