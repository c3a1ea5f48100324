"""What people see of their own sign-in, and change in it."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import Membership
from accounts.tests.cast import Cast
from accounts.tests.factories import PASSWORD, make_member
from portal import user_agents
from portal.session_age import SEEN
from portal.tests.web.test_signing_in import fresh_limits  # noqa: F401
from portal.tests.web.visitor import Visitor

YOURS = "/your-sign-in/"
EMAIL = "ada@example.com"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def member(cast: Cast) -> Membership:
    """Give a dealer's owner who has a password and no second factor."""
    made = make_member(organization=cast.dealer, email=EMAIL, password=PASSWORD)
    EmailAddress.objects.create(user=made.user, email=EMAIL, verified=True, primary=True)
    return made


def browser(agent: str) -> Visitor:
    """Sign in with a browser of that kind."""
    visitor = Visitor()
    visitor.client = Client(headers={"User-Agent": agent})
    assert visitor.post("/accounts/login/", login=EMAIL, password=PASSWORD).status_code == 302
    return visitor


def confirm(visitor: Visitor) -> None:
    """Show once more that it is the same person."""
    assert visitor.post("/accounts/reauthenticate/", password=PASSWORD).status_code == 302


def text_of(answer: Any) -> str:
    """Give the text of a page that must be there."""
    assert answer.status_code == 200
    return str(answer.content.decode())


def mails() -> list[str]:
    """Give what was mailed, subject and text, in order."""
    return [f"{letter.subject}\n{letter.body}" for letter in mail.outbox]


class TestBrowsers:
    @pytest.mark.parametrize(
        ("agent", "words"),
        [
            (FIREFOX, "Firefox on Linux"),
            (PHONE, "Safari on an iPhone"),
            ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36", "Chrome on Windows"),
            (
                "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Linux; Android 16) Chrome/140.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) Version/18.0 Safari/605",
                "Safari on a Mac",
            ),
            ("Something (Windows NT 10.0)", "A browser on Windows"),
            ("curl/8.0", "An unknown browser"),
            ("", "An unknown browser"),
        ],
    )
    def test_are_told_in_words(self, agent: str, words: str) -> None:
        assert user_agents.in_words(agent) == words


class TestSessions:
    def test_are_listed_with_this_one_marked(self, member: Membership) -> None:
        here, _ = browser(FIREFOX), browser(PHONE)
        page = text_of(here.get(YOURS))
        assert page.index("Safari on an iPhone") < page.index("Firefox on Linux")
        assert page.count("this one") == 1
        assert page.index("this one") > page.index("Firefox on Linux")
        # The key of a session is as good as the session.
        assert not [row for row in UserSession.objects.all() if row.session_key in page]

    def test_are_left_out_once_they_are_over(self, member: Membership) -> None:
        here, there = browser(FIREFOX), browser(PHONE)
        session = there.client.session
        session[SEEN] -= 3 * 3600
        session.save()
        assert "iPhone" not in text_of(here.get(YOURS))

    def test_end_one_by_one(self, member: Membership) -> None:
        here, there = browser(FIREFOX), browser(PHONE)
        row = UserSession.objects.get(session_key=there.client.session.session_key)
        here.post(f"{YOURS}sessions/end/", session=str(row.pk))
        assert there.get(YOURS).status_code == 302
        assert here.get(YOURS).status_code == 200

    def test_end_everywhere_but_here(self, member: Membership) -> None:
        here, there = browser(FIREFOX), browser(PHONE)
        forgotten = browser(PHONE)
        # One that no row tells of, from before rows were kept.
        UserSession.objects.get(session_key=forgotten.client.session.session_key).delete()
        answer = here.post(f"{YOURS}sessions/end/")
        assert answer["Location"] == YOURS
        page = text_of(here.get(YOURS))
        assert "this one" in page
        assert "iPhone" not in page
        assert {there.get("/").status_code, forgotten.get("/").status_code} == {302}

    def test_of_others_stay_as_they_are(self, cast: Cast, member: Membership) -> None:
        there = browser(PHONE)
        row = UserSession.objects.get()
        stranger = Visitor(make_member(organization=cast.rival_tenant))
        for named in (str(row.pk), "9" * 30, "x", "-1"):
            stranger.post(f"{YOURS}sessions/end/", session=named)
        assert there.get(YOURS).status_code == 200

    def test_cost_no_query_each(self, member: Membership) -> None:
        here = browser(FIREFOX)
        asked = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as queries:
                here.get(YOURS)
            asked.append(len(queries))
            for _ in range(3):
                browser(PHONE)
        assert asked[0] == asked[1]


class TestSecondFactor:
    def test_is_asked_of_those_who_must_have_one_before_anything_else(
        self, member: Membership, settings: Settings
    ) -> None:
        settings.REQUIRE_MFA = True
        here = browser(FIREFOX)
        assert here.get("/numbers/")["Location"] == YOURS
        assert "Set up a second factor first" in text_of(here.get(YOURS))

    @pytest.mark.parametrize("kind", ["TOTP", "WEBAUTHN"])
    def test_of_either_kind_will_do(
        self, member: Membership, settings: Settings, kind: str
    ) -> None:
        settings.REQUIRE_MFA = True
        here = browser(FIREFOX)
        Authenticator.objects.create(user=member.user, type=Authenticator.Type[kind], data={})
        assert here.get("/").status_code == 200

    def test_is_not_turned_off_where_it_must_be(
        self, member: Membership, settings: Settings
    ) -> None:
        settings.REQUIRE_MFA = True
        here = browser(FIREFOX)
        totp.TOTP.activate(member.user, totp.generate_totp_secret())
        confirm(here)
        page = text_of(here.post("/accounts/2fa/totp/deactivate/"))
        assert "Add a passkey first" in page
        assert Authenticator.objects.count() == 1

        key = Authenticator.objects.create(user=member.user, type="webauthn", data={"name": "Key"})
        here.post("/accounts/2fa/totp/deactivate/")
        assert Authenticator.objects.get() == key
        assert "turned off" in mails()[-1]

        remove = f"/accounts/2fa/webauthn/keys/{key.pk}/remove/"
        assert here.post(remove)["Location"] == YOURS
        assert "Add another one first" in text_of(here.get(YOURS))
        settings.REQUIRE_MFA = False
        assert "Remove a passkey" in text_of(here.get(remove))
        here.post(remove)
        assert not Authenticator.objects.exists()

    def test_shows_how_many_recovery_codes_are_left(self, member: Membership) -> None:
        here = browser(FIREFOX)
        totp.TOTP.activate(member.user, totp.generate_totp_secret())
        codes = RecoveryCodes.activate(member.user)
        codes.validate_code(codes.get_unused_codes()[0])
        assert "9 left" in text_of(here.get(YOURS))
        confirm(here)
        shown = text_of(here.get("/accounts/2fa/recovery-codes/"))
        kept = text_of(here.get("/accounts/2fa/recovery-codes/download/"))
        for code in codes.get_unused_codes():
            assert code in shown
            assert code in kept


class TestPassword:
    def test_changed_is_told_by_mail_with_browser_and_address(self, member: Membership) -> None:
        here = browser(FIREFOX)
        new = f"{PASSWORD} again"
        answer = here.post(
            "/accounts/password/change/", oldpassword=PASSWORD, password1=new, password2=new
        )
        assert answer["Location"] == YOURS
        (told,) = mails()
        assert "your password was changed" in told
        assert "from 127.0.0.1, by Firefox on Linux" in told

    def test_change_counts_where_the_mail_cannot_leave(
        self, member: Membership, settings: Settings
    ) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "", 0
        settings.EMAIL_FILE_PATH = None
        here = browser(FIREFOX)
        new = f"{PASSWORD} again"
        here.post("/accounts/password/change/", oldpassword=PASSWORD, password1=new, password2=new)
        member.user.refresh_from_db()
        assert member.user.check_password(new)

    def test_forgotten_is_set_anew_by_a_link_to_the_portal(
        self, member: Membership, settings: Settings
    ) -> None:
        settings.PUBLIC_URL = "https://portal.example"
        settings.ALLOWED_HOSTS = ["testserver", "evil.example"]
        asked = Client().post(
            "/accounts/password/reset/", {"email": EMAIL}, headers={"Host": "evil.example"}
        )
        assert asked["Location"] == "/accounts/password/reset/done/"
        (told,) = mails()
        assert "evil" not in told
        link = next(
            line for line in told.splitlines() if line.startswith("https://portal.example/")
        )
        visitor = Visitor()
        form = visitor.client.get(link.removeprefix("https://portal.example"), follow=True)
        assert "Choose a new password" in text_of(form)
        new = f"{PASSWORD} again"
        done = visitor.client.post(
            form.request["PATH_INFO"], {"password1": new, "password2": new}, follow=True
        )
        assert "Your new password is set" in text_of(done)
        assert "a new password was set" in mails()[-1]
        again = visitor.client.get(link.removeprefix("https://portal.example"), follow=True)
        assert "This link has ended" in text_of(again)

    def test_forgotten_opens_the_lock(self, member: Membership) -> None:
        visitor = Visitor()
        for _ in range(5):
            visitor.post("/accounts/login/", login=EMAIL, password="wrong")
        locked = visitor.post("/accounts/login/", login=EMAIL, password=PASSWORD)
        assert "Wait five minutes" in text_of(locked)
        visitor.post("/accounts/password/reset/", email=EMAIL)
        link = next(line for line in mails()[-1].splitlines() if "/password/reset/key/" in line)
        form = visitor.client.get("/" + link.split("/", 3)[3], follow=True)
        new = f"{PASSWORD} again"
        visitor.client.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
        assert visitor.post("/accounts/login/", login=EMAIL, password=new).status_code == 302

    def test_says_the_same_of_addresses_that_nobody_has(self, db: None) -> None:
        answer = Visitor().post("/accounts/password/reset/", email="nobody@example.com")
        assert answer["Location"] == "/accounts/password/reset/done/"
        (told,) = mails()
        assert "Nobody signs in with this address" in told


class TestFailedPasskeys:
    @pytest.mark.parametrize("garbage", ['{"id": 1}', "[]", "1", "x", "", '{"rawId": null}'])
    def test_are_told_at_the_sign_in_which_still_knows_the_way(
        self, db: None, garbage: str
    ) -> None:
        visitor = Visitor()
        answer = visitor.post("/accounts/2fa/webauthn/login/", credential=garbage, next="/numbers/")
        assert answer["Location"] == "/accounts/login/?next=%2Fnumbers%2F"
        page = text_of(visitor.get(answer["Location"]))
        assert "This passkey was not accepted" in page
        assert 'name="next" value="/numbers/"' in page

    def test_are_told_where_they_are_added(self, member: Membership) -> None:
        here = browser(FIREFOX)
        confirm(here)
        answer = here.post("/accounts/2fa/webauthn/add/", credential='{"id": 1}')
        assert "This did not work" in text_of(answer)
        assert not Authenticator.objects.exists()
