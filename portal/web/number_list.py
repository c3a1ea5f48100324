"""The list of numbers: narrowed, sorted, with the columns one wants."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.actors import Actor
from accounts.permissions import FieldGroup, Permission
from dids import inventory
from dids.workflows.many import MOST
from portal.actor import PortalRequest, requires
from portal.web.bulk.table import steps_for
from portal.web.forms.number_filters import ALWAYS, NumberFilterForm
from portal.web.listing import Column, Listing
from provisioning import live

_COLUMNS = (
    Column("number", "Number", sort="e164"),
    Column("label", "Label", sort="label"),
    Column("holder", "Holder", sort="holder__name"),
    Column("rings", "Rings at"),
    Column("status", "Status", sort="status"),
    Column("tags", "Tags", extra=True),
    Column("place", "Place", extra=True),
    Column("country", "Country", sort="country", extra=True),
    Column("type", "Type", sort="type", extra=True),
    Column("since", "Status since", sort="status_since", extra=True),
)
_OF_CARRIER = (
    Column("account", "Carrier account", sort="carrier_account__name", extra=True),
    Column("trunk", "Trunk", extra=True),
)
_OF_COST = (Column("cost", "Cost a month", extra=True, figures=True),)


@require_GET
@requires(Permission.VIEW_NUMBERS)
def index(request: PortalRequest) -> HttpResponse:
    """List the numbers one can see, by any filter, page by page."""
    actor, is_open = request.actor, request.GET.get("panel") == "1"
    form = NumberFilterForm(request.GET, actor=actor, with_choices=is_open)
    rows = inventory.numbers(actor, **form.narrowing)
    listing = Listing(request, rows, columns=columns_for(actor), sort="number")
    asked = set(form.fields) if is_open else ALWAYS
    context = {
        "listing": listing,
        "form": form,
        "is_open": is_open,
        "kept": listing.kept(besides=asked),
        "chips": [
            (label, words, listing.query(**{name: "", "after": ""}))
            for name, label, words in form.chosen()
        ],
        "live": live.state_of([number.e164 for number in listing.rows]),
        "bulk_steps": steps_for(actor),
        "narrowed": [pair for pair in listing.kept(()) if pair[0] in form.fields],
        "most": MOST,
    }
    if actor.reach and listing.shows("tags"):
        context["tags"] = inventory.tags(actor.reach, listing.rows)
    return render(request, _part(request), context)


def columns_for(actor: Actor) -> list[Column]:
    """Give the columns that a reader may choose among."""
    return [
        *_COLUMNS,
        *(_OF_CARRIER if actor.sees(FieldGroup.CARRIER) else ()),
        *(_OF_COST if actor.sees(FieldGroup.COST) else ()),
    ]


def _part(request: PortalRequest) -> str:
    if not request.htmx:
        return "numbers/index.html"
    return "numbers/_list.html" if request.htmx.target == "list" else "numbers/_rows.html"
