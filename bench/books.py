"""The carriers' books, held against ours, after `purchase_faults.py` has bought."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from portal.journey.world import World

FINAL = {"BOUGHT", "FAILED"}


def verdict(world: World, *, late_seconds: float) -> dict[str, Any]:
    """Hold the carriers' books against ours; what was bought late may still be on its way in."""
    from dids.models import CarrierBinding, OrderLine

    struck = world.sandbox.get("/_control/faults").json()["struck"]
    world.sandbox.delete("/_control/faults").raise_for_status()
    theirs, ours = _wait_until_equal(late_seconds)
    purchases: dict[str, int] = world.sandbox.get("/_control/seen").json()["purchases"]
    lines = list(OrderLine.objects.select_related("order", "carrier_account", "carrier_order"))
    came_in = Counter(line.e164 for line in lines if line.status == "BOUGHT")
    came_in.update(line.e164 for line in lines if line.late_success_at)
    return {
        "lines": dict(Counter(line.status for line in lines)),
        "not_settled": sum(line.status not in FINAL for line in lines),
        "bought_late": sum(line.late_success_at is not None for line in lines),
        "bindings": dict(Counter(CarrierBinding.objects.values_list("status", flat=True))),
        "faults_struck": sum(row["times"] for row in struck),
        "purchases": sum(purchases.values()),
        "numbers_in_stock": len(ours),
        "double_buys": sum(count > 1 for count in purchases.values()),
        "orphans": len({*theirs} ^ {*ours}) + len({*came_in} ^ {*ours}),
        "which_orphans": sorted(({*theirs} ^ {*ours}) | ({*came_in} ^ {*ours}))[:20],
        **_money(lines),
        "settling": _settling(lines),
        "carriers": {
            slug: _of_carrier(slug, lines, theirs, struck)
            for slug in sorted({line.carrier_account.carrier for line in lines})
        },
    }


def _of_carrier(
    slug: str, lines: Sequence[Any], theirs: dict[str, str], struck: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    own = [line for line in lines if line.carrier_account.carrier == slug]
    return {
        **Counter(line.status for line in own),
        "bought_late": sum(line.late_success_at is not None for line in own),
        "numbers_there": sum(carrier == slug for carrier in theirs.values()),
        "faults_struck": sum(row["times"] for row in struck if row["carrier"] == slug),
        "why_failed": dict(Counter(line.carrier_order.failure for line in own if line.failure)),
        **_settling(own),
    }


def _money(lines: Sequence[Any]) -> dict[str, str]:
    """Compare what the payers owe with the price of what they got; the provider owes nobody."""
    from billing.models import Account

    price = {
        account: sum(
            (
                line.amount
                for line in lines
                if line.status == "BOUGHT" and line.order.payer_id == account.organization_id
            ),
            Decimal(0),
        )
        for account in Account.objects.filter(organization__name__startswith="Payer")
    }
    return {
        "price_of_what_was_bought": str(sum(price.values())),
        "paid": str(sum(-account.posted for account in price)),
        "still_reserved": str(sum(account.reserved for account in price)),
        "lost_money": str(
            sum(abs(owed + purse.posted) + abs(purse.reserved) for purse, owed in price.items())
        ),
    }


def _owned_at_carriers() -> dict[str, str]:
    """Give every number that is ours, by the carriers' own word, and at which carrier."""
    from trunks import connect
    from trunks.deadlines import Deadline
    from trunks.models import CarrierAccount

    mine: dict[str, str] = {}
    for account in CarrierAccount.objects.all():
        adapter: Any = connect.connected(account, purpose="bench")
        for owned in adapter.owned(deadline=Deadline(300)):
            mine[str(owned.number)] = account.carrier
    return mine


def _stock() -> set[str]:
    """Give every number that we think is ours."""
    from dids.models import PhoneNumber

    return set(PhoneNumber.objects.live().values_list("e164", flat=True))


def _wait_until_equal(seconds: float) -> tuple[dict[str, str], set[str]]:
    ends = time.monotonic() + seconds
    while True:
        theirs, ours = _owned_at_carriers(), _stock()
        if {*theirs} == ours or time.monotonic() > ends:
            return theirs, ours
        time.sleep(0.5)


def _settling(lines: Sequence[Any]) -> dict[str, float]:
    """Give how long lines took from being submitted to their last status."""
    seconds = [
        (line.status_since - line.order.submitted_at).total_seconds()
        for line in lines
        if line.status in FINAL
    ] or [0.0]
    cuts = statistics.quantiles(seconds, n=100, method="inclusive") if seconds[1:] else seconds * 99
    return {
        "p50_s": round(cuts[49], 1),
        "p95_s": round(cuts[94], 1),
        "max_s": round(max(seconds), 1),
    }
