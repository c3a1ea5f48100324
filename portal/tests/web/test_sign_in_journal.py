"""What people change in how they sign in is read in the journal of their organizations."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.utils import timezone

from accounts import sentences
from accounts.models import Event, Membership
from accounts.tests.cast import Cast
from accounts.tests.factories import PASSWORD, make_member
from portal.tests.web.test_own_sign_in import (  # noqa: F401
    EMAIL,
    FIREFOX,
    PHONE,
    YOURS,
    browser,
    confirm,
    member,
)
from portal.tests.web.test_signing_in import fresh_limits  # noqa: F401
from portal.tests.web.visitor import Visitor, visitor_of


def said(cast: Cast) -> list[str]:
    """Give what the dealer's owner reads about sign-ins, the oldest first."""
    rows = Event.objects.filter(action__startswith="accounts.sign_in.").order_by("pk")
    assert {row.organization_id for row in rows} <= {cast.dealer.pk}
    return sentences.sentences(list(rows), cast.dealer_owner)


class TestFactors:
    def test_are_journaled_when_they_come_and_go(self, cast: Cast, member: Membership) -> None:  # noqa: F811
        who = member.user.get_full_name()
        totp.TOTP.activate(member.user, totp.generate_totp_secret())
        RecoveryCodes.activate(member.user)
        key = Authenticator.objects.create(user=member.user, type="webauthn", data={"name": "Key"})
        here = Visitor(member)
        confirm(here)
        here.post("/accounts/2fa/recovery-codes/generate/")
        here.post("/accounts/2fa/totp/deactivate/")
        key.delete()
        assert said(cast) == [
            f"{who} set up an authenticator app as a second factor.",
            f"{who} got new recovery codes.",
            f"{who} set up a passkey as a second factor.",
            f"{who} got new recovery codes.",
            f"{who} no longer has an authenticator app as a second factor.",
            f"{who} no longer has a passkey as a second factor.",
        ]


class TestPasswords:
    def test_are_journaled_with_the_request(self, cast: Cast, member: Membership) -> None:  # noqa: F811
        here = browser(FIREFOX)
        new = f"{PASSWORD} again"
        answer = here.post(
            "/accounts/password/change/", oldpassword=PASSWORD, password1=new, password2=new
        )
        (event,) = Event.objects.filter(action="accounts.sign_in.password_changed")
        assert event.request_id == answer["X-Request-Id"]
        assert event.actor == f"member:{member.uuid}"
        assert PASSWORD not in str(vars(event))

    def test_that_are_refused_are_not(self, member: Membership) -> None:  # noqa: F811
        here = browser(FIREFOX)
        here.post("/accounts/password/change/", oldpassword="x", password1="y", password2="y")
        assert not Event.objects.filter(action="accounts.sign_in.password_changed").exists()


class TestSessions:
    def test_that_are_ended_are_journaled(self, cast: Cast, member: Membership) -> None:  # noqa: F811
        who = member.user.get_full_name()
        here, there = browser(FIREFOX), browser(PHONE)
        row = UserSession.objects.get(session_key=there.client.session.session_key)
        here.post(f"{YOURS}sessions/end/", session=str(row.pk))
        here.post(f"{YOURS}sessions/end/", session=str(row.pk))
        here.post(f"{YOURS}sessions/end/")
        assert said(cast) == [
            f"{who} signed Safari on an iPhone out.",
            f"{who} signed out everywhere but in one browser.",
        ]


class TestWhoReadsIt:
    def test_is_every_organization_in_which_the_person_sits_and_no_other(
        self,
        cast: Cast,
        member: Membership,  # noqa: F811
    ) -> None:
        make_member(organization=cast.rival_tenant, user=member.user)
        left = make_member(organization=cast.tenant, user=member.user)
        Membership.objects.filter(pk=left.pk).update(ended_at=timezone.now())
        totp.TOTP.activate(member.user, totp.generate_totp_secret())
        told = Event.objects.filter(action="accounts.sign_in.factor_added")
        assert {event.organization_id for event in told} == {cast.dealer.pk, cast.rival_tenant.pk}

        page = visitor_of(cast.rival_tenant).get("/journal/").content.decode()
        assert "set up an authenticator app" in page
        assert "set up an authenticator app" not in (
            visitor_of(cast.tenant).get("/journal/").content.decode()
        )
