"""What currencies are worth: a dated list that the provider's staff keep."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Organization
from accounts.permissions import Permission
from billing.models import ExchangeRate
from billing.workflows import rates
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.web.answers import plain, status_of
from portal.web.forms import PortalForm
from portal.web.forms.rates import PasteForm, RateForm
from portal.web.listing import Column, Listing
from portal.web.undo import done

P = Permission

_COLUMNS = (
    Column("valid_from", "Valid from", sort="valid_from"),
    Column("pair", "From", sort="base"),
    Column("quote", "To", sort="quote"),
    Column("rate", "Rate", figures=True),
    Column("note", "Note"),
    Column("entered_at", "Entered", sort="entered_at", extra=True),
)


@require_GET
@requires(P.MANAGE_RATES)
def index(request: PortalRequest) -> HttpResponse:
    """List the rates that stand, those of one currency if asked."""
    return _page(request, {})


@require_POST
@requires(P.MANAGE_RATES)
def enter(request: PortalRequest) -> HttpResponse:
    """Enter one rate; that of a day which has one already corrects it."""
    form = RateForm(request.POST)
    return _take(request, "one", form, [form.wish] if form.is_valid() else [])


@require_POST
@requires(P.MANAGE_RATES)
def paste(request: PortalRequest) -> HttpResponse:
    """Enter many rates from lines of text, all or none."""
    form = PasteForm(request.POST)
    return _take(request, "many", form, form.cleaned_data["lines"] if form.is_valid() else [])


def _take(
    request: PortalRequest, name: str, form: PortalForm, wishes: Sequence[rates.Wish]
) -> HttpResponse:
    if not form.is_valid():
        return _page(request, {name: form}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        made = rates.enter(
            rates=wishes, owner=_provider(request), actor=request.actor, now=timezone.now()
        )
    except UnableTo as refusal:
        form.refuse(refusal)
        return _page(request, {name: form}, status=status_of(refusal))
    count = len(made)
    done(request, f"{count} rate{'' if count == 1 else 's'} entered.", None)
    return redirect("rates")


def _page(
    request: PortalRequest, refused: dict[str, PortalForm], *, status: int = HTTPStatus.OK
) -> HttpResponse:
    currency = plain(request.GET.get("currency")).upper()
    rows = ExchangeRate.objects.visible_to(request.actor).standing()
    if currency:
        rows = rows.filter(base=currency) | rows.filter(quote=currency)
    provider = _provider(request)
    forms: dict[str, PortalForm] = {
        "one": RateForm(initial={"quote": provider.currency, "valid_from": timezone.localdate()}),
        "many": PasteForm(),
        **refused,
    }
    context = {
        "listing": Listing(request, rows, columns=_COLUMNS, sort="-valid_from"),
        "currency": currency,
        "forms": forms,
    }
    return render(request, "rates/index.html", context, status=status)


def _provider(request: PortalRequest) -> Organization:
    """Give the organization that keeps the rates: nobody below it may come here."""
    reach = request.actor.reach
    if reach is None:
        raise Http404
    return reach
