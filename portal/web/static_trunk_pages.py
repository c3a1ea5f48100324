"""Trunks that somebody made at the carrier by hand: described, changed, tested."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Event
from accounts.permissions import Permission
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.web.answers import plain, status_of
from portal.web.forms.static_trunks import NewStaticTrunkForm, StaticTrunkForm, initial_of
from portal.web.seen import Part, token, unchanged
from trunks import description, events
from trunks.description import Carries
from trunks.models import CarrierAccount, Trunk
from trunks.profiles import PROFILES, TrunkProfile
from trunks.workflows import static_trunks, trunk_tests

P = Permission


@require_GET
@requires(P.MANAGE_CARRIERS)
def new(request: PortalRequest) -> HttpResponse:
    """Ask how the trunk is at the carrier; a profile knows some of it."""
    profile = PROFILES.get(plain(request.GET.get("profile")))
    start = initial_of(profile.description if profile else description.TrunkDescription())
    form = NewStaticTrunkForm(initial=start)
    _offer_accounts(form, request, profile)
    return _new(request, form, profile)


@require_POST
@requires(P.MANAGE_CARRIERS)
def create(request: PortalRequest) -> HttpResponse:
    """Take the trunk in; it is ready at once."""
    form = NewStaticTrunkForm(request.POST)
    _offer_accounts(form, request, None)
    if not form.is_valid():
        return _new(request, form, status=422)
    try:
        trunk = static_trunks.describe(
            account=form.cleaned_data["carrier_account"],
            wish=form.description(carries=Carries(form.cleaned_data["carries"])),
            actor=request.actor,
            now=timezone.now(),
        )
    except UnableTo as refusal:
        form.refuse(refusal)
        return _new(request, form, status=status_of(refusal))
    messages.success(request, f"{trunk.name} is ready. Test it, then attach it to a PBX.")
    return redirect("trunk", trunk=trunk.uuid)


@require_GET
@requires(P.MANAGE_CARRIERS)
def edit(request: PortalRequest, trunk: UUID) -> HttpResponse:
    """Ask what has changed at the carrier."""
    found = _visible(request, trunk)
    return _edit(request, found, StaticTrunkForm(initial=initial_of(description.of(found))))


@require_POST
@requires(P.MANAGE_CARRIERS)
def change(request: PortalRequest, trunk: UUID) -> HttpResponse:
    """Write down what has changed at the carrier."""
    found = _visible(request, trunk)
    form = StaticTrunkForm(request.POST)
    if not form.is_valid():
        return _edit(request, found, form, status=422)
    happened = Event.objects.visible_to(request.actor).filter(subject=found.subject)
    try:
        with unchanged(request, found, _seen_parts, happened=happened):
            changed = static_trunks.change(
                trunk=found,
                wish=form.description(carries=Carries(found.carries)),
                actor=request.actor,
                now=timezone.now(),
            )
    except UnableTo as refusal:
        form.refuse(refusal)
        return _edit(request, _visible(request, trunk), form, status=status_of(refusal))
    said = "is described anew" if changed else "stays as it was: nothing is different"
    messages.success(request, f"{found.name} {said}.")
    return redirect("trunk", trunk=trunk)


@require_POST
@requires(P.MANAGE_CARRIERS)
def test(request: PortalRequest, trunk: UUID) -> HttpResponse:
    """Have a worker ask the carrier's hosts whether they answer; no call is placed."""
    try:
        trunk_tests.want(trunk=_visible(request, trunk), actor=request.actor, now=timezone.now())
    except UnableTo as refusal:
        messages.warning(request, str(refusal))
    return redirect("trunk", trunk=trunk)


def _visible(request: PortalRequest, uuid: UUID) -> Trunk:
    rows = Trunk.objects.visible_to(request.actor).filter(is_static=True)
    return get_object_or_404(rows.select_related("carrier_account__owner"), uuid=uuid)


def _seen_parts(trunk: Trunk) -> list[Part]:
    told = repr(description.of(trunk))
    return [Part("trunk", told, "Look at it again before you do.", (events.TRUNK_CHANGED,))]


def _offer_accounts(
    form: NewStaticTrunkForm, request: PortalRequest, profile: TrunkProfile | None
) -> None:
    accounts = CarrierAccount.objects.visible_to(request.actor).order_by("name")
    form.offer("carrier_account", accounts)
    mine = accounts.filter(carrier=profile.carrier).first() if profile else None
    if mine is not None:
        form.initial["carrier_account"] = str(mine.uuid)


def _new(
    request: PortalRequest,
    form: NewStaticTrunkForm,
    profile: TrunkProfile | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "groups": _groups(form), "profiles": PROFILES, "profile": profile}
    return render(request, "trunks/by_hand.html", context, status=status)


def _edit(
    request: PortalRequest, trunk: Trunk, form: StaticTrunkForm, *, status: int = 200
) -> HttpResponse:
    form.seen = token(_seen_parts(trunk))
    context = {"form": form, "groups": _groups(form), "trunk": trunk}
    return render(request, "trunks/edit.html", context, status=status)


def _groups(form: StaticTrunkForm) -> list[tuple[str, list[object]]]:
    titled = (
        ("The trunk", form.WHAT),
        ("Hosts and addresses", form.CALLS),
        ("Credentials", form.SECRETS),
        ("Numbers, calls and messages", form.OUTGOING),
    )
    return [
        (title, [form[name] for name in names if name in form.fields]) for title, names in titled
    ]
