"""The one box: a number in any format, an organization, somebody, a reference; land on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts import people as seats
from accounts.actors import Actor
from accounts.models import ApiClient, Organization
from accounts.permissions import FieldGroup, Permission
from dids import inventory
from dids.models import NumberOrder, PhoneNumber
from lib import e164
from portal.actor import PortalRequest, signed_in
from portal.web.answers import plain
from trunks.models import CarrierAccount, Trunk

MOST = 6
"""Hits of each kind."""
LONGEST = 100

P = Permission


@dataclass(frozen=True)
class Hit:
    """Something that was found, and where its page is."""

    kind: str
    title: str
    detail: str
    url: str


@require_GET
@signed_in
def index(request: PortalRequest) -> HttpResponse:
    """Show what was found; whoever asks for exactly one thing lands on it."""
    text = plain(request.GET.get("q"))[:LONGEST]
    hits = [hit for finder in FINDERS for hit in finder(request.actor, text)] if text else []
    if len(hits) == 1 and not request.htmx:
        return redirect(hits[0].url)
    part = "find/_hits.html" if request.htmx else "find/index.html"
    return render(request, part, {"hits": hits, "text": text})


def numbers(actor: Actor, text: str) -> Iterator[Hit]:
    """Find numbers by themselves in any format, by digits in them, or by words of their label."""
    if not actor.may(P.VIEW_NUMBERS):
        return
    exact = inventory.numbers(actor).filter(e164__in=_as_number(actor, text))
    found = list(exact) or list(inventory.numbers(actor, search=text)[:MOST])
    for number in found:
        yield _number(actor, number)


def carrier_references(actor: Actor, text: str) -> Iterator[Hit]:
    """Find numbers by the carrier's own reference, for those who see the carrier."""
    if not (actor.may(P.VIEW_NUMBERS) and actor.sees(FieldGroup.CARRIER)):
        return
    for number in inventory.numbers(actor).filter(carrier_reference=text)[:MOST]:
        yield _number(actor, number)


def orders(actor: Actor, text: str) -> Iterator[Hit]:
    """Find orders by their id, or by the carrier's own id of one of their orders."""
    if not actor.may(P.ORDER_NUMBERS):
        return
    rows = NumberOrder.objects.visible_to(actor)
    by_id = rows.filter(uuid__in=_as_id(text))
    by_reference = rows.filter(carrier_orders__carrier_reference=text).distinct()
    for order in [*by_id, *by_reference[:MOST]]:
        status = order.get_status_display().lower()
        yield Hit("Order", str(order.uuid)[:8], status, reverse("order", args=[order.uuid]))


def organizations(actor: Actor, text: str) -> Iterator[Hit]:
    """Find organizations by part of their name."""
    if not actor.may(P.VIEW_ORGANIZATIONS):
        return
    rows = Organization.objects.visible_to(actor).filter(name__icontains=text)
    for found in rows.order_by("name")[:MOST]:
        url = reverse("organization", args=[found.uuid])
        yield Hit(found.get_kind_display(), found.name, "", url)


def people(actor: Actor, text: str) -> Iterator[Hit]:
    """Find people by part of their name or e-mail address, for those who look after them."""
    if not actor.may(P.MANAGE_PEOPLE):
        return
    rows = seats.people(actor).filter(
        Q(user__name__icontains=text) | Q(user__email__icontains=text)
    )
    for seat in rows.order_by("user__name", "pk")[:MOST]:
        place = f"{seat.get_role_display()} of {seat.organization.name}"
        detail = f"{seat.user.email}, {place}"
        yield Hit("Person", seat.user.get_full_name(), detail, reverse("person", args=[seat.uuid]))


def programs(actor: Actor, text: str) -> Iterator[Hit]:
    """Find API clients by part of their name, or by what their token begins with."""
    if not actor.may(P.MANAGE_API_CLIENTS):
        return
    named = Q(name__icontains=text) | Q(prefix=text)
    rows = ApiClient.objects.visible_to(actor).filter(named).select_related("organization")
    for client in rows.order_by(F("revoked_at").desc(nulls_first=True), "name", "pk")[:MOST]:
        detail = client.organization.name + ", revoked" * bool(client.revoked_at)
        yield Hit("API client", client.name, detail, reverse("api_client", args=[client.uuid]))


def carrier_accounts(actor: Actor, text: str) -> Iterator[Hit]:
    """Find accounts at carriers by their name."""
    if not actor.may(P.MANAGE_CARRIERS):
        return
    for account in CarrierAccount.objects.visible_to(actor).filter(name__icontains=text)[:MOST]:
        url = reverse("carrier_account", args=[account.uuid])
        yield Hit("Carrier account", account.name, account.carrier, url)


def trunks(actor: Actor, text: str) -> Iterator[Hit]:
    """Find trunks by their name."""
    if not actor.may(P.MANAGE_CARRIERS):
        return
    for trunk in Trunk.objects.visible_to(actor).filter(name__icontains=text)[:MOST]:
        status = trunk.get_status_display()
        yield Hit("Trunk", trunk.name, status, reverse("trunk", args=[trunk.uuid]))


Finder = Callable[[Actor, str], Iterator[Hit]]

FINDERS: tuple[Finder, ...] = (
    numbers,
    carrier_references,
    orders,
    organizations,
    people,
    programs,
    carrier_accounts,
    trunks,
)
"""Whoever adds a page of a thing adds how the thing is found."""


def _number(actor: Actor, number: PhoneNumber) -> Hit:
    home = actor.reach.country if actor.reach else ""
    detail = ", ".join(text for text in (number.label, number.holder.name) if text)
    url = reverse("number", args=[number.e164])
    return Hit("Number", e164.display(number.e164, home=home), detail, url)


def _as_id(text: str) -> list[UUID]:
    try:
        return [UUID(text)]
    except ValueError:
        return []


def _as_number(actor: Actor, text: str) -> list[str]:
    try:
        return [e164.parse(text, country=actor.reach.country if actor.reach else "")]
    except e164.NotANumber:
        return []
