"""Which account carries text messages, over the API."""

from __future__ import annotations

from dids.tests.factories import make_number
from portal.tests.api.caller import Caller, caller_of
from portal.tests.api.world import TENANT_NUMBER, World
from trunks.tests.factories import make_carrier_account


class TestAccount:
    def test_may_be_another_one_than_for_calls(self, world: World, staff: Caller) -> None:
        number = make_number(country="GB")
        other = make_carrier_account(carrier="vonage", owner=world.cast.provider, name="Texts")
        here = f"numbers/{number.e164}/messages"
        wish = {"to": "WEBHOOK", "address": "https://oak.example/in"}

        told = staff("PUT", here, {**wish, "account": str(other.uuid)})
        assert (told.status, told.body["carrier_account"]["name"]) == (202, "Texts")
        kept = staff("PUT", here, {**wish, "address": "https://oak.example/2"})
        assert kept.body["carrier_account"]["name"] == "Texts"

    def test_is_neither_chosen_nor_seen_by_tenants(self, world: World) -> None:
        tenant = caller_of(world.cast.tenant)
        other = make_carrier_account(carrier="vonage", owner=world.cast.provider)
        here = f"numbers/{TENANT_NUMBER}/messages"
        wish = {"to": "OFF", "account": str(other.uuid)}
        assert tenant("PUT", here, wish).is_problem(422, "account")
        assert "carrier_account" not in tenant("PUT", here, {"to": "OFF"}).body
