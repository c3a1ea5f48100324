"""Every write refuses what it cannot use: the field named, nothing half done."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Event, Organization
from accounts.tests.factories import NOW
from portal.api.authentication import WRONG_TOKENS_ALLOWED
from portal.endpoints import API
from portal.tests.api.caller import Caller, caller_of
from portal.tests.api.requests import REQUESTS
from portal.tests.api.world import LOOSE, STOCK, World

WRITES = [endpoint.name for endpoint in API if endpoint.method in {"POST", "PUT", "PATCH"}]
METHODS = {endpoint.name: endpoint.method for endpoint in API}
LONG = "x" * 5000
NOBODY = "00000000-0000-4000-8000-000000000000"

WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("tenants.create", {"name": ""}, "name"),
    ("tenants.create", {"name": "a\x00b"}, "name"),
    ("tenants.create", {"name": "\ud800"}, "name"),
    ("tenants.create", {"country": "usa"}, "country"),
    ("tenants.create", {"time_zone": "Mars/Olympus"}, "time_zone"),
    ("tenants.create", {"sip_domain": "not a domain"}, "sip_domain"),
    ("tenants.create", {"pbx": NOBODY}, "pbx"),
    ("tenants.create", {"number_limit": -1}, "number_limit"),
    ("tenants.create", {"owner_email": "nobody"}, "owner_email"),
    ("tenants.create", {"parent": NOBODY}, "parent"),
    ("dealers.create", {"currency": "dollars"}, "currency"),
    ("dealers.create", {"credit_limit": "-1"}, "credit_limit"),
    ("dealers.create", {"credit_limit": "NaN"}, "credit_limit"),
    ("invitations.create", {"email": "x"}, "email"),
    ("invitations.create", {"role": "KING"}, "role"),
    ("invitations.create", {"role": "\ud800"}, "role"),
    ("invitations.create", {"half \ud800": 1}, "half \ufffd"),
    ("api-clients.create", {"scopes": []}, "scopes"),
    ("api-clients.create", {"scopes": ["EVERYTHING"]}, "scopes[0]"),
    ("api-clients.create", {"scopes": ["MANAGE_CARRIERS"]}, "scopes"),
    ("api-clients.create", {"expires_at": "2001-01-01T00:00:00Z"}, "expires_at"),
    # In UTC these lie outside of the years that there are.
    ("api-clients.create", {"expires_at": "9999-12-31T23:59:59-14:00"}, "expires_at"),
    ("api-clients.create", {"expires_at": "0001-01-01T00:00:00+14:00"}, "expires_at"),
    ("numbers.release", {"on": "0001-01-01"}, "on"),
    ("fees.create", {"what": "OTHER"}, "label"),
    ("fees.create", {"what": "TIP"}, "what"),
    ("fees.create", {"country": "usa"}, "country"),
    ("fees.create", {"monthly": "-1"}, "monthly"),
    ("fees.create", {"valid_from": "1999-12-31"}, "valid_from"),
    ("carrier-accounts.create", {"carrier": "nobody"}, "carrier"),
    ("carrier-accounts.create", {"credentials": {}}, "credentials"),
    ("carrier-accounts.create", {"credentials": "MARK-SECRET"}, "credentials"),
    ("carrier-accounts.create", {"base_url": "ftp://x"}, "base_url"),
    ("trunks.create", {"carrier_account": NOBODY}, "carrier_account"),
    ("trunks.create", {"gateways": []}, "gateways"),
    ("trunks.create", {"gateways": [{"host": "x", "port": 0}]}, "gateways[0].port"),
    ("trunks.create", {"source_addresses": ["nowhere"]}, "source_addresses[0]"),
    ("trunks.create", {"did_format": "ROMAN"}, "did_format"),
    ("pbxs.create", {"name": LONG}, "name"),
    ("pbxs.targets.create", {"address": "nowhere at all"}, "address"),
    ("pbxs.targets.create", {"set": 0}, "set"),
    ("pbxs.trunks.attach", {"trunk": NOBODY}, "trunk"),
    ("searches.create", {"country": "us"}, "country"),
    ("searches.create", {"area_code": "3-1-2"}, "area_code"),
    ("searches.create", {"limit": 0}, "limit"),
    ("searches.create", {"capabilities": ["TELEPATHY"]}, "capabilities[0]"),
    ("searches.create", {"carrier_accounts": [NOBODY]}, "carrier_accounts[0]"),
    ("orders.create", {"lines": []}, "lines"),
    ("orders.create", {"payer": NOBODY}, "payer"),
    ("orders.create", {"payer": "me"}, "payer"),
    ("orders.create", {"lines": [{"offer": NOBODY}]}, "lines[0].offer"),
    ("orders.create", {"lines": [{"offer": "x"}]}, "lines[0].offer"),
    ("orders.create", {"lines": [{"offer": NOBODY, "holder": NOBODY}]}, "lines[0].holder"),
    ("orders.create", {"lines": [{"offer": NOBODY, "price": 0}]}, "lines[0].price"),
    ("orders.replace", {"lines": []}, "lines"),
    ("orders.replace", {"lines": [{"line": NOBODY, "offer": NOBODY}]}, "lines[0].line"),
    ("orders.replace", {"lines": [{"line": NOBODY}]}, "lines[0].offer"),
    (
        "orders.replace",
        {"lines": [{"line": NOBODY, "offer": NOBODY, "holder": NOBODY}]},
        "lines[0].holder",
    ),
    ("numbers.change", {"label": LONG}, "label"),
    ("numbers.allot", {"to": NOBODY}, "to"),
    ("numbers.allot", {"to": None}, "to"),
    ("numbers.offer", {"to": "tenant"}, "to"),
    ("numbers.offer", {"to": NOBODY}, "to"),
    ("numbers.offer", {"to": None}, "to"),
    ("numbers.offer", {"to": None, "to_all": False}, "to"),
    ("numbers.offer", {"to": None, "to_all": None}, "to_all"),
    ("numbers.offer", {"to_all": True}, "to_all"),
    ("numbers.release", {"on": "someday"}, "on"),
    ("numbers.release", {"on": "2001-01-01"}, "on"),
    ("numbers.assign", {"destination": None}, "destination"),
    ("numbers.assign", {"destination": {"kind": "MOON", "value": "1"}}, "destination.kind"),
    ("numbers.assign", {"destination": {"kind": "EXTENSION"}}, "destination.value"),
    (
        "numbers.assign",
        {"destination": {"kind": "EXTERNAL_NUMBER", "value": "+19005550100"}},
        "destination.kind",
    ),
    ("numbers.assign", {"label": LONG}, "label"),
    ("offers.claim", {"destination": {"kind": "EXTENSION", "value": "1 2"}}, "destination.value"),
]


def best(world: World, name: str) -> Caller:
    """Give whoever has most business there."""
    cast = world.cast
    seats = {
        "numbers.change": cast.tenant,
        "numbers.assign": cast.tenant,
        "numbers.give-back": cast.tenant,
        "numbers.allot": cast.dealer,
        "numbers.offer": cast.dealer,
        "offers.claim": cast.tenant,
        "offers.withdraw": cast.dealer,
    }
    return caller_of(seats.get(name, cast.provider))


class TestEveryWrite:
    @pytest.mark.parametrize(("name", "change", "field"), WRONG)
    def test_names_the_field(
        self, world: World, name: str, change: dict[str, Any], field: str
    ) -> None:
        before = Event.objects.count()
        path, body = REQUESTS[name](world)
        answer = best(world, name)(METHODS[name], path, {**body, **change})
        assert answer.is_problem(422, field)
        assert Event.objects.count() == before

    def test_refuses_unknown_fields_by_name(self, world: World) -> None:
        for name in WRITES:
            if name == "carrier-accounts.check":
                continue
            path, body = REQUESTS[name](world)
            answer = best(world, name)(METHODS[name], path, {**(body or {}), "surprise": 1})
            assert answer.is_problem(422, "surprise"), name

    def test_refuses_what_is_missing(self, world: World) -> None:
        for name, field in (
            ("tenants.create", "owner_email"),
            ("orders.create", "lines"),
            ("numbers.assign", "destination"),
            ("numbers.allot", "to"),
            ("numbers.offer", "to"),
            ("searches.create", "country"),
        ):
            path, _ = REQUESTS[name](world)
            assert best(world, name)(METHODS[name], path, {}).is_problem(422, field)


class TestBodies:
    @pytest.mark.parametrize(
        "text",
        ["{", "nothing", '{"a": NaN}', "\xff", "[" * 100_000, '{"a": ' + "9" * 5000 + "}"],
    )
    def test_that_are_no_json_are_a_400(self, world: World, staff: Caller, text: str) -> None:
        answer = raw(staff, text, "application/json")
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.status_code == 400, answer.content

    @pytest.mark.parametrize("text", ["[]", "1", "null", '"x"'])
    def test_that_are_no_objects_are_a_400(self, world: World, staff: Caller, text: str) -> None:
        assert raw(staff, text, "application/json").status_code == 400

    def test_of_another_type_are_a_415(self, world: World, staff: Caller) -> None:
        assert raw(staff, "name=x", "application/x-www-form-urlencoded").status_code == 415

    def test_that_are_too_large_are_a_413(self, world: World, staff: Caller) -> None:
        assert raw(staff, "x" * 3_000_000, "application/json").status_code == 413


def raw(caller: Caller, text: str, content_type: str) -> Any:
    """Send a body as it is."""
    data = text.encode("latin-1")
    return caller.client.generic("POST", "/api/v1/pbxs", data, content_type=content_type)


class TestAddresses:
    def test_that_are_none_are_a_404(self, staff: Caller) -> None:
        for path in ("nowhere", "numbers/13125550100", "orders/7", "numbers/+1/x"):
            assert staff.get(path).is_problem(404)

    def test_with_a_thousand_parameters_are_a_400(self, staff: Caller) -> None:
        assert staff.get("numbers?" + "a&" * 1001).is_problem(400)

    @pytest.mark.parametrize("accept", ["text/html", "x"])
    def test_answer_with_nothing_but_json(self, staff: Caller, accept: str) -> None:
        assert staff.get("numbers", Accept=accept).is_problem(406)

    def test_take_only_their_methods(self, staff: Caller) -> None:
        answer = staff("DELETE", "numbers")
        assert answer.response.status_code == 405
        assert answer.body["title"] == "Method Not Allowed"

    @pytest.mark.parametrize(
        ("path", "field"),
        [
            ("numbers?colour=red", "colour"),
            ("numbers?status=GONE", "status"),
            ("numbers?limit=0", "limit"),
            ("numbers?limit=501", "limit"),
            ("numbers?limit=x", "limit"),
            ("numbers?cursor=x", "cursor"),
            ("numbers?cursor=WyJuIiwgMV0", "cursor"),
            ("events?cursor=WyJuIiwgIngiXQ", "cursor"),
            ("numbers?status=AVAILABLE&status=ASSIGNED", "status"),
            ("numbers?search=%00", "search"),
            ("numbers?dry_run=true", "dry_run"),
        ],
    )
    def test_refuse_parameters_by_name(
        self, world: World, staff: Caller, path: str, field: str
    ) -> None:
        assert staff.get(path).is_problem(422, field)


class TestTokens:
    @pytest.mark.parametrize("token", ["", ".", "a.b", "a" * 5000, "a.\x00", "é.ü"])
    def test_that_are_wrong_are_a_401(self, db: None, token: str) -> None:
        client = Caller().client
        headers = {
            "Authorization": f"Bearer {token}",
        }
        address = "203.0.113.1"
        answer = client.get("/api/v1/me", headers=headers, REMOTE_ADDR=address)
        assert answer.status_code == 401

    def test_that_are_wrong_too_often_are_slowed_down_and_right_ones_not(
        self, tenant: Caller
    ) -> None:
        address = f"198.51.100.{NOW.microsecond % 200 + 1}"
        from portal.api.authentication import WRONG_TOKENS

        for _ in range(WRONG_TOKENS_ALLOWED - WRONG_TOKENS.of(address)):
            WRONG_TOKENS.add(address)
        wrong = {"Authorization": "Bearer a.b"}
        answer = tenant.client.get("/api/v1/me", headers=wrong, REMOTE_ADDR=address)
        assert answer.status_code == 429
        assert answer["Retry-After"]
        assert tenant.client.get("/api/v1/me", REMOTE_ADDR=address).status_code == 200


class TestLimits:
    """What a limit refuses names the field of the request that it is about."""

    @pytest.mark.parametrize(
        ("name", "field"),
        [("numbers.allot", "to"), ("offers.claim", "offer"), ("orders.submit", "lines")],
    )
    def test_of_numbers_are_named(self, world: World, name: str, field: str) -> None:
        tenant = world.cast.tenant
        Organization.objects.filter(pk=tenant.pk).update(number_limit=2, numbers_held=2)
        path, body = REQUESTS[name](world)
        answer = best(world, name).post(path, body)
        assert answer.is_problem(409, field)
        assert answer.body["type"] == "/problems/limit-reached"
        assert "Raise its number limit" in answer.body["detail"]

    def test_of_tenants_are_named(self, world: World) -> None:
        Organization.objects.filter(pk=world.cast.dealer.pk).update(tenant_limit=0)
        path, body = REQUESTS["tenants.create"](world)
        assert caller_of(world.cast.dealer).post(path, body).is_problem(409, "parent")

    def test_name_the_offer_that_is_gone(self, world: World) -> None:
        path, body = REQUESTS["offers.withdraw"](world)
        best(world, "offers.withdraw").post(path, body)
        path, body = REQUESTS["offers.claim"](world)
        assert best(world, "offers.claim").post(path, body).is_problem(409, "offer")


class TestStates:
    def test_that_stand_in_the_way_are_a_409(self, world: World, staff: Caller) -> None:
        assert staff.post(f"numbers/{STOCK}/release/cancel", {}).is_problem(409)

    def test_of_others_numbers_need_acting_for(self, world: World, dealer: Caller) -> None:
        body = {"destination": {"kind": "EXTENSION", "value": "101"}}
        assert dealer("PUT", f"numbers/{LOOSE}/assignment", body).is_problem(422)
