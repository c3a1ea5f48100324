"""People come in by invitation, and by nothing else."""

from __future__ import annotations

import re
import smtplib
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.mail.backends import locmem
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts import invitation_mail, sentences, tasks, tokens
from accounts.actors import System, client_actor
from accounts.models import Event, Invitation, InvitationStatus, Membership, Role, User
from accounts.permissions import Permission
from accounts.tests.cast import Cast
from accounts.tests.factories import (
    NOW,
    PASSWORD,
    make_actor,
    make_client,
    make_member,
    make_tenant,
    make_user,
)
from accounts.workflows import invitations
from accounts.workflows.invitations import UnableToAccept, UnableToInvite
from lib.transitions import UnableToMove


def _invite(cast: Cast, **changes: Any) -> Invitation:
    fields: dict[str, Any] = {
        "email": "grace@example.com",
        "organization": cast.tenant,
        "role": Role.OWNER,
        "actor": cast.dealer_owner,
        "now": NOW,
    }
    return invitations.invite(**(fields | changes))


def _mailed_token(invitation: Invitation, now: datetime = NOW) -> str:
    assert invitation_mail.send(invitation_id=invitation.pk, now=now)
    (found,) = re.findall(r"/invitations/([^/\s]+)/", str(mail.outbox[-1].body))
    return str(found)


def _accept(token: str, **changes: Any) -> Membership:
    fields: dict[str, Any] = {"password": PASSWORD, "name": "Grace Hopper", "now": NOW}
    return invitations.accept(token=token, **(fields | changes))


class TestInvite:
    def test_stores_the_invitation_and_writes_it_down_without_the_address(self, cast: Cast) -> None:
        invitation = _invite(cast, email="  Grace@Example.com ")

        assert invitation.email == "grace@example.com"
        assert invitation.expires_at == NOW + timedelta(days=7)
        event = Event.objects.get()
        assert event.action == "accounts.invitation.sent"
        assert "grace" not in str(Event.objects.values().get())
        assert sentences.sentence(event, cast.dealer_owner).endswith(
            "invited grace@example.com as OWNER."
        )

    def test_stands_while_the_broker_is_away(
        self,
        cast: Cast,
        monkeypatch: pytest.MonkeyPatch,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        def away(**_ids: int) -> None:
            raise OSError("The broker went away.")

        monkeypatch.setattr(tasks.send_invitation, "delay", away)
        with django_capture_on_commit_callbacks(execute=True):
            invitation = _invite(cast)

        assert invitation in invitation_mail.due(NOW)

    def test_sends_the_mail_after_the_commit(
        self, cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
    ) -> None:
        with django_capture_on_commit_callbacks() as after_commit:
            _invite(cast)

        assert len(after_commit) == 1
        assert not mail.outbox

    @pytest.mark.parametrize(
        "email", ["", "grace", "grace@", "a b@example.com", "x" * 300 + "@a.com"]
    )
    def test_refuses_what_is_no_address(self, cast: Cast, email: str) -> None:
        with pytest.raises(UnableToInvite) as refusal:
            _invite(cast, email=email)
        assert refusal.value.field == "email"

    def test_refuses_a_role_that_nobody_knows(self, cast: Cast) -> None:
        with pytest.raises(UnableToInvite, match="Choose a role") as refusal:
            _invite(cast, role="KING")
        assert refusal.value.field == "role"

    def test_refuses_somebody_elses_organization(self, cast: Cast) -> None:
        with pytest.raises(UnableToInvite, match="no such organization"):
            _invite(cast, actor=cast.rival_dealer_owner)
        with pytest.raises(UnableToInvite, match="no such organization"):
            _invite(cast, organization=cast.dealer, actor=cast.tenant_owner)

    def test_refuses_a_role_above_ones_own(self, cast: Cast) -> None:
        manager = make_actor(organization=cast.tenant, role=Role.MANAGER)

        with pytest.raises(UnableToInvite, match="more rights"):
            _invite(cast, actor=manager, role=Role.OWNER)
        assert _invite(cast, actor=manager, role=Role.OPERATOR).role == Role.OPERATOR

    def test_lets_a_dealers_program_invite_the_first_owner_of_a_tenant(self, cast: Cast) -> None:
        client, _ = make_client(
            organization=cast.dealer, scopes=[Permission.MANAGE_TENANTS, Permission.MANAGE_PEOPLE]
        )

        made = make_tenant(parent=cast.dealer)
        actor = client_actor(client)
        assert _invite(cast, organization=made, actor=actor).role == Role.OWNER
        with pytest.raises(UnableToInvite, match="more rights than your own"):
            _invite(cast, actor=actor)

    def test_refuses_a_member(self, cast: Cast) -> None:
        make_member(organization=cast.tenant, email="grace@example.com")

        with pytest.raises(UnableToInvite, match="member of Oak Street Dental already"):
            _invite(cast)

    def test_refuses_a_second_open_invitation(self, cast: Cast) -> None:
        _invite(cast)

        with pytest.raises(UnableToInvite, match="send that one again"):
            _invite(cast)
        assert Event.objects.count() == 1

    def test_replaces_one_that_has_expired(self, cast: Cast) -> None:
        old = _invite(cast)

        assert _invite(cast, now=NOW + timedelta(days=8)).pk != old.pk
        assert Invitation.objects.get(pk=old.pk).status == InvitationStatus.WITHDRAWN
        assert Event.objects.filter(action="accounts.invitation.withdrawn").count() == 1


class TestMail:
    def test_carries_the_link_and_stores_only_its_digest(self, cast: Cast) -> None:
        invitation = _invite(cast)
        token = _mailed_token(invitation)

        (sent,) = mail.outbox
        assert sent.to == ["grace@example.com"]
        assert "Oak Street Dental" in sent.subject
        stored = Invitation.objects.filter(pk=invitation.pk).values().get()
        assert token not in str(stored)
        assert stored["token_hash"] == tokens.digest(token)
        assert (stored["mail_due_at"], stored["mailed_at"]) == (None, NOW)

    def test_is_sent_once_when_the_message_is_delivered_twice(self, cast: Cast) -> None:
        invitation = _invite(cast)
        _mailed_token(invitation)

        assert not invitation_mail.send(invitation_id=invitation.pk, now=NOW)
        assert len(mail.outbox) == 1

    def test_is_put_off_when_the_mail_server_is_away(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Away(locmem.EmailBackend):
            def send_messages(self, messages: Any) -> int:
                raise smtplib.SMTPServerDisconnected("away")

        invitation = _invite(cast)
        with monkeypatch.context() as patched:
            patched.setattr(locmem, "EmailBackend", Away)
            assert not invitation_mail.send(invitation_id=invitation.pk, now=NOW)

        assert not invitation_mail.due(NOW).exists()
        later = NOW + timedelta(minutes=1)
        assert invitation_mail.due(later).get() == invitation
        assert invitation_mail.send(invitation_id=invitation.pk, now=later)

    def test_is_found_again_after_a_worker_died_on_it(self, cast: Cast) -> None:
        invitation = _invite(cast)
        claimed = NOW + invitation_mail.LEASE
        Invitation.objects.filter(pk=invitation.pk).update(mail_due_at=claimed)

        assert not invitation_mail.due(NOW).exists()
        assert invitation_mail.due(claimed).get() == invitation

    def test_is_not_sent_for_a_withdrawn_or_expired_invitation(self, cast: Cast) -> None:
        withdrawn, expired = _invite(cast), _invite(cast, email="other@example.com")
        invitations.withdraw(invitation=withdrawn, actor=cast.dealer_owner, now=NOW)

        assert not invitation_mail.send(invitation_id=withdrawn.pk, now=NOW)
        late = NOW + timedelta(days=8)
        assert not invitation_mail.send(invitation_id=expired.pk, now=late)

    def test_is_sent_by_the_task_that_tolerates_newer_words(self, cast: Cast) -> None:
        invitation = _invite(cast, now=timezone.now() - timedelta(minutes=1))

        tasks.send_invitation(invitation_id=invitation.pk, added_later=True)
        assert len(mail.outbox) == 1


class TestAccept:
    def test_makes_the_person_the_verified_address_and_the_membership(self, cast: Cast) -> None:
        membership = _accept(_mailed_token(_invite(cast)))

        user = User.objects.get(email="grace@example.com")
        assert (membership.user, membership.organization) == (user, cast.tenant)
        assert membership.role == Role.OWNER
        assert user.check_password(PASSWORD)
        assert user.name == "Grace Hopper"
        address = EmailAddress.objects.get(user=user)
        assert (address.email, address.verified, address.primary) == (user.email, True, True)
        event = Event.objects.get(action="accounts.membership.joined")
        assert event.actor == f"member:{membership.uuid}"
        assert "grace" not in str(Event.objects.filter(pk=event.pk).values().get()).lower()

    def test_leaves_name_and_password_of_somebody_who_signs_in_here_already(
        self, cast: Cast
    ) -> None:
        known = make_user(email="grace@example.com", name="Grace", password="their own words")

        membership = _accept(_mailed_token(_invite(cast)), password="taking over", name="Mallory")

        known.refresh_from_db()
        assert membership.user == known
        assert known.check_password("their own words")
        assert known.name == "Grace"

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"password": "short"}, "password"),
            ({"password": "password123"}, "password"),
            ({"password": "gracehopper", "name": "gracehopper"}, "password"),
            ({"name": "  "}, "name"),
            ({"name": "x" * 121}, "name"),
        ],
    )
    def test_refuses_what_does_not_fit_and_leaves_the_invitation_open(
        self, cast: Cast, changes: dict[str, str], field: str
    ) -> None:
        token = _mailed_token(_invite(cast))

        with pytest.raises(UnableToAccept) as refusal:
            _accept(token, **changes)

        assert refusal.value.field == field
        assert not User.objects.filter(email="grace@example.com").exists()
        assert _accept(token).organization == cast.tenant

    @pytest.mark.parametrize("token", ["", "x", "0" * 64, "a\x00b", "é"])
    def test_refuses_a_made_up_link(self, cast: Cast, token: str) -> None:
        _invite(cast)

        with pytest.raises(UnableToAccept, match="not valid"):
            _accept(token)

    def test_refuses_a_link_a_second_time(self, cast: Cast) -> None:
        token = _mailed_token(_invite(cast))
        _accept(token)

        with pytest.raises(UnableToAccept, match="accepted already"):
            _accept(token)

    def test_refuses_an_expired_link(self, cast: Cast) -> None:
        token = _mailed_token(_invite(cast))

        with pytest.raises(UnableToAccept, match="expired"):
            _accept(token, now=NOW + timedelta(days=7))

    def test_refuses_a_withdrawn_link(self, cast: Cast) -> None:
        invitation = _invite(cast)
        token = _mailed_token(invitation)
        invitation.refresh_from_db()
        invitations.withdraw(invitation=invitation, actor=cast.dealer_owner, now=NOW)

        with pytest.raises(UnableToAccept, match="withdrawn"):
            _accept(token)

    def test_refuses_somebody_who_became_a_member_meanwhile(self, cast: Cast) -> None:
        token = _mailed_token(_invite(cast))
        make_member(organization=cast.tenant, email="grace@example.com")

        with pytest.raises(UnableToAccept, match="member already"):
            _accept(token)

    @pytest.mark.race
    @pytest.mark.django_db(transaction=True)
    def test_lets_one_in_when_the_link_is_used_eight_times_at_once(self, cast: Cast) -> None:
        token = _mailed_token(_invite(cast))
        start = Barrier(8)

        def use() -> bool:
            start.wait()
            try:
                _accept(token)
            except UnableToAccept:
                return False
            finally:
                connection.close()
            return True

        with ThreadPoolExecutor(8) as pool:
            results = [job.result() for job in [pool.submit(use) for _ in range(8)]]

        assert sum(results) == 1
        assert User.objects.filter(email="grace@example.com").count() == 1
        assert Membership.objects.filter(user__email="grace@example.com").count() == 1


class TestResend:
    def test_sends_a_new_link_for_a_new_week_and_ends_the_old_one(self, cast: Cast) -> None:
        invitation = _invite(cast)
        old = _mailed_token(invitation)
        later = NOW + timedelta(days=6)

        invitations.resend(invitation=invitation, actor=cast.dealer_owner, now=later)
        new = _mailed_token(invitation, later)

        assert invitation.expires_at == later + timedelta(days=7)
        with pytest.raises(UnableToAccept):
            _accept(old, now=later)
        assert _accept(new, now=later).organization == cast.tenant

    def test_refuses_one_that_is_no_longer_open(self, cast: Cast) -> None:
        invitation = _invite(cast)
        invitations.withdraw(invitation=invitation, actor=cast.dealer_owner, now=NOW)

        with pytest.raises(UnableToInvite, match="Only an open invitation"):
            invitations.resend(invitation=invitation, actor=cast.dealer_owner, now=NOW)

    def test_lets_nobody_renew_or_withdraw_more_rights_than_their_own(self, cast: Cast) -> None:
        owners = _invite(cast)
        manager = make_actor(organization=cast.tenant, role=Role.MANAGER)

        for workflow in (invitations.resend, invitations.withdraw):
            with pytest.raises(UnableToInvite, match="more rights"):
                workflow(invitation=owners, actor=manager, now=NOW)
        kept = Invitation.objects.get(pk=owners.pk)
        assert (kept.status, kept.expires_at) == (InvitationStatus.PENDING, owners.expires_at)

        invitations.resend(
            invitation=_invite(cast, email="op@example.com", role=Role.OPERATOR),
            actor=manager,
            now=NOW,
        )

    def test_refuses_strangers(self, cast: Cast) -> None:
        invitation = _invite(cast, role=Role.VIEWER)

        for workflow in (invitations.resend, invitations.withdraw):
            for stranger in (cast.rival_dealer_owner, cast.rival_tenant_owner):
                with pytest.raises(UnableToInvite, match="no such organization"):
                    workflow(invitation=invitation, actor=stranger, now=NOW)


class TestWithdraw:
    def test_refuses_a_second_time(self, cast: Cast) -> None:
        invitation = _invite(cast)
        invitations.withdraw(invitation=invitation, actor=cast.dealer_owner, now=NOW)

        with pytest.raises(UnableToMove):
            invitations.withdraw(invitation=invitation, actor=cast.dealer_owner, now=NOW)
        assert Event.objects.filter(action="accounts.invitation.withdrawn").count() == 1


class TestVisibleTo:
    def test_shows_invitations_of_ones_own_branch_alone(self, cast: Cast) -> None:
        invitation = _invite(cast)
        elsewhere = make_tenant(parent=cast.dealer)

        assert invitation in Invitation.objects.visible_to(cast.tenant_owner)
        assert invitation not in Invitation.objects.visible_to(cast.rival_tenant_owner)
        assert invitation not in Invitation.objects.visible_to(make_actor(organization=elsewhere))
        assert invitation in Invitation.objects.visible_to(System("test"))
