"""The table of role by kind, read for sense."""

from __future__ import annotations

import pytest

from accounts.models import Kind, Role
from accounts.permissions import (
    OF_KIND,
    OF_ROLE,
    FieldGroup,
    Permission,
    field_groups_for,
    field_groups_of,
    permissions_of,
    scopes_for,
)

EVERY_PLACE = [(role, kind) for role in Role for kind in Kind]


class TestPermissionsOf:
    def test_has_an_answer_for_every_role_in_every_kind(self) -> None:
        assert set(OF_ROLE) == set(Role)
        assert set(OF_KIND) == set(Kind)

    @pytest.mark.parametrize(("role", "kind"), EVERY_PLACE)
    def test_never_goes_beyond_the_kind_or_the_owner(self, role: Role, kind: Kind) -> None:
        rights = permissions_of(role, kind)

        assert rights <= OF_KIND[kind]
        assert rights <= permissions_of(Role.OWNER, kind)

    @pytest.mark.parametrize(("role", "kind"), EVERY_PLACE)
    def test_lets_everybody_look_at_numbers_and_organizations(self, role: Role, kind: Kind) -> None:
        looking = {Permission.VIEW_NUMBERS, Permission.VIEW_ORGANIZATIONS}

        assert looking <= permissions_of(role, kind)

    @pytest.mark.parametrize("kind", Kind)
    def test_lets_a_viewer_do_nothing_but_look(self, kind: Kind) -> None:
        assert all(right.startswith("VIEW_") for right in permissions_of(Role.VIEWER, kind))

    @pytest.mark.parametrize("kind", Kind)
    def test_lets_finance_move_no_number(self, kind: Kind) -> None:
        assert all(right.startswith("VIEW_") for right in permissions_of(Role.FINANCE, kind))

    @pytest.mark.parametrize("kind", Kind)
    def test_leaves_programs_to_owners(self, kind: Kind) -> None:
        holders = {
            role for role in Role if Permission.MANAGE_API_CLIENTS in permissions_of(role, kind)
        }

        assert holders == {Role.OWNER}

    def test_keeps_carriers_pbxs_and_releases_with_the_provider(self) -> None:
        kept = {
            Permission.MANAGE_CARRIERS,
            Permission.MANAGE_PBXS,
            Permission.MANAGE_RATES,
            Permission.RELEASE_NUMBERS,
            Permission.ORDER_NUMBERS,
            Permission.SEARCH_NUMBERS,
        }

        assert not kept & OF_KIND[Kind.DEALER]
        assert not kept & OF_KIND[Kind.TENANT]

    def test_gives_a_tenant_nobody_to_act_for_or_to_create(self) -> None:
        above = {
            Permission.ACT_FOR,
            Permission.MANAGE_TENANTS,
            Permission.MANAGE_DEALERS,
            Permission.ALLOT_NUMBERS,
        }

        assert not above & OF_KIND[Kind.TENANT]


class TestFieldGroups:
    @pytest.mark.parametrize("role", Role)
    @pytest.mark.parametrize("kind", [Kind.DEALER, Kind.TENANT])
    def test_are_closed_below_the_provider(self, role: Role, kind: Kind) -> None:
        assert not field_groups_of(role, kind)
        assert not field_groups_for(frozenset(Permission), kind)

    def test_hide_cost_from_the_providers_viewers(self) -> None:
        assert FieldGroup.COST not in field_groups_of(Role.VIEWER, Kind.PROVIDER)

    def test_show_cost_to_programs_that_deal_with_money(self) -> None:
        buying = scopes_for([Permission.ORDER_NUMBERS], Kind.PROVIDER)
        looking = scopes_for([Permission.VIEW_NUMBERS], Kind.PROVIDER)

        assert FieldGroup.COST in field_groups_for(buying, Kind.PROVIDER)
        assert FieldGroup.COST not in field_groups_for(looking, Kind.PROVIDER)


class TestScopesFor:
    def test_cuts_what_the_kind_cannot_have_and_what_nobody_knows(self) -> None:
        asked = [Permission.VIEW_NUMBERS, Permission.MANAGE_CARRIERS, "MAKE_COFFEE"]

        assert scopes_for(asked, Kind.TENANT) == {Permission.VIEW_NUMBERS}
