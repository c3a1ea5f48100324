"""Organizations get other names, places and limits, by those above them alone."""

from __future__ import annotations

import pytest

from accounts.actors import client_actor
from accounts.models import Event, Organization, OrganizationStatus, Role
from accounts.permissions import Permission
from accounts.sentences import sentences
from accounts.tests.cast import Cast
from accounts.tests.factories import NOW, make_actor, make_client
from accounts.workflows import changing
from accounts.workflows.changing import NoLongerThere, UnableToChange, Wish, may_change


class TestChange:
    def test_changes_what_is_asked_and_tells_each_change(self, cast: Cast) -> None:
        wish = Wish(name=" Oak  Smiles ", time_zone="Europe/London", number_limit=7)

        changing.change(organization=cast.tenant, wish=wish, actor=cast.dealer_owner, now=NOW)

        fresh = Organization.objects.get(pk=cast.tenant.pk)
        assert (fresh.name, fresh.time_zone, fresh.number_limit) == (
            "Oak Smiles",
            "Europe/London",
            7,
        )
        told = list(Event.objects.filter(organization=fresh).order_by("-pk")[:3])
        who = cast.dealer_owner.membership.user.get_full_name()
        assert sentences(told, cast.dealer_owner) == [
            f"{who} set the number limit of Oak Smiles to 7.",
            f"{who} set the country of Oak Smiles to US and its time zone to Europe/London.",
            f"{who} changed the organization's name to Oak Smiles.",
        ]
        assert told[0].before == {"number_limit": "none"}

    def test_leaves_the_rest_and_tells_nothing_where_nothing_changes(self, cast: Cast) -> None:
        before = Event.objects.count()

        wish = Wish(name=cast.tenant.name)
        changing.change(organization=cast.tenant, wish=wish, actor=cast.dealer_owner, now=NOW)

        assert Event.objects.count() == before

    def test_takes_a_limit_off(self, cast: Cast) -> None:
        for limit in (3, None):
            wish = Wish(tenant_limit=limit)
            changing.change(organization=cast.sub_dealer, wish=wish, actor=cast.staff, now=NOW)

        assert Organization.objects.get(pk=cast.sub_dealer.pk).tenant_limit is None

    @pytest.mark.parametrize(
        ("wish", "field"),
        [
            (Wish(name=" "), "name"),
            (Wish(country="XX"), "country"),
            (Wish(time_zone="Mars"), "time_zone"),
            (Wish(number_limit=-1), "number_limit"),
            (Wish(tenant_limit=5), "tenant_limit"),
        ],
    )
    def test_names_the_field_that_does_not_do(self, cast: Cast, wish: Wish, field: str) -> None:
        with pytest.raises(UnableToChange) as refusal:
            changing.change(organization=cast.tenant, wish=wish, actor=cast.dealer_owner, now=NOW)

        assert refusal.value.field == field

    def test_is_for_those_above_alone(self, cast: Cast) -> None:
        for organization in (cast.dealer, cast.rival_tenant):
            with pytest.raises(UnableToChange, match="above"):
                changing.change(
                    organization=organization,
                    wish=Wish(name="Mine"),
                    actor=cast.dealer_owner,
                    now=NOW,
                )

    def test_of_the_provider_is_for_its_own_people(self, cast: Cast) -> None:
        changing.change(
            organization=cast.provider, wish=Wish(name="North"), actor=cast.staff, now=NOW
        )

        assert Organization.objects.get(pk=cast.provider.pk).name == "North"
        with pytest.raises(UnableToChange, match="not limited"):
            changing.change(
                organization=cast.provider, wish=Wish(number_limit=1), actor=cast.staff, now=NOW
            )
        assert not may_change(cast.provider, cast.dealer_owner)

    def test_takes_the_right_for_the_kind(self, cast: Cast) -> None:
        program, _ = make_client(organization=cast.provider, scopes=[Permission.MANAGE_TENANTS])
        actor = client_actor(program)

        assert may_change(cast.tenant, actor)
        with pytest.raises(UnableToChange, match="MANAGE_DEALERS"):
            changing.change(organization=cast.dealer, wish=Wish(), actor=actor, now=NOW)
        assert not may_change(cast.tenant, make_actor(organization=cast.dealer, role=Role.OPERATOR))

    def test_leaves_a_closed_one_as_it_was(self, cast: Cast) -> None:
        Organization.objects.filter(pk=cast.tenant.pk).update(status=OrganizationStatus.CLOSED)

        with pytest.raises(NoLongerThere):
            changing.change(
                organization=cast.tenant, wish=Wish(name="Oak"), actor=cast.staff, now=NOW
            )
