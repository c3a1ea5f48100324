"""Generated from the table of endpoints: who may knock where, and what they see there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product

import pytest
from django.db import transaction

from accounts.models import Kind, Organization, Role
from accounts.permissions import FieldGroup, field_groups_of, permissions_of
from accounts.tests.factories import make_member
from portal.endpoints import API, Endpoint
from portal.tests.api.caller import Answer, Caller, caller_of
from portal.tests.api.requests import REQUESTS
from portal.tests.api.world import (
    CARRIER_MARKS,
    COST_MARKS,
    OFFERED,
    SECRET_MARKS,
    TENANT_NUMBER,
    World,
)

EVERYBODY = list(product(Kind, Role))
OF_A_THING = [endpoint for endpoint in API if "<" in endpoint.path]


def seat(world: World, kind: Kind) -> Organization:
    """Give the organization of a kind that has most to see."""
    cast = world.cast
    return {Kind.PROVIDER: cast.provider, Kind.DEALER: cast.dealer, Kind.TENANT: cast.tenant}[kind]


@contextmanager
def undone() -> Iterator[None]:
    """Undo what happens inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def send(caller: Caller, endpoint: Endpoint, world: World) -> Answer:
    """Send the request of an endpoint and undo what it did."""
    path, body = REQUESTS[endpoint.name](world)
    with undone():
        return caller(endpoint.method, path, body)


class TestEveryEndpoint:
    def test_has_a_request_in_the_generated_tests(self) -> None:
        assert set(REQUESTS) == {endpoint.name for endpoint in API}

    @pytest.mark.parametrize(("kind", "role"), EVERYBODY)
    def test_lets_in_whom_the_table_lets_in(self, world: World, kind: Kind, role: Role) -> None:
        caller = Caller(member=make_member(organization=seat(world, kind), role=role))
        rights = permissions_of(role, kind)
        for endpoint in API:
            if endpoint.name == "carrier-accounts.check":
                continue
            answer = send(caller, endpoint, world)
            if endpoint.permission is None or endpoint.permission in rights:
                assert answer.status not in {401, 403}, f"{endpoint.name}: {answer.text}"
                assert answer.status < 500, f"{endpoint.name}: {answer.text}"
            else:
                assert answer.is_problem(403), endpoint.name

    def test_turns_the_anonymous_away(self, world: World) -> None:
        for endpoint in API:
            answer = send(Caller(), endpoint, world)
            assert answer.is_problem(401), endpoint.name
            assert answer.response["WWW-Authenticate"].startswith("Bearer")

    def test_turns_wrong_tokens_away(self, world: World) -> None:
        assert Caller(token="nobody.nothing").get("me").is_problem(401)

    @pytest.mark.parametrize("endpoint", OF_A_THING, ids=lambda endpoint: endpoint.name)
    def test_hides_others_things_from_a_rival(self, world: World, endpoint: Endpoint) -> None:
        rival = caller_of(world.cast.rival_tenant)
        dealer = caller_of(world.cast.rival_dealer)
        for caller, kind in ((rival, Kind.TENANT), (dealer, Kind.DEALER)):
            allowed = endpoint.permission in permissions_of(Role.OWNER, kind)
            answer = send(caller, endpoint, world)
            assert answer.is_problem(404 if allowed else 403), endpoint.name
            assert "Oak Street" not in answer.text

    def test_shows_a_rival_nothing_in_lists(self, world: World) -> None:
        for organization in (world.cast.rival_tenant, world.cast.rival_dealer):
            caller = caller_of(organization)
            for endpoint in API:
                if endpoint.method != "GET" or "<" in endpoint.path:
                    continue
                text = send(caller, endpoint, world).text
                for word in ("Oak Street", "Lakeside", TENANT_NUMBER, OFFERED, "ada@example.com"):
                    assert word not in text, endpoint.name


class TestEveryAnswer:
    @pytest.mark.parametrize(("kind", "role"), EVERYBODY)
    def test_shows_planted_marks_only_to_whom_they_are_open(
        self, world: World, kind: Kind, role: Role
    ) -> None:
        caller = Caller(member=make_member(organization=seat(world, kind), role=role))
        groups = field_groups_of(role, kind)
        hidden = list(SECRET_MARKS)
        if FieldGroup.CARRIER not in groups:
            hidden += CARRIER_MARKS
        if FieldGroup.COST not in groups:
            hidden += COST_MARKS
        for endpoint in API:
            if endpoint.name == "carrier-accounts.check":
                continue
            text = send(caller, endpoint, world).text
            found = [mark for mark in hidden if re.search(re.escape(mark), text, re.IGNORECASE)]
            assert not found, f"{endpoint.name} shows {found}"

    def test_shows_the_marks_to_the_provider(self, world: World) -> None:
        caller = caller_of(world.cast.provider)
        text = send(caller, by_name("numbers.get"), world).text
        assert all(
            mark in text for mark in ("telnyx", "MARK-ACCOUNT", "MARK-REFERENCE", *COST_MARKS)
        )

    @pytest.mark.parametrize("name", ["numbers.get", "numbers.list", "offers.list", "events.list"])
    def test_hides_columns_while_acting_for_somebody_below(self, world: World, name: str) -> None:
        caller = caller_of(world.cast.provider)
        path, _ = REQUESTS[name](world)
        text = caller.get(path, X_Act_For=str(world.cast.tenant.uuid)).text
        assert not [mark for mark in (*CARRIER_MARKS, *COST_MARKS) if mark in text]


def by_name(name: str) -> Endpoint:
    """Find an endpoint."""
    return next(endpoint for endpoint in API if endpoint.name == name)
