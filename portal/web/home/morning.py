"""What needs somebody, and what comes soon: lines, each with its one action."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from accounts.actors import Actor
from portal.attention.gathering import gather
from portal.attention.matters import Kind, Matter

_OPEN: dict[Kind, tuple[str, str, str]] = {
    Kind.ROUTER: ("Open the PBX", "pbx", ""),
    Kind.PUBLISHING: ("Open the PBX", "pbx", ""),
    Kind.CREDENTIALS: ("Put in new credentials", "carrier_credentials", ""),
    Kind.CARRIER: ("Open the account", "carrier_account", ""),
    Kind.ORDER_UNCERTAIN: ("Open the order", "order", ""),
    Kind.DELIVERY_UNCERTAIN: ("Open the number", "number", ""),
    Kind.RETURN_UNCERTAIN: ("Open the number", "number", ""),
    Kind.TASK: ("Do it", "task", ""),
    Kind.BALANCE: ("Open the account", "carrier_account", ""),
    Kind.DIFFERENCES: ("Look at them", "differences", ""),
    Kind.TRUNK: ("Open the trunk", "trunk", ""),
    Kind.ADDRESS: ("Correct it", "emergency_location", ""),
    Kind.NO_LOCATION: ("See the numbers", "emergency", ""),
    Kind.DOCUMENT_EXPIRED: ("Open it", "document", ""),
    Kind.DOCUMENTS_EXPIRE: ("See them", "documents", "?sort=since"),
    Kind.BACK_ORDER: ("Open it", "back_order", ""),
    Kind.HOLDS_END: ("Search and order", "buy", ""),
    Kind.RETURNS_DUE: ("See the numbers", "numbers", "?status=RELEASING"),
    Kind.OFFERS_END: ("See the numbers", "numbers", "?status=RESERVED"),
    Kind.QUARANTINE_ENDS: ("See the numbers", "numbers", "?status=QUARANTINE"),
}
"""The one action of each kind: its words, the page, and what is asked of it."""

_LISTS: dict[Kind, str] = {
    Kind.ORDER_UNCERTAIN: "orders",
    Kind.BACK_ORDER: "back_orders",
    Kind.TASK: "tasks",
}
"""Where all of a kind are listed, for those that the page has no room for."""


@dataclass(frozen=True)
class Line:
    """One line with its action; `key` names it in the page, so that focus stays on it."""

    matter: Matter
    key: str
    verb: str
    url: str
    all_url: str


def context(actor: Actor, now: datetime) -> dict[str, Any]:
    """Give the lines to the templates, and a mark by which news are known from what was seen."""
    found = gather(actor, now)
    said = repr([*found.now, *found.soon]).encode()
    return {
        "pressing": _lines(found.now),
        "coming": _lines(found.soon),
        "count": found.count,
        "seen": hashlib.sha256(said).hexdigest()[:16],
    }


def _lines(matters: Sequence[Matter]) -> list[Line]:
    return [_line(matter) for matter in matters]


def _line(matter: Matter) -> Line:
    about = matter.number or matter.about
    key = f"{matter.kind}-{about or ''}".lower().replace("+", "")
    verb, page, query = _OPEN.get(matter.kind, ("", "", ""))
    url = reverse(page, args=[about] if about else []) + query if page else ""
    all_url = reverse(_LISTS[matter.kind]) if matter.kind in _LISTS else ""
    return Line(matter, key, verb, url, all_url)
