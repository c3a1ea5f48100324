"""The list of numbers as a file: narrowed, sorted and with the columns as its page has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.permissions import Permission
from accounts.workflows import exporting
from dids import events, inventory
from dids.models import PhoneNumber
from portal.actor import PortalRequest, requires
from portal.web import csv_export
from portal.web.csv_export import Cell
from portal.web.forms.number_filters import OF_CARRIER, NumberFilterForm
from portal.web.listing import Listing
from portal.web.number_list import columns_for

BATCH = 1_000
"""Numbers of a file that are held at a time."""
MOST = 100_000
"""Numbers of a file."""
_CELLS: Mapping[str, Callable[[PhoneNumber], Cell]] = {
    "number": lambda number: number.e164,
    "label": lambda number: number.label,
    "holder": lambda number: number.holder.name,
    "rings": lambda number: (
        str(number.assignment.destination) if hasattr(number, "assignment") else ""
    ),
    "status": lambda number: number.get_status_display(),
    "place": lambda number: ", ".join(filter(None, (number.locality, number.region))),
    "country": lambda number: number.country,
    "type": lambda number: number.type,
    "since": lambda number: number.status_since,
    "account": lambda number: number.carrier_account.name,
    "trunk": lambda number: number.binding.trunk.name if hasattr(number, "binding") else "",
    "cost": lambda number: "" if number.monthly is None else f"{number.monthly} {number.currency}",
}


@require_POST
@requires(Permission.VIEW_NUMBERS)
def export(request: PortalRequest) -> HttpResponseBase:
    """Give the list that the address asks for as a file, and write down that it was taken out."""
    actor, own = request.actor, request.actor.reach
    if own is None:
        raise PermissionDenied
    form = NumberFilterForm(request.GET, actor=actor)
    rows = inventory.numbers(actor, **form.narrowing)
    listing = Listing(request, rows, columns=columns_for(actor), sort="number", size=1)
    # Not what of the carrier: whoever reads the journal need not see that.
    what = "; ".join(
        f"{label}: {'one' if name in OF_CARRIER else words}" for name, label, words in form.chosen()
    )
    exporting.take_out(
        events.EXPORTED,
        what=what.lower() or "all of them",
        organization=own,
        actor=actor,
        now=timezone.now(),
    )
    heads = [column.label for column in listing.columns if listing.shows(column.key)]
    return csv_export.download("numbers", heads, _rows(request, listing))


def _rows(request: PortalRequest, listing: Listing[PhoneNumber]) -> Iterator[list[Cell]]:
    own, written = request.actor.reach, 0
    for numbers in listing.batches(BATCH):
        words = inventory.tags(own, numbers) if own and listing.shows("tags") else {}
        for number in numbers:
            if written == MOST:
                yield [f"The file ends here, with {MOST:,} numbers. Narrow the list for the rest."]
                return
            tags = ", ".join(words.get(number.pk, []))
            yield [tags if key == "tags" else _CELLS[key](number) for key in listing.shown]
            written += 1
