"""What a new organization sets up before its first call can ring, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, QuerySet
from django.urls import reverse

from accounts.actors import Actor
from accounts.models import Kind, Organization
from accounts.permissions import Permission
from dids.models import Assignment, PhoneNumber
from dids.states import NumberStatus
from provisioning.models import Pbx
from trunks.models import CarrierAccount, Trunk

P = Permission
IN_HANDS = (NumberStatus.ASSIGNED, NumberStatus.IN_SERVICE)


@dataclass(frozen=True)
class Step:
    """
    One step of the set-up.

    :ivar url: the page that does it; empty where others do
    """

    words: str
    url: str
    is_done: bool


@dataclass(frozen=True)
class _Plan:
    """A step before it is known whether it is done: there is something in `rows` then."""

    words: str
    url: str
    rows: QuerySet[Any]


def steps_for(actor: Actor) -> list[Step]:
    """Give the steps as long as one of them is left, to those who may take them; in one query."""
    reach = actor.reach
    plans = _plans(actor, reach) if reach else []
    if reach is None or not plans:
        return []
    asked = Organization.objects.filter(pk=reach.pk).order_by()
    is_done = asked.values_list(*(Exists(plan.rows) for plan in plans)).get()
    steps = [Step(one.words, one.url, done) for one, done in zip(plans, is_done, strict=True)]
    return [] if all(step.is_done for step in steps) else steps


def _plans(actor: Actor, reach: Organization) -> list[_Plan]:
    if reach.kind == Kind.PROVIDER and actor.may(P.MANAGE_CARRIERS):
        return _of_provider(reach)
    numbers = PhoneNumber.objects.visible_to(actor).live()
    if reach.kind == Kind.DEALER and actor.may(P.MANAGE_TENANTS):
        return [
            _first_tenant(reach),
            _Plan("Have numbers: claim what is offered to you, or ask for some.", "", numbers),
            _Plan(
                "Hand a number to a tenant: open one of your stock, and allot or offer it.",
                f"{reverse('numbers')}?status={NumberStatus.AVAILABLE}",
                numbers.filter(status__in=IN_HANDS),
            ),
        ]
    if reach.kind == Kind.TENANT and actor.may(P.ASSIGN_NUMBERS):
        return [
            _Plan("Have a number: claim what is offered to you, or ask for one.", "", numbers),
            _Plan(
                "Say who answers it: give it a name, and point it at a phone.",
                reverse("numbers"),
                Assignment.objects.visible_to(actor),
            ),
        ]
    return []


def _of_provider(reach: Organization) -> list[_Plan]:
    accounts, trunks = CarrierAccount.objects.all(), Trunk.objects.all()
    return [
        _Plan(
            "Connect an account at a carrier, and check it.",
            reverse("new_carrier_account"),
            accounts,
        ),
        _Plan("Add the PBX that rings the phones.", reverse("pbxs"), Pbx.objects.all()),
        _Plan("Make a trunk, and attach it to the PBX.", reverse("new_trunk"), trunks),
        _Plan("Search the carriers, and buy a number.", reverse("buy"), PhoneNumber.objects.all()),
        _first_tenant(reach),
    ]


def _first_tenant(reach: Organization) -> _Plan:
    tenants = Organization.objects.below(reach).filter(kind=Kind.TENANT)
    return _Plan("Create a tenant.", reverse("new_tenant", args=[reach.uuid]), tenants)
