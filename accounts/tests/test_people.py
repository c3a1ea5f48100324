"""People: how they are found, what they must set up, and how they leave."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.models import Authenticator
from django.core.mail import EmailMessage, get_connection
from django.db import IntegrityError, connection, transaction
from pytest_django import Settings

from accounts import sentences
from accounts.mfa import must_enrol
from accounts.models import Event, Membership, Organization, Role, SentMail, User
from accounts.tests.cast import Cast
from accounts.tests.factories import NOW, PASSWORD, make_actor, make_member, make_user
from accounts.workflows import memberships
from accounts.workflows.memberships import UnableToChangeRole, UnableToEnd


class TestUser:
    def test_is_found_by_address_in_any_case(self, db: None) -> None:
        user = User.objects.create_user(" Ada@Example.COM ")

        assert user.email == "ada@example.com"
        assert User.objects.get_by_natural_key("ADA@example.com") == user

    def test_is_one_for_an_address_in_any_case(self, db: None) -> None:
        make_user(email="ada@example.com")

        with pytest.raises(IntegrityError), transaction.atomic():
            User(email="ADA@example.com").save()

    def test_cannot_sign_in_without_a_password(self, db: None) -> None:
        assert not make_user().has_usable_password()

    def test_signs_in_by_address_and_password(self, db: None) -> None:
        user = make_user(email="ada@example.com", password=PASSWORD)
        backend = AuthenticationBackend()

        assert backend.authenticate(None, email="ada@example.com", password=PASSWORD) == user
        assert backend.authenticate(None, email="ada@example.com", password="wrong") is None


class TestMustEnrol:
    @pytest.mark.parametrize(
        ("place", "must"), [("provider", True), ("dealer", True), ("tenant", False)]
    )
    def test_asks_those_who_reach_the_rows_of_others(
        self, cast: Cast, settings: Settings, place: str, must: bool
    ) -> None:
        settings.REQUIRE_MFA = True
        user = make_member(organization=getattr(cast, place)).user

        assert must_enrol(user) is must

    def test_asks_for_the_strictest_of_several_places(self, cast: Cast, settings: Settings) -> None:
        settings.REQUIRE_MFA = True
        user = make_member(organization=cast.tenant).user
        make_member(organization=cast.dealer, user=user)

        assert must_enrol(user)

    def test_is_content_with_a_second_factor(self, cast: Cast, settings: Settings) -> None:
        settings.REQUIRE_MFA = True
        user = make_member(organization=cast.dealer).user
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})

        assert not must_enrol(user)

    def test_asks_nobody_when_it_is_switched_off(self, cast: Cast, settings: Settings) -> None:
        settings.REQUIRE_MFA = False

        assert not must_enrol(make_member(organization=cast.provider).user)

    def test_asks_nobody_whose_place_has_ended(self, cast: Cast, settings: Settings) -> None:
        settings.REQUIRE_MFA = True
        membership = make_member(organization=cast.dealer)
        memberships.end(membership=membership, actor=cast.dealer_owner, now=NOW)

        assert not must_enrol(membership.user)


class TestEnd:
    def test_ends_the_place_and_keeps_the_row(self, cast: Cast) -> None:
        membership = make_member(organization=cast.tenant, role=Role.VIEWER)
        memberships.end(membership=membership, actor=cast.tenant_owner, now=NOW)

        assert membership not in Membership.objects.open()
        assert Event.objects.get().subject == f"accounts.membership:{membership.uuid}"
        with pytest.raises(UnableToEnd, match="has changed or ended"):
            memberships.end(membership=membership, actor=cast.tenant_owner, now=NOW)

    def test_lets_the_person_come_back(self, cast: Cast) -> None:
        membership = make_member(organization=cast.tenant)
        memberships.end(membership=membership, actor=cast.tenant_owner, now=NOW)

        again = make_member(organization=cast.tenant, user=membership.user)
        assert list(membership.user.memberships.open()) == [again]

    def test_keeps_the_last_owner(self, cast: Cast) -> None:
        with pytest.raises(UnableToEnd, match="last owner"):
            memberships.end(
                membership=cast.tenant_owner.membership, actor=cast.tenant_owner, now=NOW
            )

    def test_keeps_those_who_may_more_than_the_actor(self, cast: Cast) -> None:
        make_member(organization=cast.tenant, role=Role.OWNER)
        manager = make_actor(organization=cast.tenant, role=Role.MANAGER)

        with pytest.raises(UnableToEnd, match="more rights"):
            memberships.end(membership=cast.tenant_owner.membership, actor=manager, now=NOW)
        memberships.end(membership=cast.tenant_owner.membership, actor=cast.dealer_owner, now=NOW)

    def test_keeps_those_of_somebody_else(self, cast: Cast) -> None:
        place = make_member(organization=cast.rival_tenant, role=Role.VIEWER)

        with pytest.raises(UnableToEnd, match="no such membership"):
            memberships.end(membership=place, actor=cast.tenant_owner, now=NOW)

    def test_keeps_oneself(self, cast: Cast) -> None:
        make_member(organization=cast.tenant, role=Role.OWNER)

        with pytest.raises(UnableToEnd, match="show yourself out"):
            memberships.end(
                membership=cast.tenant_owner.membership, actor=cast.tenant_owner, now=NOW
            )

    def test_keeps_who_was_made_owner_a_moment_ago(self, cast: Cast) -> None:
        manager = make_actor(organization=cast.tenant, role=Role.MANAGER)
        member = make_member(organization=cast.tenant, role=Role.VIEWER)
        Membership.objects.filter(pk=member.pk).update(role=Role.OWNER)

        with pytest.raises(UnableToEnd, match="faster"):
            memberships.end(membership=member, actor=manager, now=NOW)
        assert member in Membership.objects.open()

    @pytest.mark.race
    @pytest.mark.django_db(transaction=True)
    def test_keeps_one_of_two_owners_who_show_each_other_out(self, cast: Cast) -> None:
        pair = [cast.tenant_owner, make_actor(organization=cast.tenant)]
        start = Barrier(2)

        def show_out(turn: int) -> bool:
            start.wait()
            try:
                memberships.end(membership=pair[1 - turn].membership, actor=pair[turn], now=NOW)
            except UnableToEnd:
                return False
            finally:
                connection.close()
            return True

        with ThreadPoolExecutor(2) as pool:
            assert sum(pool.map(show_out, range(2))) == 1
        assert Organization.objects.get(pk=cast.tenant.pk).memberships.open().count() == 1


class TestDatabaseBackend:
    def test_keeps_mail_to_be_read_in_the_portal(self, db: None) -> None:
        backend = get_connection("accounts.mail.DatabaseBackend")
        EmailMessage(
            "Hello", "A link", "portal@example.com", ["ada@example.com"], connection=backend
        ).send()

        kept = SentMail.objects.get()
        assert (kept.subject, kept.body) == ("Hello", "A link")
        assert (kept.sender, kept.recipients) == ("portal@example.com", ["ada@example.com"])


class TestChangeRole:
    def test_counts_from_the_next_request_on_and_is_journaled(self, cast: Cast) -> None:
        member = make_member(organization=cast.tenant, role=Role.VIEWER)

        memberships.change_role(
            membership=member, role=Role.OPERATOR, actor=cast.tenant_owner, now=NOW
        )

        assert Membership.objects.get(pk=member.pk).role == Role.OPERATOR
        event = Event.objects.get(action="accounts.membership.role_changed")
        assert (event.before, event.after) == ({"role": "VIEWER"}, {"role": "OPERATOR"})
        assert member.user.email in sentences.sentence(event, cast.tenant_owner)

    def test_leaves_an_organization_one_owner(self, cast: Cast) -> None:
        with pytest.raises(UnableToChangeRole, match="last owner"):
            memberships.change_role(
                membership=cast.tenant_owner.membership,
                role=Role.VIEWER,
                actor=cast.dealer_owner,
                now=NOW,
            )

    @pytest.mark.parametrize(
        ("was", "wanted"), [(Role.VIEWER, Role.OWNER), (Role.OWNER, Role.VIEWER)]
    )
    def test_lets_nobody_touch_more_rights_than_their_own(
        self, cast: Cast, was: Role, wanted: Role
    ) -> None:
        manager = make_actor(organization=cast.tenant, role=Role.MANAGER)
        member = make_member(organization=cast.tenant, role=was)

        with pytest.raises(UnableToChangeRole, match="more rights"):
            memberships.change_role(membership=member, role=wanted, actor=manager, now=NOW)
        assert Membership.objects.get(pk=member.pk).role == was

    def test_leaves_ones_own(self, cast: Cast) -> None:
        make_member(organization=cast.tenant, role=Role.OWNER)

        with pytest.raises(UnableToChangeRole, match="your own role"):
            memberships.change_role(
                membership=cast.tenant_owner.membership,
                role=Role.VIEWER,
                actor=cast.tenant_owner,
                now=NOW,
            )

    def test_refuses_strangers_and_unknown_roles(self, cast: Cast) -> None:
        member = make_member(organization=cast.tenant, role=Role.VIEWER)

        with pytest.raises(UnableToChangeRole, match="no such membership"):
            memberships.change_role(
                membership=member, role=Role.OWNER, actor=cast.rival_dealer_owner, now=NOW
            )
        with pytest.raises(UnableToChangeRole, match="Choose a role"):
            memberships.change_role(
                membership=member, role="KING", actor=cast.tenant_owner, now=NOW
            )

    def test_refuses_who_has_left_meanwhile(self, cast: Cast) -> None:
        member = make_member(organization=cast.tenant, role=Role.VIEWER)
        Membership.objects.filter(pk=member.pk).update(ended_at=NOW)

        with pytest.raises(UnableToChangeRole, match="faster"):
            memberships.change_role(
                membership=member, role=Role.OWNER, actor=cast.tenant_owner, now=NOW
            )

    def test_is_possible_in_a_suspended_organization(self, cast: Cast) -> None:
        Organization.objects.filter(pk=cast.tenant.pk).update(status="SUSPENDED")
        owner = make_actor(organization=Organization.objects.get(pk=cast.tenant.pk))
        member = make_member(organization=cast.tenant, role=Role.OPERATOR)

        memberships.change_role(membership=member, role=Role.VIEWER, actor=owner, now=NOW)
        memberships.end(membership=member, actor=owner, now=NOW)

        assert not Membership.objects.open().filter(pk=member.pk).exists()
