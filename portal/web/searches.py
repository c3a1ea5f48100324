"""Searching all carriers at once, and choosing from what they offer."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission
from dids import inventory, picking, search_stream
from dids.models import NumberOrder, NumberSearch
from dids.models.searches import CHOSEN
from dids.picking import UnableToPick
from dids.search_stream import SearchPage
from dids.states import SearchStatus
from dids.workflows import ordering, replacing, searching
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.web import planning
from portal.web.answers import plain, status_of
from portal.web.forms.buying import PickForm, PlanForm, SearchForm, uuids
from portal.web.offer_runs import runs
from portal.web.steps import BUYING, steps

P = Permission

_NOTHING_FOUND = (
    "Nothing that can be ordered was found yet. Wait for the carriers, or ask for less."
)


@require_GET
@requires(P.SEARCH_NUMBERS)
def index(request: PortalRequest) -> HttpResponse:
    """Ask what is looked for; the address may bring an earlier question along."""
    country = request.actor.reach.country if request.actor.reach else ""
    asked = {key: plain(text) for key, text in request.GET.items() if isinstance(text, str)}
    several = {
        key: request.GET.getlist(key) for key in ("capabilities", "accounts") if key in request.GET
    }
    form = SearchForm(actor=request.actor, initial={"country": country, **asked, **several})
    return _ask(request, form)


@require_POST
@requires(P.SEARCH_NUMBERS)
def begin(request: PortalRequest) -> HttpResponse:
    """Have the carriers asked."""
    form = SearchForm(request.POST, actor=request.actor)
    if form.is_valid():
        try:
            search = searching.start(
                wanted=form.wanted,
                sieve=form.sieve,
                accounts=form.chosen_accounts,
                months=form.cleaned_data["months"],
                actor=request.actor,
                now=timezone.now(),
            )
        except UnableTo as refusal:
            form.refuse(refusal)
        else:
            return redirect("search", search=search.uuid)
    return _ask(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_GET
@requires(P.SEARCH_NUMBERS)
def search(request: PortalRequest, search: UUID) -> HttpResponse:
    """Show what the carriers offer, as they answer."""
    row = _visible(request, search)
    return page(request, row, PlanForm(actor=request.actor), replaces=_replaced(request))


@require_POST
@requires(P.ORDER_NUMBERS)
def order(request: PortalRequest, search: UUID) -> HttpResponse:
    """Freeze the chosen offers into a preview, with the plan for each number."""
    row = _visible(request, search)
    form = PlanForm(request.POST, actor=request.actor)
    if "pick" in request.POST:
        return _order_picked(request, row, form)
    chosen = uuids(request.POST.getlist("offer"))
    if not chosen:
        form.add_error(None, "Choose at least one number.")
    if not form.is_valid():
        return page(request, row, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        made = planning.preview(form, chosen, actor=request.actor)
    except UnableTo as refusal:
        form.refuse(refusal)
        return page(request, row, form, status=status_of(refusal))
    return redirect("order", order=made.uuid)


def _order_picked(request: PortalRequest, search: NumberSearch, form: PlanForm) -> HttpResponse:
    """Choose from what was found, and freeze that into a preview."""
    pick = PickForm(request.POST)
    if not (pick.is_valid() and form.is_valid()):
        return page(request, search, form, pick=pick, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        picked = picking.pick_from(search, **pick.cleaned_data)
        made = planning.preview(form, picked.offers, actor=request.actor)
    except UnableTo as refusal:
        (pick if isinstance(refusal, UnableToPick) else form).refuse(refusal)
        return page(request, search, form, pick=pick, status=status_of(refusal))
    messages.info(request, f"{picked}.")
    return redirect("order", order=made.uuid)


@require_POST
@requires(P.ORDER_NUMBERS)
def replace(request: PortalRequest, search: UUID, order: UUID) -> HttpResponse:
    """Put the chosen offers in the place of failed lines, each with the plan of its line."""
    row = _visible(request, search)
    old = get_object_or_404(inventory.orders(request.actor), uuid=order)
    chosen = uuids(request.POST.getlist("offer"))
    try:
        if not chosen:
            raise ordering.UnableToOrder("Choose at least one number.")
        made = replacing.replace(
            order=old,
            lines=planning.replacements(old, chosen, actor=request.actor),
            actor=request.actor,
            now=timezone.now(),
        )
    except UnableTo as refusal:
        form = PlanForm(actor=request.actor)
        status = status_of(refusal)
        return page(request, row, form, replaces=old, trouble=str(refusal), status=status)
    return redirect("order", order=made.uuid)


def page(
    request: PortalRequest,
    search: NumberSearch,
    form: PlanForm,
    *,
    replaces: NumberOrder | None = None,
    pick: PickForm | None = None,
    trouble: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """
    Draw what was found so far.

    :param replaces: the order whose failed lines the chosen offers take the place of
    """
    found = _found(request, search)
    failed = planning.failed_lines(replaces) if replaces else []
    chosen = request.POST.getlist("offer") or [one["id"] for one in found.offers[: len(failed)]]
    again = f"{reverse('buy')}?{urlencode(_question(search), doseq=True)}"
    context = {
        "steps": steps(BUYING, now=1, back={BUYING[0]: again}),
        "search": search,
        "found": found,
        "runs": runs(found.offers),
        "form": form,
        "pick": pick or PickForm(),
        "chosen": set(chosen),
        "is_over": search.status != SearchStatus.OPEN or search.expires_at <= timezone.now(),
        "again": again,
        "replaces": replaces,
        "failed": failed,
        "trouble": trouble,
        "may_order": request.actor.may(P.ORDER_NUMBERS),
        "may_keep_rates": request.actor.may(P.MANAGE_RATES),
    }
    part = "buying/_offers.html" if request.htmx else "buying/search.html"
    return render(request, part, context, status=status)


def _ask(request: PortalRequest, form: SearchForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
    context = {"form": form, "steps": steps(BUYING, now=0)}
    return render(request, "buying/index.html", context, status=status)


def _found(request: PortalRequest, search: NumberSearch) -> SearchPage:
    found = search_stream.read(search.uuid, after=0, wait=0)
    if found.lost:
        searching.resume(search=search, actor=request.actor, now=timezone.now())
        found = search_stream.read(search.uuid, after=0, wait=0)
    return found


def _visible(request: PortalRequest, uuid: UUID) -> NumberSearch:
    return get_object_or_404(NumberSearch.objects.visible_to(request.actor), uuid=uuid)


def _replaced(request: PortalRequest) -> NumberOrder | None:
    wanted = uuids([plain(request.GET.get("replaces"))])
    return inventory.orders(request.actor).filter(uuid__in=wanted).first() if wanted else None


def _question(search: NumberSearch) -> dict[str, Any]:
    asked = {key: value for key, value in search.wanted.items() if value and key != CHOSEN}
    asked["begins_with"] = asked.pop("prefix", "")
    sieve = search.sieve()
    asked["pattern"] = sieve.pattern or asked.pop("contains", "")
    asked["rate_center"] = sieve.rate_center
    asked["documents"] = {None: "", False: "no", True: "yes"}[sieve.documents]
    return {**asked, "accounts": search.wanted.get(CHOSEN, []), "months": search.months}
