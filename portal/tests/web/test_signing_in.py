"""Signing in: its limits, its sessions and their end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Membership, Organization, Role, User
from accounts.tests.cast import Cast
from accounts.tests.factories import NOW, PASSWORD, make_client, make_member
from accounts.workflows import memberships
from portal.api import authentication
from portal.session_age import BEGAN, BY_ITSELF, SEEN
from portal.tests.api.caller import Caller, caller_of
from portal.tests.web.visitor import Visitor, visitor_of

LOGIN = "/accounts/login/"
EMAIL = "ada@example.com"


@pytest.fixture(autouse=True)
def fresh_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count attempts under names of one's own: other tests run beside on the same Redis."""
    monkeypatch.setattr(caches["default"], "key_prefix", uuid4().hex)


@pytest.fixture
def member(cast: Cast) -> Membership:
    """Give somebody of the tenant who has a password."""
    made = make_member(organization=cast.tenant, email=EMAIL, password=PASSWORD)
    EmailAddress.objects.create(user=made.user, email=EMAIL, verified=True, primary=True)
    return made


def sign_in(visitor: Visitor, password: str = PASSWORD) -> Any:
    """Send the form of the sign-in page."""
    return visitor.post(LOGIN, login=EMAIL, password=password)


def is_in(client: Client) -> bool:
    """Tell whether the first page opens."""
    return bool(client.get("/").status_code == 200)


class TestLimits:
    def test_lock_an_address_out_after_five_wrong_passwords(self, member: Membership) -> None:
        visitor = Visitor()
        for _ in range(5):
            assert "not correct" in sign_in(visitor, "wrong").content.decode()

        refused = sign_in(visitor)
        assert "Wait five minutes" in refused.content.decode()
        assert not is_in(visitor.client)
        assert User.objects.get(email=EMAIL).check_password(PASSWORD)

    def test_say_the_same_of_people_and_of_nobody(self, member: Membership) -> None:
        visitor = Visitor()
        known = sign_in(visitor, "wrong").content.decode()
        unknown = visitor.post(LOGIN, login="nobody@example.com", password="x").content.decode()
        assert "not correct" in known
        assert "not correct" in unknown

    def test_stop_an_address_that_tries_one_person_after_the_other(self, db: None) -> None:
        visitor = Visitor()
        statuses = [visitor.post(LOGIN, login="", password="x").status_code for _ in range(31)]
        assert statuses == [200] * 30 + [429]
        answer = visitor.post(LOGIN, login=EMAIL, password="x")
        assert "Wait one minute" in answer.content.decode()

    def test_count_wrong_tokens_per_address_and_let_right_ones_through(self, cast: Cast) -> None:
        wrong = Caller(token="pt0123456789ab.guess")
        for _ in range(authentication.WRONG_TOKENS_ALLOWED):
            assert wrong.get("me").is_problem(401)

        refused = wrong.get("me")
        assert refused.is_problem(429)
        assert int(refused.response["Retry-After"]) > 0
        assert caller_of(cast.tenant).get("me").status == 200

    def test_tell_addresses_behind_a_proxy_apart_where_one_is_trusted(
        self, member: Membership, settings: Settings
    ) -> None:
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
        for _ in range(31):
            Client().post(LOGIN, {}, headers={"X-Forwarded-For": "203.0.113.1"})
        there = Client().post(LOGIN, {}, headers={"X-Forwarded-For": "10.9.9.9, 203.0.113.1"})
        here = Client().post(LOGIN, {}, headers={"X-Forwarded-For": "203.0.113.2"})
        assert (there.status_code, here.status_code) == (429, 200)


class TestTokens:
    def test_end_with_their_expiry_and_with_their_revocation(self, cast: Cast) -> None:
        now = timezone.now()
        soon, token = make_client(organization=cast.tenant, expires_at=now + timedelta(hours=1))
        caller = Caller(token=token)
        assert caller.get("me").status == 200

        type(soon).objects.filter(pk=soon.pk).update(expires_at=now)
        assert caller.get("me").is_problem(401)
        type(soon).objects.filter(pk=soon.pk).update(expires_at=None, revoked_at=now)
        assert caller.get("me").is_problem(401)

    def test_open_no_page(self, cast: Cast) -> None:
        _, token = make_client(organization=cast.provider)
        answer = Client(headers={"Authorization": f"Bearer {token}"}).get("/numbers/")
        assert (answer.status_code, answer["Location"]) == (302, f"{LOGIN}?next=/numbers/")


class TestSessions:
    def test_get_a_new_key_at_sign_in(self, member: Membership) -> None:
        visitor = Visitor()
        visitor.client.get(LOGIN)
        session = visitor.client.session
        session["planted"] = "by somebody else"
        session.save()
        before = session.session_key

        assert sign_in(visitor).status_code == 302
        assert visitor.client.session.session_key != before
        assert not Session.objects.filter(session_key=before).exists()
        assert is_in(visitor.client)

    def test_have_cookies_that_scripts_and_other_sites_do_not_get(
        self, member: Membership, settings: Settings
    ) -> None:
        visitor = Visitor()
        sign_in(visitor)
        cookie = visitor.client.cookies["sessionid"]
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
        # Gone when the browser is closed.
        assert not cookie["expires"]

    def test_end_at_sign_out(self, member: Membership) -> None:
        visitor = Visitor()
        sign_in(visitor)
        key = visitor.client.session.session_key
        visitor.post("/accounts/logout/")
        assert not Session.objects.filter(session_key=key).exists()
        assert not is_in(visitor.client)

    def test_end_elsewhere_when_the_password_changes(self, member: Membership) -> None:
        here, elsewhere = Visitor(), Visitor()
        for visitor in (here, elsewhere):
            assert sign_in(visitor).status_code == 302
        new = f"{PASSWORD} again"
        changed = here.post(
            "/accounts/password/change/", oldpassword=PASSWORD, password1=new, password2=new
        )
        assert changed.status_code == 302
        assert is_in(here.client)
        assert not is_in(elsewhere.client)

    def test_end_with_the_membership(self, cast: Cast, member: Membership) -> None:
        # Somebody with a second seat: the browser that sat in the first one is signed out too.
        make_member(organization=cast.rival_tenant, user=member.user)
        visitor = Visitor(member)
        visitor.post("/acting/seat/", seat=str(member.uuid))
        assert is_in(visitor.client)

        memberships.end(membership=member, actor=cast.tenant_owner, now=NOW)
        answer = visitor.get("/")
        assert (answer.status_code, answer["Location"]) == (302, f"{LOGIN}?next=/")

    @pytest.mark.parametrize(("key", "seconds"), [(BEGAN, 12 * 3600), (SEEN, 2 * 3600)])
    def test_end_when_they_are_too_old_or_were_idle_too_long(
        self, member: Membership, key: str, seconds: int
    ) -> None:
        visitor = Visitor(member)
        assert is_in(visitor.client)
        session = visitor.client.session
        session[key] -= seconds + 1
        session.save()

        assert not is_in(visitor.client)
        assert not Session.objects.filter(session_key=session.session_key).exists()

    def test_go_on_while_they_are_used(self, member: Membership) -> None:
        visitor = Visitor(member)
        session = visitor.client.session
        session[SEEN] -= 3600
        session.save()

        assert is_in(visitor.client)
        assert visitor.client.session[SEEN] > session[SEEN]

    def test_do_not_go_on_because_a_page_is_left_open(self, member: Membership) -> None:
        visitor = Visitor(member)
        session = visitor.client.session
        session[SEEN] -= 3600
        session.save()

        answer = visitor.client.get("/attention/", headers={BY_ITSELF: "1"})
        assert answer.status_code == 200
        assert visitor.client.session[SEEN] == session[SEEN]

    @pytest.mark.parametrize("status", ["CLOSED", "SUSPENDED"])
    def test_follow_the_standing_of_the_organization(
        self, cast: Cast, member: Membership, status: str
    ) -> None:
        visitor, caller = Visitor(member), caller_of(cast.tenant)
        Organization.objects.filter(pk=cast.dealer.pk).update(status=status)

        page, told = visitor.get("/"), caller.get("numbers")
        if status == "CLOSED":
            assert (page.status_code, told.status) == (403, 401)
        else:
            assert (page.status_code, told.status) == (200, 200)
            assert "is suspended" in page.content.decode()
            refused = caller.post("tenants", {})
            assert refused.is_problem(403)

    def test_take_the_next_seat_where_the_first_is_closed(self, cast: Cast) -> None:
        member = make_member(organization=cast.tenant, role=Role.OWNER)
        make_member(organization=cast.rival_tenant, user=member.user)
        Organization.objects.filter(pk=cast.tenant.pk).update(status="CLOSED")

        assert cast.rival_tenant.name in Visitor(member).get("/").content.decode()


class TestSecondFactors:
    def test_are_stored_sealed_and_still_open(self, member: Membership) -> None:
        secret = totp.generate_totp_secret()
        totp.TOTP.activate(member.user, secret)
        with connection.cursor() as cursor:
            cursor.execute("SELECT data::text FROM mfa_authenticator")
            (stored,) = cursor.fetchone() or ("",)
        assert secret not in stored

        visitor = Visitor()
        assert sign_in(visitor)["Location"].startswith("/accounts/2fa/authenticate/")
        assert not is_in(visitor.client)
        at = int(datetime.now(UTC).timestamp()) // 30
        code = totp.format_hotp_value(totp.hotp_value(secret, at))
        visitor.post("/accounts/2fa/authenticate/", code=code)
        assert is_in(visitor.client)
        assert Authenticator.objects.get().wrap().validate_code("000000") is False


class TestEverybody:
    def test_is_told_when_they_signed_in(self, cast: Cast) -> None:
        session = visitor_of(cast.tenant).client.session
        assert session[BEGAN] == session[SEEN] > 0
