"""What people do on many pages."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from playwright.sync_api import Page

from accounts.models import Membership, Organization
from accounts.tests.factories import PASSWORD, make_member, make_user


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
