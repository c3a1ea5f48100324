"""One list of numbers: how it is read, what it would do to the stock, and the step that does it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission
from dids import imports
from dids.import_columns import FIELDS
from dids.models import Import, ImportRow
from dids.models.imports import UNDER_WAY
from dids.states import ImportStatus
from dids.workflows import importing
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.web import csv_export
from portal.web.answers import status_of
from portal.web.csv_export import Cell
from portal.web.forms.imports import ApplyForm, ImportRowFilter, ReadingForm
from portal.web.listing import Column, Listing

P = Permission
BATCH = 1_000
"""Rows of a file that are held at a time."""
_COLUMNS = (
    Column("line", "Line", sort="pk"),
    Column("number", "Number"),
    Column("verdict", "Verdict", sort="verdict"),
    Column("why", "Why, or what changes"),
)
_HEADS = ("Line", "Number", "Verdict", "About", "Reason", "Changes", "As it came")


@require_GET
@requires(P.MANAGE_CARRIERS)
def detail(request: PortalRequest, source: UUID) -> HttpResponse:
    """Show how far a list has come, and what was found of each line."""
    return _page(request, _visible(request, source))


@require_POST
@requires(P.MANAGE_CARRIERS)
def check(request: PortalRequest, source: UUID) -> HttpResponse:
    """Have every line judged, with the columns that were chosen."""
    found = _visible(request, source)
    form = ReadingForm(found, request.POST)
    if not form.is_valid():
        return _page(request, found, reading=form, status=422)
    try:
        importing.check(
            source=found,
            columns=form.columns,
            options=form.options,
            actor=request.actor,
            now=timezone.now(),
        )
    except UnableTo as refusal:
        form.refuse(refusal)
        return _page(request, _visible(request, source), reading=form, status=status_of(refusal))
    return redirect("import", source=source)


@require_POST
@requires(P.MANAGE_CARRIERS)
def apply(request: PortalRequest, source: UUID) -> HttpResponse:
    """Have a checked list applied."""
    found = _visible(request, source)
    form = ApplyForm(request.POST)
    believes = form.is_valid() and form.cleaned_data["believes_short_list"]
    try:
        importing.apply(
            source=found,
            believes_short_list=believes,
            actor=request.actor,
            now=timezone.now(),
        )
    except UnableTo as refusal:
        return _page(request, _visible(request, source), refusal=refusal)
    return redirect("import", source=source)


@require_POST
@requires(P.MANAGE_CARRIERS)
def discard(request: PortalRequest, source: UUID) -> HttpResponse:
    """Put a list aside."""
    found = _visible(request, source)
    try:
        importing.discard(source=found, actor=request.actor, now=timezone.now())
    except UnableTo as refusal:
        return _page(request, _visible(request, source), refusal=refusal)
    messages.success(request, f"{found.file_name} is discarded; nothing was changed by it.")
    return redirect("imports", account=found.account.uuid)


@require_POST
@requires(P.MANAGE_CARRIERS)
def verdicts(request: PortalRequest, source: UUID) -> HttpResponseBase:
    """Give the list back as a file, with the verdict of each line."""
    found = _visible(request, source)
    return csv_export.download("verdicts", _HEADS, _lines(found))


def changed_words(row: ImportRow) -> list[str]:
    """Say in words what a row would change."""
    return [f"{_label(name)}: {_plain(old)} → {_plain(new)}" for name, (old, new) in _pairs(row)]


def _pairs(row: ImportRow) -> list[tuple[str, list[Any]]]:
    return sorted(row.changes.items())


def _label(name: str) -> str:
    return FIELDS[name].label if name in FIELDS else name.capitalize()


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)).lower() or "nothing"
    return str(value) if value not in {None, ""} else "nothing"


def _lines(source: Import) -> Iterator[list[Cell]]:
    rows = imports.rows(source).order_by("pk")
    for row in rows.iterator(chunk_size=BATCH):
        about = _label(row.field) if row.field else ""
        changes = "; ".join(changed_words(row))
        verdict = row.get_verdict_display()
        yield [row.line, row.e164, verdict, about, row.reason, changes, row.text]


def _visible(request: PortalRequest, uuid: UUID) -> Import:
    return get_object_or_404(imports.imports(request.actor), uuid=uuid)


def _is_forgotten(source: Import, listing: Listing[ImportRow], chosen: Mapping[str, str]) -> bool:
    """Tell whether the lines of an applied list are no longer kept."""
    is_empty = not listing.rows and not chosen
    return is_empty and source.status == ImportStatus.APPLIED and source.lines > 0


def _page(
    request: PortalRequest,
    source: Import,
    *,
    reading: ReadingForm | None = None,
    refusal: UnableTo | None = None,
    status: int = 200,
) -> HttpResponse:
    form = ImportRowFilter(request.GET)
    chosen = form.chosen
    listing = Listing(request, imports.rows(source, **chosen), columns=_COLUMNS, sort="line")
    context = {
        "source": source,
        "is_under_way": source.status in UNDER_WAY,
        "may_read": source.status in {ImportStatus.UPLOADED, ImportStatus.CHECKED},
        "is_short": imports.is_too_short(source),
        "is_forgotten": _is_forgotten(source, listing, chosen),
        "is_judged": source.status in {ImportStatus.CHECKED, ImportStatus.APPLIED},
        "earlier": imports.earlier_of(source),
        "reading": reading or ReadingForm(source),
        "is_refused": reading is not None,
        "listing": listing,
        "rows": [(row, _label(row.field), changed_words(row)) for row in listing.rows],
        "filter": form,
        "narrowed": bool(chosen),
        "refusal": refusal,
    }
    part = {"rows": "imports/_rows.html", "import": "imports/_import.html"}
    name = part.get(request.htmx.target or "", "imports/detail.html")
    return render(request, name, context, status=status_of(refusal) if refusal else status)
