"""What a carrier asks for before it sells: kept by hand where its interface does not tell it."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Event
from accounts.permissions import Permission
from dids import events
from dids.models import DocumentType, RequirementList
from dids.suggested_requirements import SUGGESTIONS
from dids.workflows import requirement_keeping
from dids.workflows.requirement_keeping import Asked
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.web.answers import plain, status_of
from portal.web.carrier_page import visible
from portal.web.forms.requirements import RequirementsForm
from portal.web.listing import Column, Listing
from portal.web.seen import Part, token, unchanged
from trunks.models import CarrierAccount
from trunks.numbering import NumberType
from trunks.regulation import Asks

P = Permission
_COLUMNS = (
    Column("country", "Country", sort="country"),
    Column("type", "Type", sort="type"),
    Column("asked", "Asks for"),
    Column("since", "Known since", sort="asked_at"),
)


@require_GET
@requires(P.MANAGE_CARRIERS)
def index(request: PortalRequest, account: UUID) -> HttpResponse:
    """List what is asked for, by country and type."""
    found = visible(request, account)
    rows = RequirementList.objects.filter(carrier_account=found).exclude(requirements=[])
    context = {
        "account": found,
        "is_kept": requirement_keeping.is_kept(found),
        "listing": Listing(request, rows, columns=_COLUMNS, sort="country"),
        "suggestions": SUGGESTIONS.values(),
    }
    return render(request, "requirements/index.html", context)


@require_GET
@requires(P.MANAGE_CARRIERS)
def edit(request: PortalRequest, account: UUID) -> HttpResponse:
    """Show a form with what is written down; where nothing is, with what is suggested."""
    found = visible(request, account)
    country = plain(request.GET.get("country")).upper()[:2]
    type_ = plain(request.GET.get("type"))
    row = _kept(found, country, type_)
    suggestion = None if row else SUGGESTIONS.get((country, type_))
    asked = _asked(row) if row else suggestion.asked if suggestion else ()
    initial = {"country": country, "type": type_ if type_ in set(NumberType) else ""}
    form = RequirementsForm(
        initial={name: text for name, text in initial.items() if text}, asked=asked
    )
    return _form(request, found, form, is_suggested=suggestion is not None)


@require_POST
@requires(P.MANAGE_CARRIERS)
def keep(request: PortalRequest, account: UUID) -> HttpResponse:
    """Write down all that is asked for before such numbers are sold."""
    found = visible(request, account)
    form = RequirementsForm(request.POST)
    if not form.is_valid():
        return _form(request, found, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    country, type_ = form.cleaned_data["country"], form.cleaned_data["type"]
    happened = Event.objects.visible_to(request.actor).filter(subject=found.subject)
    parts = partial(_parts, country=country, type_=type_)
    try:
        with unchanged(request, found, parts, happened=happened):
            row = requirement_keeping.keep(
                account=found,
                country=country,
                type_=NumberType(type_),
                asked=form.asked,
                actor=request.actor,
                now=timezone.now(),
            )
    except UnableTo as refusal:
        form.refuse(refusal)
        return _form(request, found, form, status=status_of(refusal))
    messages.success(request, f"Whoever orders {row.what} there is asked for it from now on.")
    return redirect("requirements", account=account)


@require_POST
@requires(P.MANAGE_CARRIERS)
def forget(request: PortalRequest, account: UUID) -> HttpResponse:
    """Strike an entry out."""
    found = visible(request, account)
    country, type_ = plain(request.POST.get("country")), plain(request.POST.get("type"))
    if type_ not in set(NumberType):
        raise Http404
    try:
        requirement_keeping.forget(
            account=found,
            country=country,
            type_=NumberType(type_),
            actor=request.actor,
            now=timezone.now(),
        )
    except UnableTo as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "It is struck out. Orders that wait go on as they began.")
    return redirect("requirements", account=account)


def _kept(account: CarrierAccount, country: str, type_: str) -> RequirementList | None:
    rows = RequirementList.objects.filter(carrier_account=account, country=country, type=type_)
    return rows.first()


def _asked(row: RequirementList) -> list[Asked]:
    return [
        Asked(
            name=one["name"],
            asks=Asks(one["asks"]),
            words=one["words"],
            accepts=tuple(map(DocumentType, one["accepts"])),
        )
        for one in row.requirements
    ]


def _parts(account: CarrierAccount, *, country: str, type_: str) -> list[Part]:
    """Give what two people may write down at once, as `portal.web.seen` wants it."""
    row = _kept(account, country, type_)
    value = str(row.requirements) if row else ""
    # A form that began with nothing, or for other numbers, has not shown what it would replace.
    says = f"For {row.what} it is {row.names} now." if row else "Nothing is written down now."
    told_by = (events.REQUIREMENTS_KEPT, events.REQUIREMENTS_FORGOTTEN)
    return [Part("requirements", value, says, told_by)]


def _form(
    request: PortalRequest,
    account: CarrierAccount,
    form: RequirementsForm,
    *,
    is_suggested: bool = False,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    country, type_ = (str(form[name].value() or "") for name in ("country", "type"))
    form.seen = token(_parts(account, country=plain(country).upper()[:2], type_=plain(type_)))
    context = {"account": account, "form": form, "is_suggested": is_suggested}
    return render(request, "requirements/edit.html", context, status=status)
