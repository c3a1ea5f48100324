"""Programs let the next best take the place of what cannot be had now, up to their limit."""

from __future__ import annotations

from dids.tests.factories import make_found_offer
from portal.tests.api.caller import caller_of
from portal.tests.api.world import FOUND, World
from trunks import pacing
from trunks.tests.factories import make_carrier_account


def test_an_order_takes_the_next_best_within_its_limit(world: World) -> None:
    for _ in range(pacing.FAILURES_TO_OPEN):
        pacing.note_failure(world.account)
    other = make_found_offer(
        search=world.found.search, e164=f"{FOUND[:-1]}9", account=make_carrier_account()
    )
    staff = caller_of(world.cast.provider)
    wish = {"lines": [{"offer": str(world.found.uuid)}]}

    for up_to, number in (("500", other.e164), ("0.01", FOUND), (None, FOUND)):
        made = staff("POST", "orders", {**wish, "next_best_up_to": up_to})
        assert made.status == 201
        assert [line["number"] for line in made.body["lines"]] == [number]
