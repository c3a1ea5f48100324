from __future__ import annotations

import pytest

from accounts.models import Role
from accounts.tests.factories import make_client, make_member, make_user
from dids.models import PhoneNumber
from portal.tests.api.world import TENANT_NUMBER, World
from portal.tests.web.visitor import visitor_of


@pytest.mark.parametrize(
    "typed", ["+13125550101", "(312) 555-0101", "312.555.0101", "1 312 555 0101"]
)
def test_lands_on_a_number_however_it_is_written(world: World, typed: str) -> None:
    answer = visitor_of(world.cast.tenant).get(f"/find/?q={typed.replace('+', '%2B')}")
    assert (answer.status_code, answer["Location"]) == (302, f"/numbers/{TENANT_NUMBER}/")


def test_lands_on_a_carriers_reference_for_those_who_see_it(world: World) -> None:
    PhoneNumber.objects.filter(e164=TENANT_NUMBER).update(carrier_reference="PN-REF-1")
    found = visitor_of(world.cast.provider).get("/find/?q=PN-REF-1")
    assert (found.status_code, found["Location"]) == (302, f"/numbers/{TENANT_NUMBER}/")
    for organization in (world.cast.tenant, world.cast.dealer):
        assert "Nothing that you may see" in visitor_of(organization).get("/find/?q=PN-REF-1").text


def test_lands_on_an_order_by_its_id(world: World) -> None:
    found = visitor_of(world.cast.provider).get(f"/find/?q={world.order.uuid}")
    assert (found.status_code, found["Location"]) == (302, f"/orders/{world.order.uuid}/")
    assert visitor_of(world.cast.tenant).get(f"/find/?q={world.order.uuid}").status_code == 200


@pytest.mark.parametrize("typed", ["otto", "OTTO@EXAMPLE", "Otto Find"])
def test_lands_on_a_person_within_reach(world: World, typed: str) -> None:
    user = make_user(email="otto@example.com", name="Otto Finder")
    seat = make_member(organization=world.cast.tenant, user=user)
    for organization in (world.cast.tenant, world.cast.dealer):
        answer = visitor_of(organization).get(f"/find/?q={typed}")
        assert (answer.status_code, answer["Location"]) == (302, f"/people/{seat.uuid}/")
    for stranger in (
        visitor_of(world.cast.rival_dealer),
        visitor_of(world.cast.tenant, Role.OPERATOR),
    ):
        assert "Nothing that you may see" in stranger.get(f"/find/?q={typed}").text


def test_lands_on_a_program_by_its_name_or_what_its_token_begins_with(world: World) -> None:
    client, _ = make_client(organization=world.cast.tenant, name="Payroll sync")
    for typed in ("payroll", client.prefix):
        answer = visitor_of(world.cast.dealer).get(f"/find/?q={typed}")
        assert (answer.status_code, answer["Location"]) == (302, f"/api-clients/{client.uuid}/")
    for stranger in (
        visitor_of(world.cast.rival_dealer),
        visitor_of(world.cast.tenant, Role.MANAGER),
    ):
        assert "Nothing that you may see" in stranger.get("/find/?q=payroll").text


def test_shows_all_that_a_few_digits_fit(world: World) -> None:
    text = visitor_of(world.cast.provider, Role.VIEWER).get("/find/?q=555").text
    assert text.count("dropdown-item") > 1


def test_finds_nothing_of_others(world: World) -> None:
    for organization in (world.cast.rival_tenant, world.cast.rival_dealer):
        text = visitor_of(organization).get(f"/find/?q={TENANT_NUMBER[1:]}").text
        assert "Nothing that you may see" in text


def test_answers_htmx_with_the_hits_alone(world: World) -> None:
    answer = visitor_of(world.cast.provider).client.get(
        "/find/?q=555", headers={"HX-Request": "true"}
    )
    assert "<html" not in answer.text
    assert "/numbers/" in answer.text


@pytest.mark.parametrize("typed", ["", "%00", "%F0%9F%98%80", "x" * 5000, "%25", "_", "' OR 1=1"])
def test_takes_whatever_is_typed(world: World, typed: str) -> None:
    assert visitor_of(world.cast.provider).get(f"/find/?q={typed}").status_code == 200
