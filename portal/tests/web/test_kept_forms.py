"""What somebody had entered when their session ended is theirs again once they have signed in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django import forms as django_forms
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

import portal.web.forms
from accounts.models import Membership, Organization
from accounts.tests.cast import Cast
from accounts.tests.factories import PASSWORD, make_member
from lib.sealed import unseal
from portal.kept import forms
from portal.kept.forms import IN_SESSION
from portal.session_age import SEEN
from portal.tests.web.test_signing_in import fresh_limits  # noqa: F401

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
NOTHING = "nothing was changed"


@dataclass
class Browser:
    """A browser that checks forms against forgery, as real ones are."""

    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))
    token: str = ""

    def open(self, path: str) -> str:
        """Look at a page, with a form that is sent later."""
        text = str(self.client.get(path, follow=True).content.decode())
        self.token = TOKEN.findall(text)[-1]
        return text

    def send(self, path: str, *, origin: str = "", **given: Any) -> Any:
        """Send the form of the page that was opened last."""
        headers = {"Referer": f"http://testserver{origin}"} if origin else {}
        headers |= given.pop("headers", {})
        return self.client.post(path, {"csrfmiddlewaretoken": self.token, **given}, headers=headers)

    def sign_in(self, email: str, after: Any = None) -> Any:
        """Sign in, from where an answer led to; give where that leads."""
        where = after["Location"] if after is not None else "/accounts/login/"
        before, text = self.token, self.open(where)
        wanted = re.search(r'name="next" value="([^"]+)"', text)
        form = {"next": wanted[1].replace("&amp;", "&")} if wanted else {}
        answer = self.send("/accounts/login/", login=email, password=PASSWORD, **form)
        assert answer.status_code == 302
        self.token = before
        return answer["Location"]

    def expire(self) -> None:
        """Let the session be idle too long."""
        session = self.client.session
        session[SEEN] -= 3 * 3600
        session.save()

    def text(self, path: str) -> str:
        """Give the text of a page that must be there."""
        answer = self.client.get(path, follow=True)
        assert answer.status_code == 200
        return str(answer.content.decode())


def person(organization: Organization, email: str) -> Membership:
    """Store an owner with a password."""
    made = make_member(organization=organization, email=email, password=PASSWORD)
    EmailAddress.objects.create(user=made.user, email=email, verified=True, primary=True)
    return made


@pytest.fixture
def ada(cast: Cast) -> Browser:
    """Give the browser of a dealer's owner, with the form for a new tenant open."""
    person(cast.dealer, "ada@example.com")
    browser = Browser()
    browser.sign_in("ada@example.com")
    browser.open(new_tenant(cast))
    return browser


def new_tenant(cast: Cast) -> str:
    """Give the page with the form for a new tenant."""
    return f"/organizations/{cast.dealer.uuid}/tenants/new/"


def create(browser: Browser, cast: Cast, **given: Any) -> Any:
    """Send the form for a new tenant."""
    path = f"/organizations/{cast.dealer.uuid}/tenants/"
    form = {"name": "Elm <Street>", "sip_domain": "elm.example.com", "time_zone": "Europe/Oslo"}
    return browser.send(path, origin=new_tenant(cast), **{**form, **given})


class TestAfterTheSessionEnded:
    def test_the_form_shows_what_was_entered_to_whoever_signs_in_again(
        self, cast: Cast, ada: Browser
    ) -> None:
        before = Organization.objects.count()
        ada.expire()
        answer = create(ada, cast)
        assert answer.status_code == 302
        assert "What you had entered is kept" in ada.text(answer["Location"])

        there = ada.sign_in("ada@example.com", answer)
        assert there.startswith(new_tenant(cast))
        text = ada.text(there)
        assert NOTHING in text
        assert 'value="Elm &lt;Street&gt;"' in text
        assert '<option value="Europe/Oslo" selected>' in text
        assert 'href="#kept-form"' in text
        assert 'id="kept-form"' in text
        # A reload loses it no more than the first look.
        assert "Elm &lt;Street" in ada.text(there)
        assert Organization.objects.count() == before

    def test_it_is_forgotten_once_it_was_sent(self, cast: Cast, ada: Browser) -> None:
        ada.expire()
        there = ada.sign_in("ada@example.com", create(ada, cast))
        ada.open(there)
        # Refused, since the country is missing: still kept.
        assert create(ada, cast).status_code == 422
        assert "Elm" in ada.text(there)
        ada.open(there)
        answer = ada.send(f"/organizations/{cast.tenant.uuid}/invite/", email="x", role="VIEWER")
        assert answer.status_code == 422
        assert IN_SESSION in ada.client.session

        invite = f"/organizations/{cast.dealer.uuid}/invite/"
        ada.expire()
        form = {"email": "guest@example.com", "role": "VIEWER"}
        again = ada.send(invite, origin=f"/organizations/{cast.dealer.uuid}/", **form)
        there = ada.sign_in("ada@example.com", again)
        ada.open(there)
        assert ada.send(invite, **form).status_code == 302
        assert 'value="guest@example.com"' not in ada.text(there)
        waits = [unseal(token) for token in ada.client.session[IN_SESSION]]
        assert not [text for text in waits if invite in text]

    def test_sent_twice_it_is_kept_once(self, cast: Cast, ada: Browser) -> None:
        ada.expire()
        first, second = create(ada, cast), create(ada, cast)
        assert first["Location"] == second["Location"]
        assert len(ada.client.session[IN_SESSION]) == 1

    def test_a_few_are_kept_side_by_side_and_old_ones_go(self, cast: Cast, ada: Browser) -> None:
        ada.expire()
        answers = [create(ada, cast, name=f"Elm {n}") for n in range(forms.MOST_FORMS + 2)]
        assert len(ada.client.session[IN_SESSION]) == forms.MOST_FORMS
        assert "Elm 4" in ada.text(ada.sign_in("ada@example.com", answers[-1]))

    def test_too_much_is_told_instead_of_kept(self, cast: Cast, ada: Browser) -> None:
        ada.expire()
        answer = create(ada, cast, name="x" * (forms.MOST_CHARACTERS + 1))
        assert "too large to be kept" in ada.text(answer["Location"])
        text = ada.text(ada.sign_in("ada@example.com", answer))
        assert "too large to keep" in text
        assert new_tenant(cast) in text
        assert len(Session.objects.get(pk=ada.client.session.session_key).session_data) < 5_000

    def test_it_waits_sealed_and_no_longer_than_minutes(
        self, cast: Cast, ada: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ada.expire()
        answer = create(ada, cast)
        assert "Elm" not in str(dict(ada.client.session))
        later = timezone.now() + timedelta(minutes=forms.MINUTES + 1)
        monkeypatch.setattr("portal.kept.forms.timezone.now", lambda: later)
        there = ada.sign_in("ada@example.com", answer)
        assert "Elm" not in ada.text(there)

    def test_it_stands_on_its_own_where_its_page_is_unknown(self, cast: Cast, ada: Browser) -> None:
        ada.expire()
        path = f"/organizations/{cast.dealer.uuid}/tenants/"
        answer = ada.send(
            path, origin=path, name="Elm", pbx=str(cast.dealer.uuid), sip_domain="a\nb"
        )
        there = ada.sign_in("ada@example.com", answer)
        assert there.startswith("/kept/")
        text = ada.text(there)
        assert 'name="name" value="Elm"' in text
        assert f'type="hidden" name="pbx" value="{cast.dealer.uuid}"' in text
        assert "a\nb</textarea>" in text
        assert f'action="{path}"' in text

    def test_it_stands_on_its_own_where_its_form_is_gone(self, cast: Cast, ada: Browser) -> None:
        ada.expire()
        answer = ada.send(f"/organizations/{cast.dealer.uuid}/invite/", origin="/", email="x@y.zz")
        there = ada.sign_in("ada@example.com", answer)
        assert "x@y.zz" in ada.text(there)

    def test_it_is_offered_to_whoever_came_in_another_way(self, cast: Cast, ada: Browser) -> None:
        ada.expire()
        create(ada, cast)
        ada.sign_in("ada@example.com")
        found = re.search(r'href="([^"]+)#kept"', ada.text("/"))
        assert found is not None
        assert "Elm" in ada.text(found[1].replace("&amp;", "&"))


class TestNobodyElse:
    def test_gets_what_somebody_had_entered(self, cast: Cast, ada: Browser) -> None:
        person(cast.dealer, "eve@example.com")
        ada.expire()
        answer = create(ada, cast)
        there = ada.sign_in("eve@example.com", answer)
        for path in (there, "/", "/kept/", f"/kept/?form={there.rpartition('=')[2]}"):
            assert "Elm" not in ada.text(path)
        assert IN_SESSION not in ada.client.session

    def test_gets_it_in_another_browser(self, cast: Cast, ada: Browser) -> None:
        ada.expire()
        answer = create(ada, cast)
        there = Browser()
        assert "Elm" not in there.text(there.sign_in("ada@example.com", answer))

    def test_gets_it_after_the_person_has_signed_out(self, cast: Cast, ada: Browser) -> None:
        ada.send("/accounts/logout/")
        answer = create(ada, cast)
        assert IN_SESSION not in ada.client.session
        assert answer["Location"] == f"/accounts/login/?next={new_tenant(cast)}"

    def test_has_a_form_kept_that_no_page_of_theirs_held(self, cast: Cast, ada: Browser) -> None:
        for token in ("x" * 64, "x" * 32, "é" * 32, ""):
            ada.token = token
            answer = create(ada, cast)
            assert answer.status_code == 403
            assert "Nothing was done" in answer.content.decode()
        ada.expire()
        assert create(ada, cast).status_code == 403
        assert IN_SESSION not in ada.client.session

    def test_can_name_another_author(self, cast: Cast, ada: Browser) -> None:
        ada.client.cookies["author"] = ada.client.cookies["author"].value[:-2] + "xx"
        ada.expire()
        create(ada, cast)
        assert IN_SESSION not in ada.client.session


class TestAfterSigningInElsewhere:
    def test_an_old_page_shows_its_form_again(self, cast: Cast, ada: Browser) -> None:
        ada.expire()
        ada.sign_in("ada@example.com")
        answer = create(ada, cast)
        assert answer["Location"].startswith(f"{new_tenant(cast)}?kept=")
        assert "Elm" in ada.text(answer["Location"])

    def test_an_old_page_of_somebody_else_goes_nowhere(self, cast: Cast, ada: Browser) -> None:
        person(cast.dealer, "eve@example.com")
        ada.expire()
        ada.sign_in("eve@example.com")
        answer = create(ada, cast)
        assert answer.status_code == 403
        assert "You are signed in as eve@example.com" in answer.content.decode()
        assert IN_SESSION not in ada.client.session

    def test_an_old_sign_in_page_comes_anew_and_knows_the_way(self, cast: Cast) -> None:
        browser = Browser()
        browser.open("/accounts/login/?next=/numbers/")
        browser.token = "x" * 64
        answer = browser.send("/accounts/login/", login="x", password="y", next="/numbers/")
        assert answer["Location"] == "/accounts/login/?next=%2Fnumbers%2F"
        assert "had been open too long" in browser.text(answer["Location"])

    def test_an_old_sign_in_page_leads_on_whoever_is_in(self, ada: Browser) -> None:
        ada.token = "x" * 64
        answer = ada.send("/accounts/login/", login="x", password="y", next="/numbers/")
        assert "<h1" in ada.text(answer["Location"])


class TestParts:
    def test_lead_the_whole_page_to_the_sign_in(self, cast: Cast, ada: Browser) -> None:
        ada.expire()
        page = {"HX-Request": "true", "HX-Current-URL": "http://testserver/numbers/?search=5"}
        asked = ada.client.get("/find/?q=5", headers=page)
        assert asked["HX-Redirect"] == "/accounts/login/?next=/numbers/%3Fsearch%3D5"
        assert not asked.content

        page["HX-Current-URL"] = f"http://testserver{new_tenant(cast)}"
        sent = create(ada, cast, headers=page)
        assert sent["HX-Redirect"].startswith(f"/accounts/login/?next={new_tenant(cast)}%3Fkept%3D")

    def test_of_other_sites_lead_home(self, cast: Cast, ada: Browser) -> None:
        ada.expire()
        page = {"HX-Request": "true", "HX-Current-URL": "http://evil.example/numbers/"}
        assert ada.client.get("/find/?q=5", headers=page)["HX-Redirect"].endswith("?next=/")

    def test_are_led_from_old_pages_too(self, cast: Cast, ada: Browser) -> None:
        ada.expire()
        ada.sign_in("ada@example.com")
        page = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{new_tenant(cast)}"}
        assert "?kept=" in create(ada, cast, headers=page)["HX-Redirect"]


class TestWhoOwesASecondFactor:
    def test_sets_it_up_and_finds_what_they_had_entered(
        self, cast: Cast, ada: Browser, settings: Settings
    ) -> None:
        settings.REQUIRE_MFA = True
        assert create(ada, cast)["Location"] == "/your-sign-in/"
        settings.REQUIRE_MFA = False
        assert "kept=" in ada.text("/")


class TestSecrets:
    def test_are_never_kept_but_named(self, cast: Cast, ada: Browser) -> None:
        ada.expire()
        answer = create(
            ada,
            cast,
            api_key="SECRET1",
            password="SECRET2",
            key_file=SimpleUploadedFile("a", b"S3"),
        )
        waits = [unseal(token) for token in ada.client.session[IN_SESSION]]
        assert not [text for text in waits if "SECRET" in text or "S3" in text]
        text = ada.text(ada.sign_in("ada@example.com", answer))
        assert "never kept: api key, password, key file" in text

    @pytest.mark.parametrize("name", ["area_code", "postal_code", "label", "monkey", "number"])
    def test_are_not_seen_everywhere(self, name: str) -> None:
        assert not forms.is_secret(name)

    def test_have_names_that_tell(self) -> None:
        for module in iter_modules(portal.web.forms.__path__, "portal.web.forms."):
            import_module(module.name)
        every = [portal.web.forms.PortalForm]
        for form in every:
            every += form.__subclasses__()
            for name, one in form.base_fields.items():
                if isinstance(one.widget, django_forms.PasswordInput):
                    assert forms.is_secret(name), f"{form.__name__}.{name}"
        assert len(every) > 5
