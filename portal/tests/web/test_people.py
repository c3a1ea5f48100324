"""People on pages: who has a seat, what it may do, another role, an end, and who is waited for."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actors import member_actor
from accounts.models import Event, Invitation, InvitationStatus, Kind, Membership, Role
from accounts.permissions import OF_KIND, Permission, permissions_of
from accounts.tests.factories import make_member
from accounts.workflows import api_clients, invitations
from portal.tests.api.world import World
from portal.tests.web.visitor import REQUESTS, Visitor, visitor_of
from portal.web import rights


@pytest.fixture
def owner(world: World) -> Visitor:
    """Give an owner of the tenant beside the one of the cast."""
    return visitor_of(world.cast.tenant)


def seen_in(page: str) -> str:
    """Give what a page says that its reader saw."""
    (found,) = re.findall(r'name="seen" value="([^"]*)"', page)
    return str(found)


def role_of(member: Membership) -> str:
    """Look up a member's role."""
    return Membership.objects.get(pk=member.pk).role


class TestList:
    def test_tells_role_second_factor_and_last_sign_in(self, world: World, owner: Visitor) -> None:
        page = owner.get("/people/").text
        rows = {
            found[0]: found[1]
            for found in re.findall(r'<tr>.*?<a href="/people/([^/]+)/">(.*?)</tr>', page, re.S)
        }
        seat = rows[str(world.cast.tenant_owner.membership.uuid)]
        assert "has one" in seat
        assert "does everything" in seat
        assert "never" in seat
        assert "has none" in rows[str(world.member.uuid)]

    def test_is_narrowed_by_name_and_role(self, world: World, owner: Visitor) -> None:
        email = world.member.user.email
        assert email in owner.get(f"/people/?search={email[:8]}&role=VIEWER").text
        assert email not in owner.get("/people/?role=OWNER").text
        assert "Nobody matches" in owner.get("/people/?search=nobody-like-that").text

    def test_is_of_an_organization_below_by_its_address(self, world: World) -> None:
        dealer = visitor_of(world.cast.dealer)
        below = f"/people/?organization={world.cast.tenant.uuid}"
        assert world.member.user.email in dealer.get(below).text
        assert world.member.user.email not in dealer.get("/people/").text

    @pytest.mark.parametrize("rival", ["rival_tenant", "nonsense"])
    def test_looks_past_an_address_that_names_nobody(
        self, world: World, owner: Visitor, rival: str
    ) -> None:
        named = world.cast.rival_tenant.uuid if rival == "rival_tenant" else rival
        page = owner.get(f"/people/?organization={named}").text
        assert world.cast.tenant.name in page
        assert world.cast.rival_tenant.name not in page


class TestRoles:
    @pytest.mark.parametrize("kind", list(Kind))
    def test_have_words_for_every_right_once(self, kind: Kind) -> None:
        said = [right for group in rights.RIGHTS.values() for right in group]
        assert sorted(said) == sorted(Permission)
        assert set(rights.ROLES) == set(Role)
        lines = [line for lines in rights.table(kind).values() for line in lines]
        assert len(lines) == len(OF_KIND[kind])
        for place, role in enumerate(Role):
            assert sum(line.roles[place][1] for line in lines) == len(permissions_of(role, kind))

    def test_are_told_to_everybody(self, world: World) -> None:
        page = visitor_of(world.cast.tenant, Role.VIEWER).get("/people/roles/").text
        assert "invite people, change their roles" in page
        assert "look after PBXs" not in page


class TestChangeRole:
    def test_counts_at_once_where_the_person_is_signed_in(
        self, world: World, owner: Visitor
    ) -> None:
        person = Visitor(world.member)
        assert person.get("/people/").status_code == 403
        path = f"/people/{world.member.uuid}/"
        answer = owner.post(f"{path}role/", role="MANAGER")
        assert answer.url == path
        assert "is manager now" in owner.get(path).text
        assert person.get("/people/").status_code == 200
        owner.post(f"{path}role/", role="VIEWER")
        assert person.get("/people/").status_code == 403
        assert "the role VIEWER" in owner.get(path).text

    def test_tells_the_second_of_two_what_changed(self, world: World, owner: Visitor) -> None:
        path = f"/people/{world.member.uuid}/"
        seen = seen_in(owner.get(path).text)
        visitor_of(world.cast.tenant).post(f"{path}role/", role="MANAGER", seen=seen)
        answer = owner.post(f"{path}role/", role="FINANCE", seen=seen)
        assert answer.status_code == 409
        assert "The role is manager now." in answer.text
        assert re.search(r'value="FINANCE"[^>]* checked', answer.text)
        assert role_of(world.member) == Role.MANAGER
        owner.post(f"{path}role/", role="FINANCE", seen=seen_in(answer.text))
        assert role_of(world.member) == Role.FINANCE

    @pytest.mark.parametrize("role", ["", "KING"])
    def test_refuses_what_is_no_role(self, world: World, owner: Visitor, role: str) -> None:
        answer = owner.post(f"/people/{world.member.uuid}/role/", role=role)
        assert answer.status_code == 422
        assert 'id="id_role_error"' in answer.text

    def test_offers_and_gives_no_more_than_ones_own(self, world: World) -> None:
        manager = visitor_of(world.cast.tenant, Role.MANAGER)
        path = f"/people/{world.member.uuid}/"
        assert 'value="OWNER"' not in manager.get(path).text
        assert manager.post(f"{path}role/", role="OWNER").status_code == 422
        assert role_of(world.member) == Role.VIEWER
        above = f"/people/{world.cast.tenant_owner.membership.uuid}/"
        assert "more rights than you" in manager.get(above).text
        assert manager.post(f"{above}role/", role="VIEWER").status_code == 422
        assert "more rights than you" in manager.post(f"{above}end/now/").text

    def test_is_not_for_oneself(self, world: World) -> None:
        member = make_member(organization=world.cast.tenant)
        myself, path = Visitor(member), f"/people/{member.uuid}/"
        assert "This is you" in myself.get(path).text
        assert myself.post(f"{path}role/", role="VIEWER").status_code == 422
        answer = myself.post(f"{path}end/now/")
        assert answer.status_code == 409
        assert "show yourself out" in answer.text
        assert role_of(member) == Role.OWNER


class TestEnd:
    def test_says_first_what_it_means_and_signs_out(self, world: World, owner: Visitor) -> None:
        member = make_member(organization=world.cast.tenant, name="Otto Out")
        person, path = Visitor(member), f"/people/{member.uuid}/end/"
        assert person.get("/people/").status_code == 200
        api_clients.issue(
            organization=world.cast.tenant,
            name="Sync",
            scopes=[Permission.VIEW_NUMBERS],
            actor=member_actor(member),
            now=timezone.now(),
        )
        page = owner.get(path).text
        assert "signed out everywhere" in page
        assert "The API client they made go on working" in page
        answer = owner.post(f"{path}now/")
        assert "Otto Out is no longer a member" in owner.get(answer.url).text
        assert person.get("/people/").url.startswith("/accounts/login/")
        assert owner.get(path).status_code == 404
        event = Event.objects.get(subject=f"accounts.membership:{member.uuid}")
        assert event.action == "accounts.membership.ended"
        assert event.before == {"role": "OWNER"}

    def test_keeps_the_last_owner(self, world: World) -> None:
        dealer = visitor_of(world.cast.dealer)
        path = f"/people/{world.cast.tenant_owner.membership.uuid}/end/now/"
        answer = dealer.post(path)
        assert answer.status_code == 409
        assert "Invite another owner first" in answer.text


class TestInvitations:
    def test_are_listed_until_they_are_accepted(self, world: World, owner: Visitor) -> None:
        page = owner.get("/people/invitations/").text
        assert "ada@example.com" in page
        assert "on its way" in page
        Invitation.objects.update(mailed_at=timezone.now())
        assert "waiting" in owner.get("/people/invitations/").text
        Invitation.objects.update(expires_at=timezone.now() - timedelta(hours=1))
        assert "expired" in owner.get("/people/invitations/").text

    def test_are_sent_again_and_withdrawn(self, world: World, owner: Visitor) -> None:
        path = f"/people/invitations/{world.invitation.uuid}/"
        before = world.invitation.expires_at
        answer = owner.post(f"{path}resend/")
        assert "gets a new link" in owner.get(answer.url).text
        renewed = Invitation.objects.get(pk=world.invitation.pk)
        assert renewed.expires_at > before
        answer = owner.post(f"{path}withdraw/")
        page = owner.get(answer.url).text
        assert "is withdrawn" in page
        assert "Nobody is waited for" in page
        for step in ("resend", "withdraw"):
            assert owner.post(f"{path}{step}/").status_code == 409

    def test_are_not_a_managers_where_they_make_an_owner(self, world: World) -> None:
        invitations.invite(
            email="boss@example.com",
            organization=world.cast.tenant,
            role=Role.OWNER,
            actor=world.cast.tenant_owner,
            now=timezone.now(),
        )
        boss = Invitation.objects.get(email="boss@example.com")
        manager = visitor_of(world.cast.tenant, Role.MANAGER)
        page = manager.get("/people/invitations/").text
        assert f"/people/invitations/{boss.uuid}/" not in page
        assert f"/people/invitations/{world.invitation.uuid}/resend/" in page
        for step in ("resend", "withdraw"):
            answer = manager.post(f"/people/invitations/{boss.uuid}/{step}/")
            assert answer.status_code == 422
            assert "more rights than your own" in answer.text
        boss.refresh_from_db()
        assert boss.status == InvitationStatus.PENDING


class TestInvite:
    def test_offers_a_person_a_place(self, world: World) -> None:
        dealer = visitor_of(world.cast.dealer)
        path, form = REQUESTS["invite"](world)
        answer = dealer.post(path, **form)
        assert "guest@example.com gets an invitation" in dealer.get(answer.url).text
        assert Invitation.objects.filter(
            email="guest@example.com", organization=world.cast.tenant
        ).exists()

    def test_says_why_not(self, world: World, owner: Visitor) -> None:
        path, form = REQUESTS["invite"](world)
        refused = owner.post(path, **{**form, "email": "guest"})
        assert refused.status_code == 422
        assert 'id="id_email_error"' in refused.text
        owner.post(path, **form)
        again = owner.post(path, **form)
        assert again.status_code == 422
        assert "send that one again" in again.text
        assert 'value="guest@example.com"' in again.text

    def test_offers_no_role_above_ones_own(self, world: World) -> None:
        manager = visitor_of(world.cast.tenant, Role.MANAGER)
        path, form = REQUESTS["invite"](world)
        assert 'value="OWNER"' not in manager.get(f"{path}new/").text
        assert manager.post(path, **{**form, "role": "OWNER"}).status_code == 422
