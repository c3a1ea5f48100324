"""Brands and campaigns: who sends text messages, and what for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import FieldGroup, Permission
from dids.models import Brand, Campaign
from dids.states import FeatureStatus
from dids.workflows import brands
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.web.answers import status_of
from portal.web.forms import PortalForm
from portal.web.forms.messaging import BrandForm, CampaignForm
from portal.web.listing import Column, Listing

P = Permission
COLUMNS = (
    Column("name", "Brand", sort="name"),
    Column("owner", "Of"),
    Column("status", "Status", sort="status"),
    Column("since", "Since", sort="status_since"),
)
LESSON = (
    "Networks in the United States block messages of businesses that they don't know. Register who "
    "you are (a brand), then what you send and how people agree to it (a campaign), then choose "
    "the campaign on each number. A brand takes minutes, a campaign some days; a toll-free number "
    "is verified on its own page instead."
)
CAMPAIGNS = 100
"""Campaigns of one brand that its page shows."""


@require_GET
@requires(P.VIEW_NUMBERS)
def index(request: PortalRequest) -> HttpResponse:
    """List the brands within reach."""
    rows = Brand.objects.visible_to(request.actor).select_related("organization")
    listing = Listing(request, rows, columns=COLUMNS, sort="name")
    context = {"listing": listing, "lesson": LESSON, **_rights(request)}
    return render(request, "messaging/index.html", context)


@require_GET
@requires(P.ASSIGN_NUMBERS)
def new_brand(request: PortalRequest) -> HttpResponse:
    """Show the form for a new brand."""
    return _ask(request, BrandForm(actor=request.actor), None)


@require_POST
@requires(P.ASSIGN_NUMBERS)
def create_brand(request: PortalRequest) -> HttpResponse:
    """Register a brand."""
    form = BrandForm(request.POST, actor=request.actor)
    if not form.is_valid():
        return _ask(request, form, None, status=422)
    try:
        brand = brands.register_brand(
            account=form.cleaned_data.get("account"),
            actor=request.actor,
            now=timezone.now(),
            words=form.words(),
        )
    except UnableTo as refusal:
        form.refuse(refusal)
        return _ask(request, form, None, status=status_of(refusal))
    messages.success(request, f"{brand.name} is to be registered; this page says how far that is.")
    return redirect("brand", brand=brand.uuid)


@require_GET
@requires(P.VIEW_NUMBERS)
def brand(request: PortalRequest, brand: UUID) -> HttpResponse:
    """Show how a brand stands, and its campaigns."""
    return _brand(request, _of(request, brand))


@require_POST
@requires(P.ASSIGN_NUMBERS)
def correct_brand(request: PortalRequest, brand: UUID) -> HttpResponse:
    """Register a brand once more with corrected words."""
    row = _of(request, brand)
    form = BrandForm(request.POST, actor=request.actor, is_new=False)
    if not form.is_valid():
        return _brand(request, row, form, status=422)
    try:
        brands.register_brand(
            brand=row, actor=request.actor, now=timezone.now(), words=form.words()
        )
    except UnableTo as refusal:
        form.refuse(refusal)
        return _brand(request, _of(request, brand), form, status=status_of(refusal))
    messages.success(request, "It is sent to the registry again.")
    return redirect("brand", brand=brand)


@require_POST
@requires(P.ASSIGN_NUMBERS)
def end_brand(request: PortalRequest, brand: UUID) -> HttpResponse:
    """Have a brand ended."""
    row = _of(request, brand)
    try:
        brands.end(row=row, actor=request.actor, now=timezone.now())
    except UnableTo as refusal:
        messages.warning(request, str(refusal))
        return _brand(request, _of(request, brand), status=status_of(refusal))
    messages.success(request, f"{row.name} is taken out of the registry.")
    return redirect("brand", brand=brand)


@require_GET
@requires(P.ASSIGN_NUMBERS)
def new_campaign(request: PortalRequest, brand: UUID) -> HttpResponse:
    """Show the form for a campaign of a brand."""
    return _ask(request, CampaignForm(), _of(request, brand))


@require_POST
@requires(P.ASSIGN_NUMBERS)
def create_campaign(request: PortalRequest, brand: UUID) -> HttpResponse:
    """Register a campaign of a brand."""
    row, form = _of(request, brand), CampaignForm(request.POST)
    if not form.is_valid():
        return _ask(request, form, row, status=422)
    try:
        made = brands.register_campaign(
            brand=row, actor=request.actor, now=timezone.now(), words=form.cleaned_data
        )
    except UnableTo as refusal:
        form.refuse(refusal)
        return _ask(request, form, row, status=status_of(refusal))
    messages.success(request, f"{made.name} is to be registered; this page says how far that is.")
    return redirect("campaign", campaign=made.uuid)


@require_GET
@requires(P.VIEW_NUMBERS)
def campaign(request: PortalRequest, campaign: UUID) -> HttpResponse:
    """Show how a campaign stands, and what it says."""
    return _campaign(request, _campaign_of(request, campaign))


@require_POST
@requires(P.ASSIGN_NUMBERS)
def correct_campaign(request: PortalRequest, campaign: UUID) -> HttpResponse:
    """Register a campaign once more with corrected words."""
    row, form = _campaign_of(request, campaign), CampaignForm(request.POST)
    if not form.is_valid():
        return _campaign(request, row, form, status=422)
    try:
        brands.register_campaign(
            brand=row.brand,
            campaign=row,
            actor=request.actor,
            now=timezone.now(),
            words=form.cleaned_data,
        )
    except UnableTo as refusal:
        form.refuse(refusal)
        fresh = _campaign_of(request, campaign)
        return _campaign(request, fresh, form, status=status_of(refusal))
    messages.success(request, "It is sent to the networks again.")
    return redirect("campaign", campaign=campaign)


@require_POST
@requires(P.ASSIGN_NUMBERS)
def end_campaign(request: PortalRequest, campaign: UUID) -> HttpResponse:
    """Have a campaign ended."""
    row = _campaign_of(request, campaign)
    try:
        brands.end(row=row, actor=request.actor, now=timezone.now())
    except UnableTo as refusal:
        messages.warning(request, str(refusal))
        fresh = _campaign_of(request, campaign)
        return _campaign(request, fresh, status=status_of(refusal))
    messages.success(request, f"{row.name} is ended.")
    return redirect("campaign", campaign=campaign)


def _of(request: PortalRequest, uuid: UUID) -> Brand:
    rows = Brand.objects.visible_to(request.actor).select_related("organization", "carrier_account")
    return get_object_or_404(rows, uuid=uuid)


def _campaign_of(request: PortalRequest, uuid: UUID) -> Campaign:
    rows = Campaign.objects.visible_to(request.actor).select_related("organization", "brand")
    return get_object_or_404(rows, uuid=uuid)


def _rights(request: PortalRequest) -> dict[str, bool]:
    return {
        "may_register": request.actor.may(P.ASSIGN_NUMBERS),
        "sees_carrier": request.actor.sees(FieldGroup.CARRIER),
    }


def _ask(
    request: PortalRequest, form: PortalForm, brand: Brand | None, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "brand": brand}
    return render(request, "messaging/new.html", context, status=status)


def _brand(
    request: PortalRequest, row: Brand, form: BrandForm | None = None, *, status: int = 200
) -> HttpResponse:
    words = {name: getattr(row, name) for name in brands.BRAND_FIELDS}
    form = form or BrandForm(actor=request.actor, is_new=False, initial=words)
    context = {"row": row, "form": form, **_opened(request, row, form), **_rights(request)}
    context["campaigns"] = list(row.campaigns.order_by("name")[:CAMPAIGNS])
    return render(request, "messaging/brand.html", context, status=status)


def _campaign(
    request: PortalRequest, row: Campaign, form: CampaignForm | None = None, *, status: int = 200
) -> HttpResponse:
    words = {name: getattr(row, name) for name in brands.CAMPAIGN_FIELDS}
    form = form or CampaignForm(initial={**words, "samples": "\n".join(row.samples)})
    context = {"row": row, "form": form, **_opened(request, row, form), **_rights(request)}
    return render(request, "messaging/campaign.html", context, status=status)


def _opened(request: PortalRequest, row: Brand | Campaign, form: PortalForm) -> dict[str, Any]:
    """Tell what may be done with it; a refused one shows beside its fields what is minded."""
    mine = request.actor.reach == row.organization and request.actor.may(P.ASSIGN_NUMBERS)
    is_refused = row.status in {FeatureStatus.REJECTED, FeatureStatus.OFF}
    minded = [problem["field"] for problem in row.problems if problem["field"]]
    for name in minded:
        if name in form.fields and not form.is_bound:
            form.fields[name].help_text = "The registry minds this. Correct it."
    return {
        "may_correct": mine and (is_refused or form.is_bound),
        "may_end": mine and row.status not in {FeatureStatus.OFF, FeatureStatus.UNWANTED},
    }
