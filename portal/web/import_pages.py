"""Lists of numbers that go into the stock of a carrier account: uploaded, and those of before."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission
from dids import imports
from dids.import_columns import FIELDS
from dids.workflows import importing
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.web import csv_export
from portal.web.answers import status_of
from portal.web.carrier_page import visible
from portal.web.forms.imports import UploadForm
from portal.web.listing import Column, Listing
from trunks.models import CarrierAccount

P = Permission
_COLUMNS = (
    Column("file", "List", sort="file_name"),
    Column("status", "State", sort="status"),
    Column("new", "New", figures=True),
    Column("changed", "Changed", figures=True),
    Column("refused", "Refused", figures=True),
    Column("uploaded", "Uploaded", sort="uploaded_at"),
)


@require_GET
@requires(P.MANAGE_CARRIERS)
def index(request: PortalRequest, account: UUID) -> HttpResponse:
    """Ask for a list, and show those that were uploaded for the account."""
    return _page(request, visible(request, account), UploadForm())


@require_POST
@requires(P.MANAGE_CARRIERS)
def upload(request: PortalRequest, account: UUID) -> HttpResponse:
    """Take a list in, which changes nothing yet."""
    found = visible(request, account)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    file = form.cleaned_data["file"]
    try:
        source = importing.upload(
            account=found,
            file_name=file.name,
            content=file.chunks(),
            actor=request.actor,
            now=timezone.now(),
        )
    except UnableTo as refusal:
        form.refuse(refusal)
        return _page(request, found, form, status=status_of(refusal))
    return redirect("import", source=source.uuid)


@require_POST
@requires(P.MANAGE_CARRIERS)
def template(request: PortalRequest) -> HttpResponseBase:
    """Give a list with every column and one line, to be filled in."""
    shown = [field for field in FIELDS.values() if field.example]
    names = [field.label for field in shown]
    return csv_export.download("numbers-to-import", names, [[field.example for field in shown]])


def _page(
    request: PortalRequest, account: CarrierAccount, form: UploadForm, *, status: int = 200
) -> HttpResponse:
    rows = imports.imports(request.actor, account=account)
    context = {
        "account": account,
        "form": form,
        "listing": Listing(request, rows, columns=_COLUMNS, sort="-uploaded"),
    }
    return render(request, "imports/index.html", context, status=status)
