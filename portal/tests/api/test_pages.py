"""Pages that neither skip nor repeat, and lists whose cost does not grow with their rows."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.endpoints import API
from portal.tests.api.caller import Caller
from portal.tests.api.requests import REQUESTS
from portal.tests.api.world import (
    World,
    bind,
    make_number,
    make_order,
    make_ready_trunk,
    make_task,
)

LISTS = [endpoint for endpoint in API if endpoint.name.endswith(".list")]


def walk(caller: Caller, path: str, way: str = "next") -> list[list[Any]]:
    """Follow the pages of a list to its end."""
    pages: list[list[Any]] = []
    address: str | None = path
    while address:
        body = caller.get(address).body
        pages.append(body["results"])
        address = body[way] and body[way].split("/api/v1/")[1]
        assert len(pages) < 50
    return pages


class TestPages:
    def test_show_every_row_once_in_order(self, world: World, staff: Caller) -> None:
        for place in range(7):
            make_number(world.account, f"+1312555016{place}", world.cast)
        whole = [row["number"] for row in staff.get("numbers").body["results"]]
        pages = walk(staff, "numbers?limit=5")
        assert {len(page) for page in pages[:-1]} == {5}
        assert [row["number"] for page in pages for row in page] == whole == sorted(whole)

    def test_lead_back_again(self, world: World, staff: Caller) -> None:
        first = staff.get("numbers?limit=2").body
        assert first["previous"] is None
        second = staff.get(first["next"].split("/api/v1/")[1]).body
        back = staff.get(second["previous"].split("/api/v1/")[1]).body
        assert back["results"] == first["results"]
        assert back["previous"] is None

    def test_do_not_shift_when_rows_come_in_before(self, world: World, staff: Caller) -> None:
        first = staff.get("numbers?limit=2").body
        make_number(world.account, "+12125550100", world.cast)
        second = staff.get(first["next"].split("/api/v1/")[1]).body
        seen = [row["number"] for row in first["results"] + second["results"]]
        assert len(set(seen)) == len(seen) == 4

    def test_keep_the_filters(self, world: World, staff: Caller) -> None:
        pages = walk(staff, "numbers?limit=1&status=ASSIGNED")
        assert {row["status"] for page in pages for row in page} == {"ASSIGNED"}

    def test_of_nothing_are_empty(self, world: World, staff: Caller) -> None:
        body = staff.get("numbers?search=9999999").body
        assert body == {"results": [], "next": None, "previous": None}


class TestQueries:
    @pytest.mark.parametrize("endpoint", LISTS, ids=lambda endpoint: endpoint.name)
    def test_do_not_grow_with_the_rows(self, world: World, staff: Caller, endpoint: Any) -> None:
        path, _ = REQUESTS[endpoint.name](world)
        grow(world, staff, 0)
        few = count(staff, path)
        for place in range(1, 6):
            grow(world, staff, place)
        assert count(staff, path) == few
        assert few <= 16

    def test_of_one_number_stay_within_budget(self, world: World, tenant: Caller) -> None:
        path, _ = REQUESTS["numbers.get"](world)
        tenant.get(path)
        assert count(tenant, path) <= 13


def grow(world: World, staff: Caller, place: int) -> None:
    """Add one row to every list."""
    number = make_number(world.account, f"+1312555016{place}", world.cast)
    bind(number, world.trunk)
    make_order(world.cast, world.account, world.trunk)
    make_ready_trunk(world.account, name=f"T{place}", address=f"192.0.2.{place + 20}")
    staff.post("pbxs", {"name": f"PBX {place}"})
    staff.post("invitations", {"email": f"p{place}@example.com", "role": "VIEWER"})
    make_task(world.cast, number, world.account)
    path, tenant = REQUESTS["tenants.create"](world)
    assert staff.post(path, {**tenant, "sip_domain": f"t{place}.example"}).status == 201


def count(caller: Caller, path: str) -> int:
    """Count the queries of a read."""
    with CaptureQueriesContext(connection) as queries:
        assert caller.get(path).status == 200
    return len(queries)
