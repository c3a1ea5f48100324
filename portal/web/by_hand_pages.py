"""Carriers that are worked by hand: their quotes, a second pair of eyes, and an interface later."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission
from dids.workflows import quoting
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.web.answers import plain, status_of
from portal.web.carrier_page import visible
from portal.web.forms.by_hand import QuoteForm
from portal.web.forms.wires import CredentialsForm
from trunks import capabilities, registry
from trunks.models import CarrierAccount
from trunks.operations import Operation, Way
from trunks.roles import Carrier
from trunks.workflows import by_hand

P = Permission


@require_GET
@requires(P.MANAGE_CARRIERS)
def new_quote(request: PortalRequest, account: UUID) -> HttpResponse:
    """Ask what the carrier offered."""
    found = visible(request, account)
    country = getattr(_known(found.carrier), "country", "")
    return _quote(request, found, QuoteForm(actor=request.actor, initial={"country": country}))


@require_POST
@requires(P.MANAGE_CARRIERS)
def enter_quote(request: PortalRequest, account: UUID) -> HttpResponse:
    """Take the offers in, and show them as those of a search."""
    found = visible(request, account)
    form = QuoteForm(request.POST, actor=request.actor)
    if not form.is_valid():
        return _quote(request, found, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        search = quoting.enter(
            account=found,
            quote=form.quote,
            numbers=form.quoted,
            actor=request.actor,
            now=timezone.now(),
        )
    except UnableTo as refusal:
        form.refuse(refusal)
        return _quote(request, found, form, status=status_of(refusal))
    return redirect("search", search=search.uuid)


@require_POST
@requires(P.MANAGE_CARRIERS)
def want_second(request: PortalRequest, account: UUID) -> HttpResponse:
    """Say whether a second person must confirm what is ceased."""
    found = visible(request, account)
    wanted = plain(request.POST.get("wanted")) == "yes"
    by_hand.want_second(account=found, wanted=wanted, actor=request.actor, now=timezone.now())
    return redirect("carrier_account", account=account)


@require_GET
@requires(P.MANAGE_CARRIERS)
def ask_promote(request: PortalRequest, account: UUID) -> HttpResponse:
    """Ask by which interface it is worked from now on, and say what that means."""
    adapter = _with_interface(plain(request.GET.get("carrier")))
    form = CredentialsForm(adapter) if adapter else None
    return _promote(request, visible(request, account), adapter, form)


@require_POST
@requires(P.MANAGE_CARRIERS)
def promote(request: PortalRequest, account: UUID) -> HttpResponse:
    """Have new work done by the interface."""
    found = visible(request, account)
    adapter = _with_interface(plain(request.POST.get("carrier")))
    unprocessable = HTTPStatus.UNPROCESSABLE_ENTITY
    if adapter is None:
        return _promote(request, found, None, None, status=unprocessable)
    form = CredentialsForm(adapter, request.POST)
    if not form.is_valid():
        return _promote(request, found, adapter, form, status=unprocessable)
    try:
        by_hand.promote(
            account=found,
            carrier=adapter.slug,
            credentials=form.credentials,
            actor=request.actor,
            now=timezone.now(),
        )
    except UnableTo as refusal:
        form.refuse(refusal)
        return _promote(request, found, adapter, form, status=status_of(refusal))
    messages.success(request, f"{found.name} is worked by its interface. Check it now.")
    return redirect("carrier_account", account=account)


def _quote(
    request: PortalRequest, account: CarrierAccount, form: QuoteForm, *, status: int = 200
) -> HttpResponse:
    context = {"account": account, "form": form}
    return render(request, "carriers/quote.html", context, status=status)


def _promote(
    request: PortalRequest,
    account: CarrierAccount,
    adapter: type[Carrier] | None,
    form: CredentialsForm | None,
    *,
    status: int = 200,
) -> HttpResponse:
    slugs = [slug for slug in registry.slugs() if _with_interface(slug)]
    context = {
        "account": account,
        "known": [(slug, registry.carrier(slug).name) for slug in slugs],
        "slug": adapter.slug if adapter else "",
        "carrier_name": adapter.name if adapter else "",
        "form": form,
    }
    return render(request, "carriers/promote.html", context, status=status)


def _known(slug: str) -> type[Carrier] | None:
    return registry.carrier(slug) if slug in registry.slugs() else None


def _with_interface(slug: str) -> type[Carrier] | None:
    adapter = _known(slug)
    sells = adapter and capabilities.way(adapter, Operation.ORDER) == Way.API
    return adapter if sells else None
