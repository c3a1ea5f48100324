"""Every page, in every role, is within everybody's reach."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import Browser, Error, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import Kind, Membership
from accounts.permissions import permissions_of
from accounts.tests.cast import Cast
from portal.endpoints import PAGES
from portal.testing.browser import picture
from portal.tests.api.world import World
from portal.tests.browser.access import WIDE, Ears, Known, troubles
from portal.tests.web.visitor import REQUESTS

pytestmark = [pytest.mark.wire, pytest.mark.django_db(transaction=True)]

PARTS = 3
"""The pages are walked in so many parts, one beside the other."""
ROLES = ("staff", "dealer", "tenant")
TO_COME_IN = (
    "/accounts/login/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/a-b/",
    "/accounts/password/reset/key/done/",
    "/accounts/signup/",
    "/accounts/inactive/",
    "/accounts/confirm-email/",
    "/accounts/confirm-email/x/",
    "/invitations/never-was/",
    "/nowhere/",
)
FRAGMENTS = {"attention"}
"""Parts of pages, which are looked at within their page."""
OF_ONES_OWN = (
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/2fa/totp/activate/",
    "/accounts/logout/",
    "/nowhere/",
)


@pytest.fixture
def opened(browser: Browser) -> Iterator[Page]:
    """Open a page that has been told nothing of what is expected of it."""
    context = browser.new_context(viewport=WIDE, color_scheme="light", reduced_motion="reduce")
    yield context.new_page()
    context.close()


def let_in(page: Page, member: Membership, server: LiveServer) -> None:
    """Sign a member in without the form."""
    client = Client()
    client.force_login(member.user)
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": server.url}])


def member_of(world: World, role: str) -> Membership:
    """Give the owner who plays a role."""
    cast = world.cast
    seats = {"staff": cast.staff, "dealer": cast.dealer_owner, "tenant": cast.tenant_owner}
    return seats[role].membership


def pages_of(world: World, role: str, member: Membership) -> list[tuple[str, str]]:
    """Give name and address of every page that a role may look at, and of one that it may not."""
    kind = Kind(member.organization.kind)
    rights = permissions_of(member.role, kind)
    gets = [page for page in PAGES if page.method == "GET" and page.name not in FRAGMENTS]
    seen = [page for page in gets if page.permission in {*rights, None}]
    refused = [page for page in gets if page not in seen][:1]
    named = [(page.name, REQUESTS[page.name](world)[0]) for page in (*seen, *refused)]
    return [*named, *((path, path) for path in OF_ONES_OWN)]


def walk(page: Page, server: LiveServer, pages: list[tuple[str, str]], who: str) -> list[str]:
    """Look at every page of a list; give what is wrong with each."""
    ears, known, wrong = Ears(page), Known(), list[str]()
    for name, path in pages:
        try:
            answer = page.goto(server.url + path)
        except Error as error:
            if "Download is starting" not in error.message:
                raise
            continue
        heard = ears.taken()
        if answer is not None and answer.status >= 400:
            # The browser says so of a refused page itself; all else of it is looked at.
            heard = [said for said in heard if "Failed to load resource" not in said]
        wrong += [f"{name} ({who}) {trouble}" for trouble in (*troubles(page, known), *heard)]
        wrong += [f"{name} ({who}) {trouble}" for trouble in ears.taken()]
    return wrong


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("role", ROLES)
def test_every_page_is_in_reach_of_everybody(
    opened: Page, live_server: LiveServer, world: World, role: str, part: int
) -> None:
    member = member_of(world, role)
    let_in(opened, member, live_server)
    pages = pages_of(world, role, member)[part::PARTS]
    wrong = walk(opened, live_server, pages, role)
    assert not wrong, "\n".join(wrong)


def test_so_are_the_doors(opened: Page, live_server: LiveServer, db: None) -> None:
    wrong = walk(opened, live_server, [(path, path) for path in TO_COME_IN], "nobody")
    assert not wrong, "\n".join(wrong)


def test_so_are_the_parts(
    opened: Page, live_server: LiveServer, cast: Cast, settings: Settings
) -> None:
    settings.DEBUG = True
    let_in(opened, cast.staff.membership, live_server)
    wrong = walk(opened, live_server, [("parts", "/parts/")], "staff")
    assert not wrong, "\n".join(wrong)
    picture(opened, "parts")
