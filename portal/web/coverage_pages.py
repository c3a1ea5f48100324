"""What can be had in which country, and from whom."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.permissions import FieldGroup, Permission
from dids import coverage
from portal.actor import PortalRequest, requires
from portal.web.answers import plain
from trunks.numbering import NumberType

P = Permission


@require_GET
@requires(P.VIEW_NUMBERS)
def index(request: PortalRequest) -> HttpResponse:
    """Show countries by number types; one country if asked."""
    country = plain(request.GET.get("country")).upper()[:2]
    actor = request.actor
    found = coverage.cells(actor, country=country)
    rows = coverage.by_country(found)
    context = {
        "country": country,
        "types": [one.value for one in NumberType],
        "rows": [
            (code, [(one.value, row.get(one.value)) for one in NumberType])
            for code, row in rows.items()
        ],
        "sees_carrier": actor.sees(FieldGroup.CARRIER),
        "sees_cost": actor.sees(FieldGroup.COST),
        "may_search": actor.may(P.SEARCH_NUMBERS),
    }
    return render(request, "buying/coverage.html", context)
