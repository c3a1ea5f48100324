"""What people do on many pages."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from playwright.sync_api import Locator, Page, expect

from accounts.models import Membership, Organization
from accounts.tests.factories import PASSWORD, make_member, make_user

_FARTHEST = 120
"""So many stops of the tabulator are tried on the way to something."""
_IS_FOCUSED = "one => one.isConnected ? one === document.activeElement : null"


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """Fill in the sign-in form and send it."""
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def make_person(*, organization: Organization, email: str) -> Membership:
    """Store a member who can sign in: with a password and a verified address."""
    user = make_user(email=email, password=PASSWORD)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return make_member(organization=organization, user=user)


def reach(page: Page, target: Locator) -> None:
    """Go to something with the tabulator alone."""
    expect(target).to_be_visible()
    # The thing itself is asked: to find it anew at each stop takes as long as the stop.
    there = target.element_handle()
    for _ in range(_FARTHEST):
        focused = there.evaluate(_IS_FOCUSED)
        if focused:
            return
        if focused is None:
            there = target.element_handle()
        page.keyboard.press("Tab")
    expect(target).to_be_focused(timeout=1)


def write(page: Page, label: str, words: str) -> None:
    """Reach a field and write into it; of a list to choose from, what begins so is chosen."""
    reach(page, page.get_by_label(label, exact=True))
    page.keyboard.type(words)


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    """Reach something and press a key on it."""
    reach(page, target)
    page.keyboard.press(key)


def sign_in_by_keys(page: Page, email: str) -> None:
    """Sign in without touching anything but the keyboard."""
    write(page, "Email", email)
    write(page, "Password", PASSWORD)
    page.keyboard.press("Enter")
