"""People come in: by invitation, with a password, with a second factor where it is required."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role, SentMail
from accounts.tasks import send_invitation
from accounts.tests.cast import Cast
from accounts.tests.factories import PASSWORD
from accounts.workflows import invitations
from portal.testing.browser import picture
from portal.tests.browser.steps import make_person, sign_in

pytestmark = [pytest.mark.wire, pytest.mark.django_db(transaction=True)]


def code_of(secret: str) -> str:
    """Compute the six digits of RFC 6238 that an authenticator app would show now."""
    key = base64.b32decode(secret)
    mac = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    offset = mac[-1] & 15
    number = struct.unpack(">I", mac[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


class TestSignIn:
    def test_leads_home(self, page: Page, live_server: LiveServer, cast: Cast) -> None:
        make_person(organization=cast.tenant, email="ann@example.com")
        page.goto(live_server.url)
        picture(page, "sign-in")
        sign_in(page, "ann@example.com")
        expect(page.get_by_role("heading", name="Oak Street Dental")).to_be_visible()
        picture(page, "home-tenant")

    def test_says_no_to_a_wrong_password_without_saying_who_exists(
        self, page: Page, live_server: LiveServer, cast: Cast
    ) -> None:
        page.goto(live_server.url)
        sign_in(page, "nobody@example.com", "wrong wrong wrong")
        expect(page.get_by_role("alert")).to_contain_text("not correct")

    def test_asks_dealers_for_a_second_factor_first(
        self, page: Page, live_server: LiveServer, cast: Cast, settings: Settings
    ) -> None:
        settings.REQUIRE_MFA = True
        make_person(organization=cast.dealer, email="deb@example.com")
        page.goto(live_server.url)
        sign_in(page, "deb@example.com")
        expect(page.get_by_text("Set up a second factor first")).to_be_visible()
        picture(page, "your-sign-in-first")
        page.get_by_role("link", name="Set it up").click()
        expect(page.get_by_role("heading", name="Is it still you?")).to_be_visible()
        picture(page, "confirm")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Go on").click()
        expect(page.get_by_role("heading", name="Set up an authenticator app")).to_be_visible()
        picture(page, "second-factor")
        secret = page.get_by_label("Key", exact=True).input_value()
        page.get_by_label("Authenticator code").fill("000000")
        page.get_by_role("button", name="Turn it on").click()
        expect(page.get_by_text("This did not work")).to_be_visible()
        assert page.get_by_label("Key", exact=True).input_value() == secret
        page.get_by_label("Authenticator code").fill(code_of(secret))
        page.get_by_role("button", name="Turn it on").click()
        expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
        expect(page.get_by_role("list", name="Unused codes").get_by_role("listitem")).to_have_count(
            10
        )
        picture(page, "recovery-codes")
        page.get_by_role("link", name="I have kept them").click()
        expect(page.get_by_role("heading", name="Lakeside Telecom")).to_be_visible()
        page.get_by_role("link", name="Numbers").first.click()

    def test_lets_tenants_in_without_one(
        self, page: Page, live_server: LiveServer, cast: Cast, settings: Settings
    ) -> None:
        settings.REQUIRE_MFA = True
        make_person(organization=cast.tenant, email="ann@example.com")
        page.goto(live_server.url)
        sign_in(page, "ann@example.com")
        expect(page.get_by_role("heading", name="Oak Street Dental")).to_be_visible()


class TestInvitation:
    def test_brings_a_person_in_from_the_mail_to_the_home_page(
        self, page: Page, live_server: LiveServer, cast: Cast, settings: Settings
    ) -> None:
        settings.PUBLIC_URL = live_server.url
        settings.EMAIL_BACKEND = "accounts.mail.DatabaseBackend"
        invitation = invitations.invite(
            email="new@example.com",
            organization=cast.tenant,
            role=Role.OPERATOR,
            actor=cast.tenant_owner,
            now=timezone.now(),
        )
        send_invitation(invitation_id=invitation.pk)

        page.goto(f"{live_server.url}/demo/mail/")
        page.get_by_role("link", name=re.compile("Oak Street Dental|invit", re.IGNORECASE)).click()
        page.get_by_role("link", name="invitations").click()
        picture(page, "invitation")
        page.get_by_label("Your name").fill("Nora New")
        page.get_by_label("Choose a password").fill("short")
        page.get_by_role("button", name="Accept").click()
        expect(page.get_by_text("too short")).to_be_visible()
        page.get_by_label("Choose a password").fill(PASSWORD)
        page.get_by_role("button", name="Accept").click()
        sign_in(page, "new@example.com")
        expect(page.get_by_role("heading", name="Oak Street Dental")).to_be_visible()

    def test_says_why_a_link_is_dead(self, page: Page, live_server: LiveServer, cast: Cast) -> None:
        page.goto(f"{live_server.url}/invitations/never-was/")
        expect(page.get_by_text("can no longer be accepted")).to_be_visible()
        assert SentMail.objects.count() == 0
