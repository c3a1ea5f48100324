"""Programs prove who they are, and get no more than they were given."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import Model
from pytest_django import DjangoAssertNumQueries

from accounts.actors import client_actor
from accounts.clients import authenticate
from accounts.models import ApiClient, Event, Organization, Role
from accounts.permissions import Permission
from accounts.tests.cast import Cast
from accounts.tests.factories import NOW, make_actor, make_client
from accounts.workflows import api_clients
from accounts.workflows.api_clients import (
    IssuedAlready,
    NotAsItWas,
    UnableToIssue,
    UnableToRenew,
    UnableToRevoke,
)


def _issue(cast: Cast, **changes: Any) -> tuple[ApiClient, str]:
    fields: dict[str, Any] = {
        "organization": cast.dealer,
        "name": "Night shift",
        "scopes": [Permission.VIEW_NUMBERS, Permission.MANAGE_TENANTS],
        "actor": cast.dealer_owner,
        "now": NOW,
    }
    return api_clients.issue(**(fields | changes))


def _values(row: Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


class TestIssue:
    def test_gives_a_token_and_stores_only_its_digest(self, cast: Cast) -> None:
        client, token = _issue(cast)
        prefix, _, secret = token.partition(".")

        assert client.prefix == prefix
        assert len(secret) >= 43
        assert secret not in str(ApiClient.objects.values().get())
        assert authenticate(token, NOW) == client
        assert secret not in str(Event.objects.values().get())

    def test_gives_a_program_as_it_is_kept_with_its_organization(self, cast: Cast) -> None:
        issued, token = _issue(cast)
        kept = ApiClient.objects.values().get(pk=issued.pk)
        home = Organization.objects.values().get(pk=cast.dealer.pk)

        found = authenticate(token, kept["created_at"])

        assert found is not None
        assert {**kept, "last_used_at": found.last_used_at} == _values(found)
        assert home == _values(found.organization)

    def test_refuses_rights_that_the_actor_does_not_have(self, cast: Cast) -> None:
        operator = make_actor(organization=cast.dealer, role=Role.OPERATOR)

        with pytest.raises(UnableToIssue, match="MANAGE_TENANTS") as refusal:
            _issue(cast, actor=operator)
        assert refusal.value.field == "scopes"

    @pytest.mark.parametrize("scopes", [[], ["MAKE_COFFEE"], [Permission.MANAGE_CARRIERS]])
    def test_refuses_scopes_that_its_kind_cannot_have(self, cast: Cast, scopes: list[str]) -> None:
        with pytest.raises(UnableToIssue, match="a dealer can have") as refusal:
            _issue(cast, scopes=scopes)
        assert refusal.value.field == "scopes"

    @pytest.mark.parametrize("name", ["", " ", "x" * 81, "a\x00b"])
    def test_refuses_a_name_that_is_none(self, cast: Cast, name: str) -> None:
        with pytest.raises(UnableToIssue) as refusal:
            _issue(cast, name=name)
        assert refusal.value.field == "name"

    def test_refuses_an_expiry_in_the_past(self, cast: Cast) -> None:
        with pytest.raises(UnableToIssue) as refusal:
            _issue(cast, expires_at=NOW)
        assert refusal.value.field == "expires_at"

    def test_refuses_a_program_that_outlives_the_one_that_lets_it_in(self, cast: Cast) -> None:
        end = NOW + timedelta(days=1)
        short_lived, _ = make_client(organization=cast.dealer, expires_at=end)
        actor = client_actor(short_lived)

        for expires_at in (None, end + timedelta(seconds=1)):
            with pytest.raises(UnableToIssue) as refusal:
                _issue(cast, actor=actor, expires_at=expires_at)
            assert refusal.value.field == "expires_at"
        assert _issue(cast, actor=actor, expires_at=end)[0].expires_at == end

    def test_refuses_somebody_elses_organization(self, cast: Cast) -> None:
        with pytest.raises(UnableToIssue, match="no such organization"):
            _issue(cast, organization=cast.rival_dealer)

    def test_lets_one_program_in_for_one_key(self, cast: Cast) -> None:
        key = uuid4()
        client, token = _issue(cast, key=key)

        with pytest.raises(IssuedAlready):
            _issue(cast, key=key)
        assert client.uuid == key
        assert ApiClient.objects.count() == 1
        assert Event.objects.count() == 1
        assert authenticate(token, NOW) == client


class TestRenew:
    def test_gives_another_secret_beside_which_the_former_goes_on_for_a_while(
        self, cast: Cast
    ) -> None:
        client, former = _issue(cast)
        token = api_clients.renew(client=client, actor=cast.dealer_owner, now=NOW)
        until = NOW + timedelta(days=1)

        assert token.partition(".")[0] == client.prefix
        for works in (former, token):
            assert authenticate(works, until - timedelta(seconds=1)) == client
        assert authenticate(former, until) is None
        assert authenticate(token, until) == client
        event = Event.objects.get(action="accounts.client.renewed")
        assert event.after == {"name": "Night shift", "former_until": until.isoformat()}
        stored = f"{ApiClient.objects.values().get()} {Event.objects.values()}"
        assert token.partition(".")[2] not in stored

    def test_ends_the_former_at_once_where_asked(self, cast: Cast) -> None:
        client, former = _issue(cast)
        token = api_clients.renew(
            client=client, overlap=timedelta(0), actor=cast.dealer_owner, now=NOW
        )

        assert authenticate(former, NOW) is None
        assert authenticate(f"{client.prefix}.", NOW) is None
        assert authenticate(token, NOW) == client

    def test_keeps_two_secrets_at_most(self, cast: Cast) -> None:
        client, first = _issue(cast)
        second = api_clients.renew(client=client, actor=cast.dealer_owner, now=NOW)
        third = api_clients.renew(client=client, actor=cast.dealer_owner, now=NOW)

        assert [bool(authenticate(token, NOW)) for token in (first, second, third)] == [0, 1, 1]
        api_clients.revoke(client=client, actor=cast.dealer_owner, now=NOW)
        assert not any(authenticate(token, NOW) for token in (first, second, third))

    def test_refuses_who_may_less_than_the_program(self, cast: Cast) -> None:
        client, _ = _issue(cast)
        program, _ = make_client(
            organization=cast.dealer, scopes=[Permission.MANAGE_API_CLIENTS, "VIEW_NUMBERS"]
        )

        with pytest.raises(UnableToRenew, match="MANAGE_TENANTS"):
            api_clients.renew(client=client, actor=client_actor(program), now=NOW)
        with pytest.raises(UnableToRenew, match="no such program"):
            api_clients.renew(client=client, actor=cast.rival_dealer_owner, now=NOW)

    def test_refuses_a_program_that_ends_before_the_other(self, cast: Cast) -> None:
        short, _ = make_client(organization=cast.dealer, expires_at=NOW + timedelta(days=1))
        client, _ = _issue(cast)

        with pytest.raises(UnableToRenew, match="outlives"):
            api_clients.renew(client=client, actor=client_actor(short), now=NOW)
        assert api_clients.renew(client=short, actor=client_actor(short), now=NOW)

    def test_refuses_what_has_ended_or_changed(self, cast: Cast) -> None:
        client, _ = _issue(cast, expires_at=NOW + timedelta(hours=1))
        as_read = ApiClient.objects.get(pk=client.pk)
        api_clients.renew(client=client, actor=cast.dealer_owner, now=NOW)

        with pytest.raises(NotAsItWas):
            api_clients.renew(client=as_read, actor=cast.dealer_owner, now=NOW)
        with pytest.raises(UnableToRenew, match="expired"):
            api_clients.renew(client=client, actor=cast.dealer_owner, now=NOW + timedelta(hours=1))
        api_clients.revoke(client=client, actor=cast.dealer_owner, now=NOW)
        with pytest.raises(NotAsItWas):
            api_clients.renew(client=client, actor=cast.dealer_owner, now=NOW)

    @pytest.mark.parametrize("days", [-1, 8])
    def test_refuses_an_overlap_that_is_none(self, cast: Cast, days: int) -> None:
        client, _ = _issue(cast)

        with pytest.raises(UnableToRenew, match="at most 7 days"):
            api_clients.renew(
                client=client, overlap=timedelta(days=days), actor=cast.dealer_owner, now=NOW
            )


class TestAuthenticate:
    @pytest.mark.parametrize(
        "token", ["", ".", "pt.", ".secret", "nodot", "pt0123.\x00", "x" * 500 + ".y", "é.ü"]
    )
    def test_knows_nobody_by_nonsense(self, db: None, token: str) -> None:
        assert authenticate(token, NOW) is None

    def test_knows_nobody_by_a_wrong_secret_or_another_prefix(self, cast: Cast) -> None:
        client, token = make_client(organization=cast.dealer)
        other, _ = make_client(organization=cast.rival_dealer)
        secret = token.partition(".")[2]

        assert authenticate(f"{client.prefix}.{secret[:-1]}", NOW) is None
        assert authenticate(f"{other.prefix}.{secret}", NOW) is None

    def test_ends_with_the_expiry(self, cast: Cast) -> None:
        expiry = NOW + timedelta(hours=1)
        client, token = make_client(organization=cast.dealer, expires_at=expiry)

        assert authenticate(token, expiry - timedelta(seconds=1)) == client
        assert authenticate(token, expiry) is None

    def test_ends_when_it_is_revoked(self, cast: Cast) -> None:
        client, token = make_client(organization=cast.dealer)
        api_clients.revoke(client=client, actor=cast.dealer_owner, now=NOW)

        assert authenticate(token, NOW) is None
        with pytest.raises(UnableToRevoke):
            api_clients.revoke(client=client, actor=cast.dealer_owner, now=NOW)
        assert Event.objects.filter(action="accounts.client.revoked").count() == 1

    def test_notes_its_use_at_most_once_a_minute(self, cast: Cast) -> None:
        client, token = make_client(organization=cast.dealer)
        noted = []
        for seconds in (0, 30, 59, 60, 90):
            authenticate(token, NOW + timedelta(seconds=seconds))
            client.refresh_from_db()
            noted.append(client.last_used_at)

        minute = NOW + timedelta(minutes=1)
        assert noted == [NOW, NOW, NOW, minute, minute]

    def test_asks_the_database_once_within_the_minute(
        self, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        _, token = make_client(organization=cast.dealer)
        authenticate(token, NOW)

        with django_assert_num_queries(1):
            found = authenticate(token, NOW)
            assert found is not None
            assert found.organization == cast.dealer


class TestVisibleTo:
    def test_shows_programs_of_ones_own_branch_alone(self, cast: Cast) -> None:
        client, _ = make_client(organization=cast.tenant)

        assert client in ApiClient.objects.visible_to(cast.dealer_owner)
        assert client not in ApiClient.objects.visible_to(cast.rival_dealer_owner)
