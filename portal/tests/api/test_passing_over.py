"""Programs let the next best take the place of what cannot be had now, up to their limit."""

from __future__ import annotations

from dids import picking
from dids.tests.factories import make_found_offer
from portal.tests.api.caller import caller_of
from portal.tests.api.world import FOUND, World
from trunks.models import CarrierAccount
from trunks.tests.factories import make_carrier_account


def test_an_order_takes_the_next_best_within_its_limit(
    world: World, silent: CarrierAccount
) -> None:
    other = make_found_offer(
        search=world.found.search, e164=f"{FOUND[:-1]}9", account=make_carrier_account()
    )
    staff = caller_of(world.cast.provider)
    wish = {"lines": [{"offer": str(world.found.uuid)}]}

    for up_to, number in (("500", other.e164), ("0.01", FOUND), (None, FOUND)):
        made = staff("POST", "orders", {**wish, "next_best_up_to": up_to})
        assert made.status == 201
        assert [line["number"] for line in made.body["lines"]] == [number]
        held = [{"number": FOUND, "instead": str(other.uuid)}] if number == FOUND else []
        told = [{key: one[key] for key in ("number", "instead")} for one in made.body["held_back"]]
        assert told == held
        again = staff("GET", f"orders/{made.body['id']}")
        assert again.body["held_back"] == made.body["held_back"]


def test_a_pick_leaves_silent_carriers_out(world: World, silent: CarrierAccount) -> None:
    other = make_found_offer(
        search=world.found.search, e164=f"{FOUND[:-1]}9", account=make_carrier_account()
    )
    picked = picking.pick_from(world.found.search, count=5, consecutive=False)
    assert [one.e164 for run in picked.runs for one in run] == [other.e164]
