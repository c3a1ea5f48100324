"""What every page's frame needs: who is looking, for whom, and where they can go."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.permissions import Permission
from portal.actor import actor_of

_PLACES = (
    ("Home", "home", None),
    ("Numbers", "numbers", Permission.VIEW_NUMBERS),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Give the templates the actor, the navigation and the demo flag."""
    actor = actor_of(request)
    places = [
        {"label": label, "url_name": url_name}
        for label, url_name, needed in _PLACES
        if actor is not None and (needed is None or actor.may(needed))
    ]
    return {"actor": actor, "places": places, "is_demo": settings.DEMO}
