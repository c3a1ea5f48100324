"""What every page's frame needs: who is looking, for whom, and where they can go."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts.actors import Actor, Member
from accounts.permissions import Permission
from dids import work
from portal.actor import actor_of
from portal.kept import forms as kept

P = Permission
MOST = 99
"""Beyond that, nobody counts tasks."""


@dataclass(frozen=True)
class Place:
    """
    One entry of the navigation.

    :param needs: the right without which it is not shown; None shows it to everyone
    """

    label: str
    url_name: str
    needs: Permission | None
    counts: bool = False
    """Whether the number of tasks that wait stands beside it."""


PLACES: dict[str, tuple[Place, ...]] = {
    "": (
        Place("Home", "home", None),
        Place("Numbers", "numbers", P.VIEW_NUMBERS),
        Place("Buy", "buy", P.SEARCH_NUMBERS),
        Place("Coverage", "coverage", P.VIEW_NUMBERS),
        Place("Orders", "orders", P.ORDER_NUMBERS),
        Place("Back-orders", "back_orders", P.ORDER_NUMBERS),
        Place("Messages", "messaging", P.VIEW_NUMBERS),
        Place("Organizations", "organizations", P.VIEW_ORGANIZATIONS),
        Place("Emergency", "emergency", P.VIEW_NUMBERS),
        Place("Documents", "documents", P.KEEP_DOCUMENTS),
        Place("Tasks", "tasks", P.DO_TASKS, counts=True),
        Place("People", "people", P.MANAGE_PEOPLE),
        Place("Journal", "journal", P.VIEW_JOURNAL),
        Place("API clients", "api_clients", P.MANAGE_API_CLIENTS),
    ),
    "Network": (
        Place("Carriers", "carriers", P.MANAGE_CARRIERS),
        Place("Trunks", "trunks", P.MANAGE_CARRIERS),
        Place("PBXs", "pbxs", P.MANAGE_PBXS),
        Place("Exchange rates", "rates", P.MANAGE_RATES),
    ),
}
"""The navigation by its headings; what comes first is used most."""


def frame(request: HttpRequest) -> dict[str, Any]:
    """Give the templates the actor, the navigation with the place one is at, and the demo flag."""
    actor = actor_of(request)
    return {
        "kept_forms": kept.of(request) if actor else list(kept.all_in(request)),
        "actor": actor,
        "places": _open_to(actor) if actor else {},
        "may_switch": _may_switch(actor),
        "tasks_waiting": functools.cache(functools.partial(_waiting, actor)),
        "here": _place_at(request.path),
        "is_demo": settings.DEMO,
    }


def _waiting(actor: Actor | None) -> str:
    """Say how many tasks wait for the actor; fragments, which don't ask, pay nothing for it."""
    if actor is None or not actor.may(P.DO_TASKS):
        return ""
    waiting = work.waiting_for(actor, most=MOST + 1)
    return f"{MOST}+" if waiting > MOST else str(waiting or "")


def _may_switch(actor: Actor | None) -> bool:
    """Tell whether there is another organization to work for; asks the database nothing."""
    if not isinstance(actor, Member):
        return False
    has_seats = getattr(actor.membership, "seats", 1) > 1
    return has_seats or actor.acting_for is not None or actor.may(P.ACT_FOR)


def _place_at(path: str) -> str:
    """Give the place to which a page belongs: the one whose address begins most of its own."""
    names = (place.url_name for places in PLACES.values() for place in places)
    addresses = {name: reverse(name) for name in names}
    at = [name for name, start in addresses.items() if path.startswith(start) and start != "/"]
    home = "home" if path == addresses["home"] else ""
    return max(at, key=lambda name: len(addresses[name]), default=home)


def _open_to(actor: Actor) -> dict[str, list[Place]]:
    seen = {
        heading: [place for place in places if place.needs is None or actor.may(place.needs)]
        for heading, places in PLACES.items()
    }
    return {heading: places for heading, places in seen.items() if places}
