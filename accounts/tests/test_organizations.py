"""Dealers and tenants come in, within limits and in the right place."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.actors import Actor, System
from accounts.limits import UnableToTake
from accounts.models import Event, Kind, Organization, OrganizationStatus
from accounts.tests.cast import Cast
from accounts.tests.factories import NOW, make_dealer, make_provider
from accounts.workflows import organizations
from accounts.workflows.organizations import UnableToCreate, UnableToHalt
from lib.transitions import UnableToMove


def _create(parent: Organization | None, actor: Actor, **changes: Any) -> Organization:
    fields: dict[str, Any] = {
        "kind": Kind.TENANT,
        "name": "Elm Street Books",
        "country": "US",
        "currency": "USD",
        "time_zone": "America/Chicago",
    }
    return organizations.create(parent=parent, actor=actor, now=NOW, **(fields | changes))


class TestCreate:
    def test_stores_a_tenant_below_its_dealer_and_writes_it_down(self, cast: Cast) -> None:
        made = _create(cast.dealer, cast.dealer_owner, number_limit=5)

        assert made.parent == cast.dealer
        assert made.is_below(cast.dealer)
        assert (made.slug, made.number_limit) == ("elm-street-books", 5)
        assert made.status == OrganizationStatus.ACTIVE
        event = Event.objects.get(action="accounts.organization.created")
        assert (event.organization, event.actor) == (made, cast.dealer_owner.name)

    def test_tidies_names_and_codes(self, cast: Cast) -> None:
        made = _create(
            cast.dealer, cast.dealer_owner, name="  Elm   Street ", country="us", currency="usd"
        )

        assert (made.name, made.country, made.currency) == ("Elm Street", "US", "USD")

    def test_lets_a_dealer_create_below_a_dealer_of_its_own(self, cast: Cast) -> None:
        assert _create(cast.sub_dealer, cast.dealer_owner).is_below(cast.sub_dealer)

    def test_finds_another_short_name_when_the_first_is_taken(self, cast: Cast) -> None:
        slugs = [_create(cast.dealer, cast.dealer_owner).slug for _ in range(3)]

        assert slugs == ["elm-street-books", "elm-street-books-2", "elm-street-books-3"]

    def test_finds_a_short_name_for_a_name_without_latin_letters(self, cast: Cast) -> None:
        assert _create(cast.dealer, cast.dealer_owner, name="東京").slug == "organization"

    def test_sets_the_provider_up_once(self, db: None) -> None:
        made = _create(None, System("setup"), kind=Kind.PROVIDER)

        assert made.is_provider
        with pytest.raises(UnableToCreate, match="already"):
            _create(None, System("setup"), kind=Kind.PROVIDER, slug="second")

    def test_lets_nobody_but_the_portal_set_the_provider_up(self, cast: Cast) -> None:
        with pytest.raises(UnableToCreate, match="with the portal"):
            _create(None, cast.dealer_owner, kind=Kind.PROVIDER)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", " "),
            ("name", "x" * 121),
            ("name", "a\x00b"),
            ("name", "a\ud800b"),
            ("country", "XX"),
            ("country", "USA"),
            ("currency", "DOLLAR"),
            ("currency", "€€€"),
            ("time_zone", "Chicago"),
            ("time_zone", "../etc/passwd"),
            ("number_limit", -1),
            ("tenant_limit", 2**40),
            ("slug", "Not A Slug"),
        ],
    )
    def test_refuses_what_does_not_fit_and_names_the_field(
        self, cast: Cast, field: str, value: object
    ) -> None:
        before = Organization.objects.count()

        with pytest.raises(UnableToCreate) as refusal:
            _create(cast.dealer, cast.dealer_owner, **{field: value})

        assert refusal.value.field == field
        assert str(refusal.value).endswith(".")
        assert Organization.objects.count() == before
        assert not Event.objects.exists()

    def test_refuses_a_short_name_that_is_taken(self, cast: Cast) -> None:
        _create(cast.dealer, cast.dealer_owner, slug="elm")

        with pytest.raises(UnableToCreate, match="taken"):
            _create(cast.dealer, cast.dealer_owner, slug="elm")

    def test_refuses_a_rivals_dealer_as_if_it_were_not_there(self, cast: Cast) -> None:
        with pytest.raises(UnableToCreate, match="no such organization") as refusal:
            _create(cast.rival_dealer, cast.dealer_owner)

        assert cast.rival_dealer.name not in str(refusal.value)

    def test_refuses_a_place_below_a_tenant(self, cast: Cast) -> None:
        with pytest.raises(UnableToCreate, match="is a tenant"):
            _create(cast.tenant, cast.dealer_owner)

    def test_refuses_without_a_parent(self, cast: Cast) -> None:
        with pytest.raises(UnableToCreate, match="above the new one"):
            _create(None, cast.staff)

    def test_refuses_below_a_suspended_dealer(self, cast: Cast) -> None:
        organizations.suspend(
            organization=cast.sub_dealer, reason="unpaid", actor=cast.dealer_owner, now=NOW
        )

        with pytest.raises(UnableToCreate, match="suspended"):
            _create(cast.sub_dealer, cast.dealer_owner)

    def test_refuses_more_tenants_than_any_dealer_above_may_have(self, db: None) -> None:
        dealer = make_dealer(tenant_limit=1)
        sub_dealer = make_dealer(parent=dealer)
        _create(sub_dealer, System("test"))

        with pytest.raises(UnableToTake, match=f"{dealer.name} may have 1"):
            _create(sub_dealer, System("test"))
        assert Organization.objects.filter(kind=Kind.TENANT).count() == 1
        sub_dealer.refresh_from_db()
        assert sub_dealer.tenants_held == 1

    def test_counts_no_dealer_as_a_tenant(self, db: None) -> None:
        dealer = make_dealer(tenant_limit=0, parent=make_provider())

        assert _create(dealer, System("test"), kind=Kind.DEALER).kind == Kind.DEALER


class TestSuspend:
    def test_halts_and_resume_lets_go_on(self, cast: Cast) -> None:
        organizations.suspend(
            organization=cast.tenant, reason="unpaid", actor=cast.dealer_owner, now=NOW
        )
        assert Organization.objects.get(pk=cast.tenant.pk).status == "SUSPENDED"

        organizations.resume(organization=cast.tenant, actor=cast.dealer_owner, now=NOW)
        assert Organization.objects.get(pk=cast.tenant.pk).status == "ACTIVE"
        assert [event.reason for event in Event.objects.all()] == ["unpaid", ""]

    def test_refuses_what_is_suspended_already(self, cast: Cast) -> None:
        organizations.suspend(
            organization=cast.tenant, reason="unpaid", actor=cast.dealer_owner, now=NOW
        )

        with pytest.raises(UnableToMove):
            organizations.suspend(
                organization=cast.tenant, reason="again", actor=cast.dealer_owner, now=NOW
            )

    @pytest.mark.parametrize("target", ["dealer", "provider", "rival_tenant"])
    def test_refuses_oneself_those_above_and_those_beside(self, cast: Cast, target: str) -> None:
        with pytest.raises(UnableToHalt):
            organizations.suspend(
                organization=getattr(cast, target), reason="", actor=cast.dealer_owner, now=NOW
            )
