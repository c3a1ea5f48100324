"""What can happen, in words to choose among; grouped by what it happens to."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from accounts.catalogue import CATALOGUE

THINGS: dict[str, str] = {
    "accounts.organization": "Organizations",
    "accounts.invitation": "Invitations",
    "accounts.membership": "People",
    "accounts.client": "Programs",
    "accounts.sign_in": "How people sign in",
    "accounts.personal": "Personal values",
    "accounts.acting": "Acting for others",
    "accounts.journal": "The journal itself",
    "billing.account": "Money",
    "billing.rate": "Exchange rates",
    "dids.order": "Orders",
    "dids.back_order": "Back-orders",
    "dids.line": "Lines of orders",
    "dids.carrier_order": "Orders at carriers",
    "dids.quote": "Quotes",
    "dids.requirements": "What carriers ask for",
    "dids.number": "Numbers",
    "dids.offer": "Offers",
    "dids.binding": "Delivery by the carrier",
    "dids.hold": "Holds",
    "dids.feature": "Names, messages and registrations",
    "dids.release": "Releases",
    "dids.block": "Blocks",
    "dids.task": "Tasks",
    "dids.audit": "Comparisons with carriers",
    "dids.finding": "Differences to carriers",
    "dids.import": "Lists of numbers",
    "dids.document": "Documents",
    "dids.emergency_location": "Emergency locations",
    "provisioning.pbx": "PBXs",
    "provisioning.node": "Routers and targets",
    "provisioning.tenant": "Tenants on PBXs",
    "provisioning.trunk": "Trunks on PBXs",
    "trunks.account": "Carrier accounts",
    "trunks.trunk": "Trunks",
}
OF_THE_PROVIDER = frozenset(
    {
        "billing.rate",
        "dids.carrier_order",
        "dids.quote",
        "dids.requirements",
        "dids.audit",
        "dids.finding",
        "dids.import",
        "provisioning.pbx",
        "provisioning.node",
        "provisioning.trunk",
        "trunks.account",
        "trunks.trunk",
    }
)
"""Things that nobody below the provider has."""


def things(*, sees_carrier: bool) -> list[Any]:
    """Offer everything that can happen: each thing as a group, its first entry the whole of it."""
    by_thing: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, one in CATALOGUE.items():
        label = THINGS.get(one.thing, one.thing)
        by_thing[one.thing].append((name, f"{label}: {one.verb}"))
    groups = [
        (THINGS.get(thing, thing), [(thing, f"{THINGS.get(thing, thing)}: anything"), *entries])
        for thing, entries in by_thing.items()
        if sees_carrier or thing not in OF_THE_PROVIDER
    ]
    return [("", "Anything"), *sorted(groups)]
