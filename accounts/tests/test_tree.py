"""The tree of organizations, and who sees what of it."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from accounts import tree
from accounts.actors import Actor, System
from accounts.models import Kind, Organization
from accounts.tests.cast import Cast
from accounts.tests.factories import make_dealer, make_member, make_tenant


def _fields(kind: Kind) -> dict[str, str]:
    return {
        "kind": kind,
        "name": "New",
        "slug": "new",
        "country": "US",
        "currency": "USD",
        "time_zone": "UTC",
    }


def _names(actor: Actor) -> set[str]:
    return set(Organization.objects.visible_to(actor).values_list("name", flat=True))


class TestVisibleTo:
    def test_hides_nothing_from_the_provider(self, cast: Cast) -> None:
        assert Organization.objects.visible_to(cast.staff).count() == 7

    def test_hides_nothing_from_a_task(self, cast: Cast) -> None:
        assert Organization.objects.visible_to(System("test")).count() == 7

    def test_shows_a_dealer_itself_and_what_lies_below_at_any_depth(self, cast: Cast) -> None:
        assert _names(cast.dealer_owner) == {
            cast.dealer.name,
            cast.sub_dealer.name,
            cast.tenant.name,
            cast.sub_tenant.name,
        }

    def test_shows_a_tenant_itself_alone(self, cast: Cast) -> None:
        assert _names(cast.tenant_owner) == {cast.tenant.name}

    def test_shows_a_rival_nothing_of_the_other_side(self, cast: Cast) -> None:
        ours = {cast.dealer.name, cast.sub_dealer.name, cast.tenant.name, cast.sub_tenant.name}

        assert not _names(cast.rival_dealer_owner) & ours
        assert not _names(cast.rival_tenant_owner) & ours

    def test_is_not_fooled_by_a_key_that_begins_like_another(self, cast: Cast) -> None:
        with_same_beginning = Organization(pk=int(f"{cast.dealer.pk}0"))
        with_same_beginning.path = f"/{cast.provider.pk}/{with_same_beginning.pk}/"

        assert not cast.dealer.reaches(with_same_beginning)

    def test_narrows_to_the_one_acted_for(self, cast: Cast) -> None:
        seated = cast.staff.on_behalf_of(cast.sub_dealer)

        assert _names(seated) == {cast.sub_dealer.name, cast.sub_tenant.name}

    def test_follows_the_way_to_the_owner(self, cast: Cast) -> None:
        ours = make_member(organization=cast.tenant)
        theirs = make_member(organization=cast.rival_tenant)

        seen = type(ours).objects.visible_to(cast.dealer_owner)

        assert ours in seen
        assert theirs not in seen


class TestAncestry:
    def test_gives_those_above_nearest_first(self, cast: Cast) -> None:
        above = Organization.objects.above(cast.sub_tenant)

        assert list(above) == [cast.sub_dealer, cast.dealer, cast.provider]

    def test_gives_those_strictly_below(self, cast: Cast) -> None:
        below = Organization.objects.below(cast.dealer)

        assert set(below) == {cast.sub_dealer, cast.tenant, cast.sub_tenant}


class TestTheDatabase:
    def test_keeps_a_second_provider_out(self, cast: Cast) -> None:
        with pytest.raises(IntegrityError, match="organization_one_provider"), transaction.atomic():
            tree.plant(parent=None, **_fields(Kind.PROVIDER))

    def test_keeps_everybody_out_from_below_a_tenant(self, cast: Cast) -> None:
        with pytest.raises(IntegrityError, match="nobody below"), transaction.atomic():
            tree.plant(parent=cast.tenant, **_fields(Kind.TENANT))

    @pytest.mark.parametrize("kind", [Kind.DEALER, Kind.TENANT])
    def test_keeps_the_rootless_out(self, db: None, kind: Kind) -> None:
        with (
            pytest.raises(IntegrityError, match="organization_has_its_parent"),
            transaction.atomic(),
        ):
            tree.plant(parent=None, **_fields(kind))

    def test_keeps_a_path_out_that_does_not_continue_its_parents(self, cast: Cast) -> None:
        with pytest.raises(IntegrityError, match="does not continue"), transaction.atomic():
            Organization.objects.create(
                parent=cast.dealer, path=f"{cast.rival_dealer.path}99/", **_fields(Kind.TENANT)
            )

    @pytest.mark.parametrize(
        "change", [{"kind": Kind.TENANT}, {"path": "/1/"}, {"parent": None}], ids=str
    )
    def test_lets_nobody_move(self, cast: Cast, change: dict[str, object]) -> None:
        with pytest.raises(IntegrityError, match="do not change"), transaction.atomic():
            Organization.objects.filter(pk=cast.dealer.pk).update(**change)

    def test_takes_dealers_to_any_depth(self, cast: Cast) -> None:
        deepest = cast.dealer
        for _ in range(8):
            deepest = make_dealer(parent=deepest)

        assert make_tenant(parent=deepest).is_below(cast.dealer)
