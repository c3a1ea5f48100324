"""Generated from the table of pages: who gets in where, and what they see there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Kind, Membership, Organization, Role
from accounts.permissions import (
    WHILE_SUSPENDED,
    Permission,
    field_groups_of,
    permissions_of,
    scopes_for,
)
from accounts.tests.factories import make_member
from portal.endpoints import PAGES, Endpoint
from portal.testing.marks import MARK
from portal.tests.api.world import DEALER_STOCK, LOOSE, OFFERED, STOCK, TENANT_NUMBER, World
from portal.tests.doors import EVERYBODY, marks_in, seat, undone
from portal.tests.web.visitor import Visitor, visitor_of

OF_A_THING = [endpoint for endpoint in PAGES if "<" in endpoint.path]
CALLS_A_CARRIER = {"check_carrier_account"}
"""Tested with a carrier at the other end, in test_wires."""
ASKED = [endpoint for endpoint in PAGES if endpoint.name not in CALLS_A_CARRIER]
FILES = {"export_journal", "export_numbers", "import_template", "import_verdicts"}
"""Steps that answer with a file: that something of ours is taken out is written down."""
TASK = {endpoint.name for endpoint in PAGES if endpoint.path.startswith("tasks/<")}
NOT_THEIRS = {Kind.DEALER: TASK | {"delete_view"}, Kind.PROVIDER: {"delete_view"}}
"""A task is seen by whoever has to act, here the tenant, and by the provider; a view of a list by
whoever sits where it was saved."""
TOKEN = re.compile(r"pt[0-9a-f]{12}\.[A-Za-z0-9_-]+")
NUMBERS = (STOCK, TENANT_NUMBER, OFFERED, DEALER_STOCK, LOOSE)


def ask(visitor: Visitor, endpoint: Endpoint, world: World) -> Any:
    """Send the request of a page and undo what it did."""
    with undone():
        return visitor.ask(endpoint, world)


def seated(world: World, kind: Kind, role: Role) -> Membership:
    """Give somebody in a role; owners have a second factor, whose secret is a planted mark."""
    cast = world.cast
    owners = {Kind.PROVIDER: cast.staff, Kind.DEALER: cast.dealer_owner}
    if role == Role.OWNER:
        return owners.get(kind, cast.tenant_owner).membership
    return make_member(organization=seat(cast, kind), role=role)


def said(answer: Any) -> str:
    """Give all that an answer says, but for the token of a program that is shown this once."""
    text: str = answer.content.decode()
    return TOKEN.sub("", text) if answer.status_code == 201 else text


def seen(visitor: Visitor, world: World) -> Iterator[tuple[str, str]]:
    """Give the text of every page a visitor gets to, and of every refusal."""
    for endpoint in ASKED:
        yield endpoint.name, said(ask(visitor, endpoint, world))
    for e164 in NUMBERS:
        yield e164, visitor.get(f"/numbers/{e164}/").content.decode()


class TestEveryPage:
    @pytest.mark.parametrize(("kind", "role"), EVERYBODY)
    def test_lets_in_whom_the_table_lets_in_and_shows_no_planted_mark(
        self, world: World, kind: Kind, role: Role
    ) -> None:
        visitor = Visitor(seated(world, kind, role))
        rights, groups = permissions_of(role, kind), field_groups_of(role, kind)
        for endpoint in ASKED:
            answer = ask(visitor, endpoint, world)
            found = marks_in(said(answer), groups)
            assert not found, f"{endpoint.name} shows {found}"
            if endpoint.permission is None or endpoint.permission in rights:
                # 201: a secret is shown once; 409: it is so already;
                # 422: somebody above must act for the holder to do it.
                fine = {200} if endpoint.method == "GET" else {201, 302, 409, 422}
                if endpoint.name in FILES:
                    fine = {200}
                if endpoint.name in NOT_THEIRS.get(kind, ()):
                    fine = {404}
                assert answer.status_code in fine, endpoint.name
            else:
                assert answer.status_code == 403, endpoint.name
        for e164 in NUMBERS:
            found = marks_in(visitor.get(f"/numbers/{e164}/").content.decode(), groups)
            assert not found, f"{e164} shows {found}"

    @pytest.mark.parametrize("role", list(Role))
    def test_hides_others_things_from_a_rival(self, world: World, role: Role) -> None:
        for organization in (world.cast.rival_tenant, world.cast.rival_dealer):
            visitor, kind = visitor_of(organization, role), Kind(organization.kind)
            for endpoint in OF_A_THING:
                answer = ask(visitor, endpoint, world)
                allowed = endpoint.permission in permissions_of(role, kind)
                assert answer.status_code == (404 if allowed else 403), endpoint.name
                assert "Oak Street" not in answer.content.decode(), endpoint.name

    def test_shows_a_rival_nothing_of_others(self, world: World) -> None:
        for organization in (world.cast.rival_tenant, world.cast.rival_dealer):
            visitor = visitor_of(organization)
            for name in ("/", "/numbers/", "/numbers/?search=555"):
                text = visitor.get(name).content.decode()
                for word in ("Oak Street", "Lakeside", TENANT_NUMBER, OFFERED, "555-010"):
                    assert word not in text, name

    @pytest.mark.parametrize(("kind", "role"), [(k, r) for k, r in EVERYBODY if k != Kind.PROVIDER])
    def test_leaves_the_suspended_nothing_that_costs_or_routes(
        self, world: World, kind: Kind, role: Role
    ) -> None:
        visitor = Visitor(make_member(organization=seat(world.cast, kind), role=role))
        Organization.objects.filter(pk=world.cast.dealer.pk).update(status="SUSPENDED")
        rights = permissions_of(role, kind) & WHILE_SUSPENDED
        for endpoint in PAGES:
            answer = ask(visitor, endpoint, world)
            open_to_them = endpoint.permission is None or endpoint.permission in rights
            assert (answer.status_code != 403) is open_to_them, endpoint.name
            assert answer.status_code < 500, endpoint.name

    @pytest.mark.parametrize("ended", ["own", "above", "membership"])
    def test_is_closed_to_a_seat_that_has_ended(self, world: World, ended: str) -> None:
        cast = world.cast
        member = make_member(organization=cast.tenant, role=Role.OWNER)
        visitor = Visitor(member)
        assert visitor.get("/").status_code == 200
        if ended == "membership":
            Membership.objects.filter(pk=member.pk).update(ended_at=timezone.now())
        else:
            closed = cast.tenant if ended == "own" else cast.dealer
            Organization.objects.filter(pk=closed.pk).update(status="CLOSED")

        for endpoint in PAGES:
            answer = ask(visitor, endpoint, world)
            assert answer.status_code == 403, endpoint.name
            text = answer.content.decode()
            for word in ("Oak Street", "Lakeside", TENANT_NUMBER, OFFERED):
                assert word not in text, endpoint.name


class TestEveryAnswer:
    def test_of_the_sign_in_library_shows_nobody_the_secret_of_a_second_factor(
        self, world: World
    ) -> None:
        for kind in Kind:
            visitor = Visitor(seated(world, kind, Role.OWNER))
            for path in ("2fa/", "2fa/totp/activate/", "2fa/totp/deactivate/", "password/change/"):
                page = visitor.client.get(f"/accounts/{path}", follow=True)
                assert page.status_code == 200, path
                assert MARK not in page.content.decode().upper(), path

    def test_shows_the_account_to_the_provider(self, world: World) -> None:
        text = visitor_of(world.cast.provider).get(f"/numbers/{TENANT_NUMBER}/").content.decode()
        assert "MARK-ACCOUNT" in text

    @pytest.mark.parametrize("role", [Role.OWNER, Role.OPERATOR])
    def test_hides_them_while_staff_act_for_somebody_below(self, world: World, role: Role) -> None:
        for organization in (world.cast.dealer, world.cast.tenant):
            visitor = visitor_of(world.cast.provider, role)
            visitor.post(f"/acting/{organization.uuid}/")
            for name, text in seen(visitor, world):
                found = marks_in(text, frozenset())
                assert not found, f"{name} shows {found}"

    def test_lets_nobody_do_more_by_acting_for_somebody(self, world: World) -> None:
        visitor = visitor_of(world.cast.dealer, Role.OPERATOR)
        visitor.post(f"/acting/{world.cast.tenant.uuid}/")
        rights = scopes_for(permissions_of(Role.OPERATOR, Kind.DEALER), Kind.TENANT)
        for endpoint in PAGES:
            answer = ask(visitor, endpoint, world)
            # Whether one may sit elsewhere is asked in one's own seat.
            allowed = endpoint.permission in {*rights, None, Permission.ACT_FOR}
            assert (answer.status_code != 403) is allowed, endpoint.name
