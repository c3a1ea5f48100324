"""Signing in by an issuer's word: the whole way with a browser's steps, and each refusal."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal import auth as totp
from allauth.socialaccount.models import SocialAccount, SocialToken
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.sessions.models import Session
from django.core import mail
from pytest_django import Settings

from accounts.models import Event, Membership, User
from accounts.tests.cast import Cast
from accounts.tests.factories import PASSWORD, make_member
from portal.environment import Issuer
from portal.session_age import SEEN
from portal.tests import issuer
from portal.tests.web.test_signing_in import fresh_limits, is_in  # noqa: F401
from portal.tests.web.visitor import Visitor

BEGIN = "/accounts/oidc/login/"
BACK = "/accounts/oidc/callback/"
LOGIN = "/accounts/login/"
EMAIL = "ada@example.com"
KNOWN = {"email": EMAIL, "email_verified": True}

pytestmark = pytest.mark.wire


@pytest.fixture
def server(settings: Settings) -> Iterator[issuer.Server]:
    """Run an issuer that the portal knows."""
    with issuer.running() as running:
        running.world.claims = dict(KNOWN)
        settings.SINGLE_SIGN_ON = Issuer(
            url=running.url, client_id=issuer.CLIENT_ID, secret=issuer.SECRET, name="Example ID"
        )
        yield running


@pytest.fixture
def member(cast: Cast) -> Membership:
    """Give a dealer's owner who has a password and no second factor."""
    made = make_member(organization=cast.dealer, email=EMAIL, password=PASSWORD)
    EmailAddress.objects.create(user=made.user, email=EMAIL, verified=True, primary=True)
    return made


def leave(visitor: Visitor, **form: str) -> str:
    """Press the button; gives where the page leads."""
    answer = visitor.post(BEGIN, **form)
    assert answer.status_code == 200, answer.content
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', answer.content.decode())
    assert found
    return html.unescape(found[1])


def sign_in(visitor: Visitor, server: issuer.Server, **form: str) -> Any:
    """Go the whole way; gives the answer at its end."""
    back = server.authorize(leave(visitor, **form))
    return visitor.get(back.removeprefix("http://localhost:8000"))


def told(answer: Any, status: int) -> str:
    """Give the text of a page that refuses, in our look."""
    text = html.unescape(str(answer.content.decode()))
    assert answer.status_code == status, text
    assert "You are not signed in" in text
    return text


def trust(settings: Settings) -> None:
    """Have the issuer's word about second factors believed."""
    settings.SINGLE_SIGN_ON = replace(settings.SINGLE_SIGN_ON, trusted_with_factors=True)


class TestWithoutConfiguration:
    def test_nothing_of_it_is_there(self, db: None) -> None:
        visitor = Visitor()
        assert "oidc" not in visitor.get(LOGIN).content.decode()
        assert visitor.get(BEGIN).status_code == 404
        assert visitor.post(BEGIN).status_code == 404
        assert visitor.get(f"{BACK}?code=x&state=y").status_code == 404

    def test_no_page_of_the_library_offers_what_we_do_not(self, server: Any, db: None) -> None:
        for path in ("3rdparty/", "3rdparty/signup/", "social/signup/", "social/connections/"):
            assert Visitor().get(f"/accounts/{path}").status_code == 404


class TestTheWay:
    def test_leads_in_whoever_has_an_account_with_that_address(
        self, server: issuer.Server, member: Membership
    ) -> None:
        visitor = Visitor()
        assert "Sign in with Example ID" in visitor.get(LOGIN).content.decode()
        answer = sign_in(visitor, server, next="/numbers/")
        assert (answer.status_code, answer["Location"]) == (302, "/numbers/")
        assert visitor.get("/").status_code == 200
        assert SEEN in visitor.client.session
        assert server.world.asked.count("/userinfo") == 0

    def test_is_journaled_and_mailed_the_first_time_only(
        self, server: issuer.Server, member: Membership
    ) -> None:
        for _ in range(2):
            assert sign_in(Visitor(), server).status_code == 302
        (event,) = Event.objects.filter(action="accounts.sign_in.linked")
        assert event.actor == f"member:{member.uuid}"
        assert (event.organization, event.after) == (member.organization, {"issuer": "Example ID"})
        (letter,) = mail.outbox
        assert letter.to == [EMAIL]
        assert "Example ID for the first time" in letter.body

    def test_keeps_no_token_and_nothing_that_the_issuer_told(
        self, server: issuer.Server, member: Membership
    ) -> None:
        server.world.claims |= {"name": "Ada of the issuer", "phone_number": "+1"}
        visitor = Visitor()
        sign_in(visitor, server)
        kept = SocialAccount.objects.get()
        assert kept.extra_data == {"issuer": server.url, "factor": False}
        assert not SocialToken.objects.exists()
        assert not [s for s in Session.objects.all() if "access" in str(s.get_decoded())]
        assert User.objects.get(email=EMAIL).name == member.user.name

    def test_asks_further_where_the_token_does_not_tell_the_address(
        self, server: issuer.Server, member: Membership
    ) -> None:
        server.world.claims, server.world.userinfo = {}, dict(KNOWN)
        visitor = Visitor()
        assert sign_in(visitor, server).status_code == 302
        assert is_in(visitor.client)

    def test_ends_like_every_session(self, server: issuer.Server, member: Membership) -> None:
        visitor = Visitor()
        sign_in(visitor, server)
        session = visitor.client.session
        session[SEEN] -= 2 * 3600 + 1
        session.save()
        assert not is_in(visitor.client)


class TestRefused:
    def test_is_whoever_has_no_account_here(
        self, server: issuer.Server, member: Membership
    ) -> None:
        server.world.claims["email"] = "stranger@example.com"
        visitor = Visitor()
        text = told(sign_in(visitor, server), 403)
        assert "People come in by invitation" in text
        assert not User.objects.filter(email="stranger@example.com").exists()
        assert not is_in(visitor.client)

    @pytest.mark.parametrize("verified", [False, None, "false", 1.5])
    def test_is_whose_address_the_issuer_has_not_verified(
        self, server: issuer.Server, member: Membership, verified: Any
    ) -> None:
        server.world.claims["email_verified"] = verified
        visitor = Visitor()
        assert "is verified" in told(sign_in(visitor, server), 403)
        assert not is_in(visitor.client)
        assert not SocialAccount.objects.exists()

    def test_is_whose_address_we_have_not_verified(
        self, server: issuer.Server, member: Membership
    ) -> None:
        EmailAddress.objects.update(verified=False)
        assert "invitation" in told(sign_in(Visitor(), server), 403)

    def test_is_another_account_with_the_same_address(
        self, server: issuer.Server, member: Membership
    ) -> None:
        sign_in(Visitor(), server)
        server.world.claims["sub"] = "person-2"
        visitor = Visitor()
        assert "another account than before" in told(sign_in(visitor, server), 403)
        assert not is_in(visitor.client)

    def test_is_an_account_whose_address_became_somebody_elses(
        self, cast: Cast, server: issuer.Server, member: Membership
    ) -> None:
        sign_in(Visitor(), server)
        other = make_member(organization=cast.tenant, email="bob@example.com")
        EmailAddress.objects.create(user=other.user, email="bob@example.com", verified=True)
        server.world.claims["email"] = "bob@example.com"
        assert "belongs to another address" in told(sign_in(Visitor(), server), 403)

    def test_is_who_was_locked_out(self, server: issuer.Server, member: Membership) -> None:
        User.objects.filter(pk=member.user_id).update(is_active=False)
        visitor = Visitor()
        sign_in(visitor, server)
        assert not is_in(visitor.client)

    def test_is_a_stranger_whose_account_was_let_go_at_the_issuer(
        self, server: issuer.Server, member: Membership
    ) -> None:
        visitor = Visitor()
        state = server.authorize(leave(visitor)).rpartition("state=")[2]
        answer = visitor.get(f"{BACK}?error=access_denied&state={state}")
        assert "Example ID did not let you in" in told(answer, 403)

    @pytest.mark.parametrize("error", ["server_error", "x" * 500])
    def test_is_what_the_issuer_refuses(self, server: issuer.Server, db: None, error: str) -> None:
        visitor = Visitor()
        state = server.authorize(leave(visitor)).rpartition("state=")[2]
        told(visitor.get(f"{BACK}?error={error}&state={state}"), 403)


class TestDisconnecting:
    def test_lets_another_account_at_the_issuer_in(
        self, server: issuer.Server, member: Membership
    ) -> None:
        visitor = Visitor()
        sign_in(visitor, server)
        assert "Disconnect" in visitor.get("/your-sign-in/").content.decode()
        for _ in range(2):
            visitor.post("/your-sign-in/disconnect/")
        assert "Disconnect" not in visitor.get("/your-sign-in/").content.decode()
        assert Event.objects.filter(action="accounts.sign_in.unlinked").count() == 1

        server.world.claims["sub"] = "person-2"
        again = Visitor()
        sign_in(again, server)
        assert is_in(again.client)


class TestForged:
    @pytest.mark.parametrize("query", ["", "?code=x", "?code=x&state=guess", "?error=e&state=g"])
    def test_is_an_answer_to_what_nobody_asked(
        self, server: issuer.Server, db: None, query: str
    ) -> None:
        assert "another browser" in told(Visitor().get(BACK + query), 400)

    def test_is_an_answer_that_another_browser_brings(
        self, server: issuer.Server, member: Membership
    ) -> None:
        back = server.authorize(leave(Visitor())).removeprefix("http://localhost:8000")
        thief = Visitor()
        assert "another browser" in told(thief.get(back), 400)
        assert not is_in(thief.client)

    def test_is_an_answer_that_is_brought_twice(
        self, server: issuer.Server, member: Membership
    ) -> None:
        visitor = Visitor()
        back = server.authorize(leave(visitor)).removeprefix("http://localhost:8000")
        assert visitor.get(back).status_code == 302
        assert told(visitor.get(back), 400)

    def test_is_a_code_of_another_sign_in(self, server: issuer.Server, member: Membership) -> None:
        visitor, thief = Visitor(), Visitor()
        stolen = server.authorize(leave(visitor)).partition("&state=")[0]
        state = server.authorize(leave(thief)).rpartition("&state=")[2]
        answer = thief.get(f"{stolen}&state={state}".removeprefix("http://localhost:8000"))
        # The verifier of the thief's sign-in does not open the code of another one.
        assert "could not be checked" in told(answer, 502)
        assert not is_in(thief.client)

    @pytest.mark.parametrize(
        "claims",
        [
            {"iss": "https://other.example"},
            {"aud": "another-client"},
            {"exp": time.time() - 3600},
            {"iat": time.time() + 3600},
            {"sub": None},
        ],
    )
    def test_is_a_token_that_was_not_made_for_this(
        self, server: issuer.Server, member: Membership, claims: dict[str, Any]
    ) -> None:
        server.world.claims |= claims
        visitor = Visitor()
        assert "could not be checked" in told(sign_in(visitor, server), 502)
        assert not is_in(visitor.client)

    def test_is_a_token_that_others_have_signed(
        self, server: issuer.Server, member: Membership
    ) -> None:
        server.world.signs_with = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        assert "could not be checked" in told(sign_in(Visitor(), server), 502)

    @pytest.mark.parametrize("id_token", ["", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."])
    def test_is_what_is_no_token(
        self, server: issuer.Server, member: Membership, id_token: str
    ) -> None:
        server.world.token_answer = {"access_token": "access", "id_token": id_token}
        told(sign_in(Visitor(), server), 502)

    def test_is_what_is_told_of_somebody_else(
        self, server: issuer.Server, member: Membership
    ) -> None:
        server.world.claims, server.world.userinfo = {}, {**KNOWN, "sub": "person-2"}
        told(sign_in(Visitor(), server), 502)

    @pytest.mark.parametrize(
        "description", [{"issuer": "https://other.example"}, {"token_endpoint": None}]
    )
    def test_is_the_description_of_another(
        self, server: issuer.Server, db: None, description: dict[str, Any]
    ) -> None:
        server.world.description = description
        told(Visitor().post(BEGIN), 502)

    def test_leads_nowhere_else_afterwards(self, server: issuer.Server, member: Membership) -> None:
        answer = sign_in(Visitor(), server, next="https://other.example/")
        assert answer["Location"] == "/"


class TestAnIssuerThatIsAway:
    def test_is_said_before_one_leaves(self, server: issuer.Server, db: None) -> None:
        server.world.down = True
        assert "does not answer at the moment" in told(Visitor().post(BEGIN), 503)

    def test_is_said_when_one_comes_back(self, server: issuer.Server, member: Membership) -> None:
        visitor = Visitor()
        back = server.authorize(leave(visitor)).removeprefix("http://localhost:8000")
        server.shutdown()
        server.server_close()
        assert "does not answer at the moment" in told(visitor.get(back), 503)

    def test_is_not_waited_for(self, server: issuer.Server, db: None, settings: Settings) -> None:
        settings.SOCIALACCOUNT_REQUESTS_TIMEOUT = 0.1
        server.world.keeps_silent = 2
        began = time.monotonic()
        assert "does not answer at the moment" in told(Visitor().post(BEGIN), 503)
        assert time.monotonic() - began < 1.5

    def test_is_not_asked_again_and_again(self, server: issuer.Server, db: None) -> None:
        visitor = Visitor()
        assert [visitor.post(BEGIN).status_code for _ in range(31)] == [200] * 30 + [429]


class TestSecondFactors:
    def test_are_asked_for_here_of_whoever_has_one(
        self, server: issuer.Server, member: Membership
    ) -> None:
        totp.TOTP.activate(member.user, totp.generate_totp_secret())
        server.world.claims["amr"] = ["pwd", "mfa"]
        visitor = Visitor()
        assert sign_in(visitor, server)["Location"].startswith("/accounts/2fa/authenticate/")
        assert not is_in(visitor.client)
        assert not [s for s in Session.objects.all() if "access_token" in str(s.get_decoded())]

    def test_must_be_set_up_where_the_organization_asks_for_one(
        self, server: issuer.Server, member: Membership, settings: Settings
    ) -> None:
        settings.REQUIRE_MFA = True
        server.world.claims["amr"] = ["mfa"]
        visitor = Visitor()
        sign_in(visitor, server)
        assert visitor.get("/")["Location"] == "/your-sign-in/"

    def test_are_not_asked_for_where_a_trusted_issuer_has_seen_one(
        self, server: issuer.Server, member: Membership, settings: Settings
    ) -> None:
        settings.REQUIRE_MFA = True
        trust(settings)
        totp.TOTP.activate(member.user, totp.generate_totp_secret())
        server.world.claims["amr"] = ["pwd", "mfa"]
        visitor = Visitor()
        sign_in(visitor, server)
        assert is_in(visitor.client)

    @pytest.mark.parametrize("methods", [["pwd"], [], "mfa", None, {"mfa": True}])
    def test_are_asked_for_where_a_trusted_issuer_has_seen_none(
        self, server: issuer.Server, member: Membership, settings: Settings, methods: Any
    ) -> None:
        settings.REQUIRE_MFA = True
        trust(settings)
        server.world.claims["amr"] = methods
        visitor = Visitor()
        sign_in(visitor, server)
        assert not is_in(visitor.client)

    def test_count_for_the_sign_in_they_were_shown_in(
        self, server: issuer.Server, member: Membership, settings: Settings
    ) -> None:
        settings.REQUIRE_MFA = True
        trust(settings)
        server.world.claims["amr"] = ["mfa"]
        visitor = Visitor()
        sign_in(visitor, server)
        assert is_in(visitor.client)
        visitor.post("/accounts/logout/")
        visitor.post(LOGIN, login=EMAIL, password=PASSWORD)
        assert visitor.get("/")["Location"] == "/your-sign-in/"


class TestSecrets:
    def test_stand_in_no_log_and_on_no_page(
        self, server: issuer.Server, member: Membership, caplog: pytest.LogCaptureFixture
    ) -> None:
        server.world.token_answer = {"id_token": "SECRET-TOKEN"}
        visitor = Visitor()
        text = told(sign_in(visitor, server), 502)
        assert caplog.records
        for found in (text, caplog.text):
            assert "SECRET-TOKEN" not in found
            assert issuer.SECRET not in found
