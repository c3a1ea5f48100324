"""What is left to those who are suspended, and to those below them."""

from __future__ import annotations

import pytest

from accounts.actors import UnableToActFor, client_actor, member_actor
from accounts.models import Kind, Organization, OrganizationStatus
from accounts.permissions import OF_KIND, WHILE_SUSPENDED, Permission
from accounts.standing import standing_of
from accounts.tests.cast import Cast
from accounts.tests.factories import NOW, make_client, make_member
from accounts.workflows import organizations

ACTIVE, SUSPENDED, CLOSED = OrganizationStatus


def put(organization: Organization, status: str) -> None:
    """Give an organization a status."""
    Organization.objects.filter(pk=organization.pk).update(status=status)
    organization.refresh_from_db()


class TestStandingOf:
    def test_is_active_where_everybody_above_is(self, cast: Cast) -> None:
        everybody = (cast.provider, cast.dealer, cast.sub_dealer, cast.sub_tenant)

        assert {standing_of(organization) for organization in everybody} == {ACTIVE}

    @pytest.mark.parametrize("status", [SUSPENDED, CLOSED])
    def test_takes_along_what_lies_below(self, cast: Cast, status: OrganizationStatus) -> None:
        put(cast.dealer, status)

        assert standing_of(cast.sub_tenant) == standing_of(cast.dealer) == status
        assert standing_of(cast.rival_tenant) == standing_of(cast.provider) == ACTIVE

    def test_is_the_worst_of_several(self, cast: Cast) -> None:
        put(cast.dealer, CLOSED)
        put(cast.tenant, SUSPENDED)

        assert standing_of(cast.tenant) == CLOSED


class TestRights:
    def test_are_cut_to_looking_and_to_showing_out(self, cast: Cast) -> None:
        put(cast.dealer, SUSPENDED)
        client, _ = make_client(organization=cast.tenant)

        owner = member_actor(make_member(organization=cast.dealer))
        program = client_actor(client)

        assert owner.permissions == OF_KIND[Kind.DEALER] & WHILE_SUSPENDED
        assert program.permissions == OF_KIND[Kind.TENANT] & WHILE_SUSPENDED
        assert not owner.may(Permission.ACT_FOR)

    def test_are_none_in_a_closed_organization(self, cast: Cast) -> None:
        put(cast.dealer, CLOSED)

        assert not member_actor(make_member(organization=cast.sub_tenant)).permissions

    def test_come_back_with_the_organization(self, cast: Cast) -> None:
        before = cast.tenant_owner.permissions
        organizations.suspend(
            organization=cast.tenant, reason="Unpaid", actor=cast.dealer_owner, now=NOW
        )
        organizations.resume(organization=cast.tenant, actor=cast.dealer_owner, now=NOW)

        assert member_actor(cast.tenant_owner.membership).permissions == before

    def test_let_those_above_go_on_acting_for_it_until_it_is_closed(self, cast: Cast) -> None:
        put(cast.tenant, SUSPENDED)
        seated = cast.dealer_owner.on_behalf_of(cast.tenant)
        assert seated.may(Permission.GIVE_BACK_NUMBERS)

        put(cast.tenant, CLOSED)
        with pytest.raises(UnableToActFor, match="closed"):
            cast.dealer_owner.on_behalf_of(cast.tenant)
