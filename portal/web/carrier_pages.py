"""Accounts at carriers: how they do, what was said to them, and their credentials going in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Event
from accounts.permissions import FieldGroup, Permission
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.web.answers import plain, status_of
from portal.web.carrier_page import (
    name_of,
    page,
    plainly,
    seen_balance,
    seen_parts,
    visible,
)
from portal.web.forms.wires import (
    AccountForm,
    BalanceForm,
    CredentialsForm,
    PauseForm,
    WarningForm,
)
from portal.web.listing import Column, Listing
from portal.web.seen import FIELD, token, unchanged
from portal.web.undo import Undo, done
from trunks import capabilities, health, registry
from trunks.models import CarrierAccount
from trunks.operations import Way
from trunks.roles import Carrier
from trunks.workflows import accounts, balances, low_balance

P = Permission


@require_GET
@requires(P.MANAGE_CARRIERS)
def index(request: PortalRequest) -> HttpResponse:
    """List the accounts at carriers with how they are doing."""
    columns = [
        Column("name", "Name", sort="name"),
        Column("carrier", "Carrier", sort="carrier"),
        Column("health", "Health"),
        Column("checked", "Last check"),
    ]
    if request.actor.sees(FieldGroup.COST):
        columns.append(Column("balance", "Balance", figures=True))
    rows = CarrierAccount.objects.visible_to(request.actor)
    listing = Listing(request, rows, columns=columns, sort="name")
    words = health.words(listing.rows)
    context = {
        "listing": listing,
        "health": words,
        "carriers": {account.pk: name_of(account) for account in listing.rows},
        "by_hand": [key for key, word in words.items() if word == health.Word.BY_HAND],
    }
    return render(request, "carriers/index.html", context)


@require_GET
@requires(P.MANAGE_CARRIERS)
def new(request: PortalRequest) -> HttpResponse:
    """Ask which carrier it is, then for what that carrier wants."""
    adapter = _known(plain(request.GET.get("carrier")))
    return _new(request, adapter, AccountForm(adapter) if adapter else None)


@require_POST
@requires(P.MANAGE_CARRIERS)
def connect(request: PortalRequest) -> HttpResponse:
    """Connect an account; its page offers the check."""
    adapter = _known(plain(request.POST.get("carrier")))
    if adapter is None:
        return _new(request, None, None, status=422)
    form = AccountForm(adapter, request.POST)
    if not form.is_valid():
        return _new(request, adapter, form, status=422)
    try:
        account = accounts.connect(
            carrier=adapter.slug,
            name=form.cleaned_data["name"],
            credentials=form.credentials,
            actor=request.actor,
            now=timezone.now(),
        )
    except UnableTo as refusal:
        form.refuse(refusal)
        return _new(request, adapter, form, status=status_of(refusal))
    then = (
        "Enter what it offers as a quote."
        if health.is_by_hand(account)
        else "Check it now, and give the carrier the address."
    )
    messages.success(request, f"{account.name} is connected. {then}")
    return redirect("carrier_account", account=account.uuid)


@require_GET
@requires(P.MANAGE_CARRIERS)
def detail(request: PortalRequest, account: UUID) -> HttpResponse:
    """Show how an account is doing, and what was said to the carrier of late."""
    return page(request, visible(request, account))


@require_POST
@requires(P.MANAGE_CARRIERS)
def check(request: PortalRequest, account: UUID) -> HttpResponse:
    """Ask the carrier whether the credentials work; the call has a deadline of its own."""
    found = visible(request, account)
    try:
        accounts.check(account=found, actor=request.actor, now=timezone.now())
    except UnableTo as refusal:
        return page(request, visible(request, account), refusal=refusal)
    if found.health:
        messages.warning(request, f"The check did not succeed: {found.health}")
    else:
        messages.success(request, f"{name_of(found)} answers and accepts the credentials.")
    return redirect("carrier_account", account=account)


@require_GET
@requires(P.MANAGE_CARRIERS)
def ask_pause(request: PortalRequest, account: UUID) -> HttpResponse:
    """Say what a pause means before it begins."""
    return _ask_pause(request, visible(request, account), PauseForm())


@require_POST
@requires(P.MANAGE_CARRIERS)
def pause(request: PortalRequest, account: UUID) -> HttpResponse:
    """Stop using an account."""
    found = visible(request, account)
    form = PauseForm(request.POST)
    if not form.is_valid():
        return _ask_pause(request, found, form, status=422)
    try:
        accounts.pause(
            account=found,
            reason=form.cleaned_data["reason"],
            actor=request.actor,
            now=timezone.now(),
        )
    except UnableTo as refusal:
        return page(request, visible(request, account), refusal=refusal)
    return redirect("carrier_account", account=account)


@require_POST
@requires(P.MANAGE_CARRIERS)
def resume(request: PortalRequest, account: UUID) -> HttpResponse:
    """Use a paused account again."""
    try:
        accounts.resume(account=visible(request, account), actor=request.actor, now=timezone.now())
    except UnableTo as refusal:
        return page(request, visible(request, account), refusal=refusal)
    return redirect("carrier_account", account=account)


@require_POST
@requires(P.MANAGE_CARRIERS)
def warn(request: PortalRequest, account: UUID) -> HttpResponse:
    """Say from what balance down staff are warned."""
    found = visible(request, account)
    form = WarningForm(request.POST)
    if not form.is_valid():
        return page(request, found, warning=form, status=422)
    was, below = found.warn_below, form.cleaned_data["below"]
    happened = Event.objects.visible_to(request.actor).filter(subject=found.subject)
    try:
        with unchanged(request, found, seen_parts, happened=happened):
            low_balance.warn_below(
                account=found, below=below, actor=request.actor, now=timezone.now()
            )
    except UnableTo as refusal:
        form.refuse(refusal)
        return page(request, visible(request, account), warning=form, status=status_of(refusal))
    back = {"below": plainly(was), FIELD: token(seen_parts(found))}
    way_back = Undo(reverse("warn_carrier_account", args=[account]), back)
    left = f"{below:,} or less" if below else "nothing"
    done(request, f"Staff are warned once {found.name} has {left} left.", way_back)
    return redirect("carrier_account", account=account)


@require_POST
@requires(P.MANAGE_CARRIERS)
def write_balance(request: PortalRequest, account: UUID) -> HttpResponse:
    """Keep what somebody saw that is left, where the carrier's interface does not tell it."""
    found = visible(request, account)
    form = BalanceForm(request.POST)
    if not form.is_valid():
        return page(request, found, balance=form, status=422)
    now = timezone.now()
    happened = Event.objects.visible_to(request.actor).filter(subject=found.subject)
    try:
        with unchanged(request, found, seen_balance, happened=happened):
            balances.write_down(
                account=found,
                balance=form.balance,
                at=form.moment(now),
                actor=request.actor,
                now=now,
            )
    except UnableTo as refusal:
        form.refuse(refusal)
        return page(request, visible(request, account), balance=form, status=status_of(refusal))
    messages.success(request, f"It is written down that {found.name} has {found.balance} left.")
    return redirect("carrier_account", account=account)


@require_GET
@requires(P.MANAGE_CARRIERS)
def credentials(request: PortalRequest, account: UUID) -> HttpResponse:
    """Ask for new credentials."""
    found = visible(request, account)
    return _credentials(request, found, CredentialsForm(registry.carrier(found.carrier)))


@require_POST
@requires(P.MANAGE_CARRIERS)
def replace_credentials(request: PortalRequest, account: UUID) -> HttpResponse:
    """Put new credentials in; the old ones are forgotten."""
    found = visible(request, account)
    form = CredentialsForm(registry.carrier(found.carrier), request.POST)
    if not form.is_valid():
        return _credentials(request, found, form, status=422)
    try:
        accounts.replace_credentials(
            account=found,
            credentials=form.credentials,
            actor=request.actor,
            now=timezone.now(),
        )
    except UnableTo as refusal:
        form.refuse(refusal)
        return _credentials(request, found, form, status=status_of(refusal))
    messages.success(request, "The new credentials are stored. Check the account now.")
    return redirect("carrier_account", account=account)


def _new(
    request: PortalRequest,
    adapter: type[Carrier] | None,
    form: AccountForm | None,
    *,
    status: int = 200,
) -> HttpResponse:
    # Names, not classes: a template would call a class to get at its values.
    context = {
        "ways": _by_way() if adapter is None else {},
        "slug": adapter.slug if adapter else "",
        "carrier_name": adapter.name if adapter else "",
        "form": form,
        "is_by_hand": adapter is not None and capabilities.works_by_hand(adapter),
    }
    return render(request, "carriers/new.html", context, status=status)


def _by_way() -> dict[str, list[tuple[str, str, str]]]:
    """Give slug and name of every carrier, and what its interface does, by how it is worked."""
    ways: dict[str, list[tuple[str, str, str]]] = {"By interface": [], "By hand": []}
    for slug in registry.slugs():
        adapter = registry.carrier(slug)
        done = [one.operation for one in capabilities.of(adapter).values() if one.way == Way.API]
        ways["By interface" if done else "By hand"].append((slug, adapter.name, ", ".join(done)))
    return ways


def _ask_pause(
    request: PortalRequest, account: CarrierAccount, form: PauseForm, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "title": f"Pause {account.name}?",
        "consequences": [
            "Searches leave it out, and orders, changes and returns at it wait.",
            "Its numbers stay, and calls to them ring as before.",
            "What waits goes on when you resume it; what waits too long is given up and told.",
        ],
        "form": form,
        "verb": "Pause it",
        "danger": True,
        "action": reverse("pause_carrier_account", args=[account.uuid]),
        "back": reverse("carrier_account", args=[account.uuid]),
    }
    return render(request, "confirm.html", context, status=status)


def _credentials(
    request: PortalRequest, account: CarrierAccount, form: CredentialsForm, *, status: int = 200
) -> HttpResponse:
    context = {"account": account, "form": form}
    return render(request, "carriers/credentials.html", context, status=status)


def _known(slug: str) -> type[Carrier] | None:
    return registry.carrier(slug) if slug in registry.slugs() else None
