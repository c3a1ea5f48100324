"""API clients on pages: let in with a secret that is seen once, renewed, locked out."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.clients import authenticate
from accounts.models import ApiClient, Event, Role
from accounts.tests.factories import make_client
from portal.tests.api.world import World
from portal.tests.web.visitor import REQUESTS, Visitor, visitor_of

TOKEN = re.compile(r"pt[0-9a-f]{12}\.[A-Za-z0-9_-]{43,}")


@pytest.fixture
def owner(world: World) -> Visitor:
    """Give an owner of the tenant."""
    return visitor_of(world.cast.tenant)


def seen_in(page: str) -> str:
    """Give what a page says that its reader saw."""
    (found,) = re.findall(r'name="seen" value="([^"]*)"', page)
    return str(found)


def token_in(page: str) -> str:
    """Give the one secret of a page."""
    (found,) = set(TOKEN.findall(page))
    return str(found)


class TestList:
    def test_tells_state_rights_end_and_last_use(self, world: World, owner: Visitor) -> None:
        soon = timezone.now() + timedelta(days=3)
        make_client(organization=world.cast.tenant, name="Soon", expires_at=soon)
        make_client(organization=world.cast.rival_tenant, name="Rival")
        page = owner.get("/api-clients/").text
        for words in (world.client.name, "expires soon", "without an end", "never", "numbers,"):
            assert words in page
        assert "Rival" not in page

    def test_shows_the_revoked_when_asked(self, world: World, owner: Visitor) -> None:
        ApiClient.objects.filter(pk=world.client.pk).update(revoked_at=timezone.now())
        assert "No program is let in yet" in owner.get("/api-clients/").text
        for state in ("REVOKED", "any"):
            assert world.client.name in owner.get(f"/api-clients/?state={state}").text

    def test_is_of_an_organization_below_by_its_address(self, world: World) -> None:
        dealer = visitor_of(world.cast.dealer)
        below = f"/api-clients/?organization={world.cast.tenant.uuid}"
        assert world.client.name in dealer.get(below).text
        assert world.client.name not in dealer.get("/api-clients/").text

    @pytest.mark.parametrize("role", [Role.MANAGER, Role.VIEWER])
    def test_is_the_owners(self, world: World, role: Role) -> None:
        assert visitor_of(world.cast.tenant, role).get("/api-clients/").status_code == 403


class TestIssue:
    def test_shows_the_secret_once_and_nowhere_else(self, world: World, owner: Visitor) -> None:
        path, form = REQUESTS["issue_api_client"](world)
        answer = owner.post(path, **form)
        assert answer.status_code == 201
        assert "no-store" in answer["Cache-Control"]
        token = token_in(answer.text)
        client = ApiClient.objects.get(name="Sync")
        assert authenticate(token, timezone.now()) == client
        assert client.scopes == ["VIEW_NUMBERS"]
        assert client.expires_at is not None
        assert client.expires_at > timezone.now() + timedelta(days=364)

        secret = token.partition(".")[2]
        for page in ("/api-clients/", f"/api-clients/{client.uuid}/", "/"):
            assert secret not in owner.get(page).text
        kept = [str(session.get_decoded()) for session in Session.objects.all()]
        kept += [str(row) for row in Event.objects.values()]
        kept += [str(answer.headers), str(answer.cookies)]
        assert not [text for text in kept if secret in text]

    def test_makes_no_second_one_of_a_reload(self, world: World, owner: Visitor) -> None:
        path, form = REQUESTS["issue_api_client"](world)
        first = owner.post(path, **form)
        again = owner.post(path, **form)
        assert again.status_code == 302
        page = owner.get(again.url).text
        assert "Its secret is shown once" in page
        assert token_in(first.text) not in page
        assert ApiClient.objects.filter(name="Sync").count() == 1

    def test_tells_nothing_of_a_key_that_is_somebody_elses(
        self, world: World, owner: Visitor
    ) -> None:
        theirs, _ = make_client(organization=world.cast.rival_tenant)
        path, form = REQUESTS["issue_api_client"](world)
        answer = owner.post(path, **{**form, "key": str(theirs.uuid)})
        assert owner.get(answer.url).status_code == 404

    def test_offers_in_words_what_its_kind_may_and_no_more(
        self, world: World, owner: Visitor
    ) -> None:
        path, form = REQUESTS["issue_api_client"](world)
        page = owner.get(f"{path}new/").text
        assert "see numbers and where they ring" in page
        assert "MANAGE_TENANTS" not in page
        answer = owner.post(path, **{**form, "scopes": "MANAGE_TENANTS"})
        assert answer.status_code == 422
        assert 'id="id_scopes_error"' in answer.text

    @pytest.mark.parametrize(
        ("change", "field"),
        [({"name": ""}, "name"), ({"scopes": ""}, "scopes"), ({"lasts": "0"}, "lasts")],
    )
    def test_says_beside_the_field_what_is_wrong(
        self, world: World, owner: Visitor, change: dict[str, str], field: str
    ) -> None:
        path, form = REQUESTS["issue_api_client"](world)
        answer = owner.post(path, **{**form, **change})
        assert answer.status_code == 422
        assert f'id="id_{field}_error"' in answer.text
        assert f'value="{form["key"]}"' in answer.text
        assert not ApiClient.objects.filter(name="Sync").exists()


class TestRenew:
    def test_shows_another_secret_once(self, world: World, owner: Visitor) -> None:
        client, former = make_client(organization=world.cast.tenant)
        path = f"/api-clients/{client.uuid}/renew/"
        seen = seen_in(owner.get(path).text)
        answer = owner.post(f"{path}now/", overlap="24", seen=seen)
        assert answer.status_code == 201
        assert "no-store" in answer["Cache-Control"]
        assert "goes on working until" in answer.text
        token = token_in(answer.text)
        assert authenticate(token, timezone.now()) == client
        assert authenticate(former, timezone.now()) == client

        again = owner.post(f"{path}now/", overlap="24", seen=seen)
        assert again.status_code == 409
        assert "renewed the secret" in again.text
        assert not TOKEN.search(again.text)
        assert authenticate(token, timezone.now()) == client

    def test_refuses_what_nobody_offers(self, world: World, owner: Visitor) -> None:
        path = f"/api-clients/{world.client.uuid}/renew/now/"
        assert owner.post(path, overlap="1000").status_code == 422
        ApiClient.objects.filter(pk=world.client.pk).update(revoked_at=timezone.now())
        assert owner.post(path, overlap="24").status_code == 409


class TestRevoke:
    def test_says_first_what_it_means(self, world: World, owner: Visitor) -> None:
        client, token = make_client(organization=world.cast.tenant, name="Old")
        path = f"/api-clients/{client.uuid}/revoke/"
        assert "It never asked yet." in owner.get(path).text
        authenticate(token, timezone.now())
        assert "Its last request came on" in owner.get(path).text
        answer = owner.post(f"{path}now/")
        assert "Old is locked out." in owner.get(answer.url).text
        assert authenticate(token, timezone.now()) is None
        assert owner.post(f"{path}now/").status_code == 409
        page = owner.get(f"/api-clients/{client.uuid}/").text
        assert "revoked" in page
        assert "locked the program Old out" in page
        assert "/renew/" not in page
