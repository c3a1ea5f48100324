"""Nobody hands out more rights than their own."""

from __future__ import annotations

import pytest

from accounts.actors import Actor, System, client_actor
from accounts.models import Kind, Organization, OrganizationStatus, Role
from accounts.permissions import WHILE_SUSPENDED, Permission, permissions_of
from accounts.roles import handed_out_by, may_hand_out, rights_in_full
from accounts.tests.cast import Cast
from accounts.tests.factories import (
    make_actor,
    make_client,
    make_dealer,
    make_member,
    make_tenant,
)


class TestMayHandOut:
    @pytest.mark.parametrize("role", list(Role))
    @pytest.mark.parametrize("own", list(Role))
    def test_goes_up_to_ones_own_beside_oneself(self, cast: Cast, own: Role, role: Role) -> None:
        actor = make_actor(organization=cast.dealer, role=own)
        included = permissions_of(role, Kind.DEALER) <= permissions_of(own, Kind.DEALER)

        assert may_hand_out(role, cast.dealer, actor) is included

    def test_goes_up_to_ones_own_below_too_and_nowhere_else(self, cast: Cast) -> None:
        manager = make_actor(organization=cast.dealer, role=Role.MANAGER)
        all_but_owner = [role for role in Role if role != Role.OWNER]

        assert handed_out_by(manager, cast.dealer) == all_but_owner
        assert handed_out_by(manager, cast.tenant) == all_but_owner
        assert handed_out_by(manager, cast.rival_tenant) == []
        assert handed_out_by(manager, cast.provider) == []
        assert handed_out_by(cast.dealer_owner, cast.tenant) == list(Role)
        assert handed_out_by(System("test"), cast.tenant) == list(Role)

    def test_includes_the_first_owner_for_who_creates_the_organization(self, cast: Cast) -> None:
        manager = make_actor(organization=cast.dealer, role=Role.MANAGER)
        program, _ = make_client(
            organization=cast.dealer, scopes=[Permission.MANAGE_TENANTS, Permission.MANAGE_PEOPLE]
        )
        made = make_tenant(parent=cast.dealer)
        dealer = make_dealer(parent=cast.dealer)

        assert handed_out_by(manager, made) == list(Role)
        assert handed_out_by(client_actor(program), made) == [Role.OWNER]
        assert handed_out_by(client_actor(program), dealer) == []
        make_member(organization=made, role=Role.OWNER)
        assert Role.OWNER not in handed_out_by(manager, made)
        assert handed_out_by(client_actor(program), made) == []

    def test_is_cut_to_the_seat_of_somebody_acted_for(self, cast: Cast) -> None:
        manager = make_actor(organization=cast.dealer, role=Role.MANAGER)
        seated = manager.on_behalf_of(cast.tenant)

        assert Role.OWNER not in handed_out_by(seated, cast.tenant)
        assert Role.OWNER in handed_out_by(cast.dealer_owner.on_behalf_of(cast.tenant), cast.tenant)

    def test_is_measured_by_what_is_there_without_a_suspension(self, cast: Cast) -> None:
        Organization.objects.filter(pk=cast.tenant.pk).update(status=OrganizationStatus.SUSPENDED)
        tenant = Organization.objects.get(pk=cast.tenant.pk)
        program, _ = make_client(organization=tenant, scopes=WHILE_SUSPENDED)
        actors: list[Actor] = [client_actor(program), make_actor(organization=tenant)]

        assert actors[0].permissions == actors[1].permissions
        assert handed_out_by(actors[0], tenant) == [Role.FINANCE, Role.VIEWER]
        assert handed_out_by(actors[1], tenant) == list(Role)
        assert Permission.ASSIGN_NUMBERS in rights_in_full(actors[1])
