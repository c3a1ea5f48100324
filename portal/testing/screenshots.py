"""
`script/screenshots`: pictures of the pages as the three demo owners see them, for the README.

What a picture shows is real: where the demo has nothing to show, its lead does what a person would.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from portal.supervisor.errors import UnableToRun
from portal.supervisor.folders import ROOT, Folders, throwaway_folder
from portal.supervisor.identity import store_identity
from portal.supervisor.portal_run import open_portal
from portal.supervisor.run import Supervisor, refuse_windows
from portal.supervisor.say import complain, say
from portal.supervisor.server import start
from portal.testing.browser import launched

FOLDER = ROOT / "docs" / "images"
FIRST_PORT = 8400
MOST_BYTES = 150_000
PATIENCE = 60
"""So many seconds the demo has to come to life."""
WIDE, PHONE = (1280, 800), (360, 740)
PEOPLE = {
    "staff": "owner@skyline.example",
    "dealer": "owner@prairie.example",
    "tenant": "owner@cactus.example",
}


PROVIDER = "Skyline Telecom"


@dataclass(frozen=True)
class Picture:
    """
    One picture.

    :ivar lead: brings the signed-in browser from the home page to what is to be seen
    """

    name: str
    who: str
    lead: Callable[[Page], None]
    scheme: str = "light"
    size: tuple[int, int] = WIDE


def to(place: str) -> Callable[[Page], None]:
    """Follow one entry of the navigation."""

    def follow(page: Page) -> None:
        go(page, page.get_by_role("link", name=place, exact=True).first)

    return follow


def go(page: Page, thing: Locator) -> None:
    """Click what leads to another page, and wait until that is there."""
    with page.expect_navigation():
        thing.click()


def to_a_number(page: Page) -> None:
    """Look at the first number that is live."""
    to("Numbers")(page)
    go(page, page.locator("tbody .number a").first)


def to_offers(page: Page) -> None:
    """Ask all carriers, and choose two of what they offer."""
    to("Buy")(page)
    page.get_by_label("Area code").fill("312")
    go(page, page.get_by_role("button", name="Search the carriers"))
    boxes = page.locator("tbody [data-select]")
    expect(boxes.first).to_be_visible(timeout=30_000)
    expect(page.get_by_text("asking", exact=True)).to_have_count(0, timeout=30_000)
    boxes.nth(0).check()
    boxes.nth(1).check()


def to_a_morning(page: Page) -> None:
    """Have something that needs somebody and something that comes soon, then look at home."""
    to("Carriers")(page)
    go(page, page.get_by_role("link", name="Sandbox Telnyx", exact=True))
    page.get_by_label("Warn below").fill("20000")
    go(page, page.get_by_role("button", name="Save the warning"))
    to("Numbers")(page)
    stock = page.get_by_role("row").filter(has_text=PROVIDER).first
    go(page, stock.locator(".number a"))
    go(page, page.get_by_role("link", name="Release it"))
    soon = datetime.now(UTC).date() + timedelta(days=2)
    page.get_by_label("On", exact=True).fill(soon.isoformat())
    go(page, page.get_by_role("button", name="Release it"))
    to("Home")(page)


def stay(page: Page) -> None:
    """Stay at home."""


PICTURES = (
    Picture("staff-offers", "staff", to_offers),
    Picture("staff-organizations", "staff", to("Organizations")),
    Picture("staff-journal", "staff", to("Journal")),
    Picture("dealer-home", "dealer", stay),
    Picture("tenant-number", "tenant", to_a_number),
    Picture("tenant-phone", "tenant", stay, size=PHONE),
    Picture("tenant-phone-dark", "tenant", to_a_number, scheme="dark", size=PHONE),
    Picture("staff-numbers", "staff", to("Numbers"), scheme="dark"),
    Picture("staff-home", "staff", to_a_morning),
)


@dataclass(frozen=True)
class Demo:
    """A demo that runs, and the browser that looks at it."""

    browser: Browser
    url: str
    password: str

    def opened(self, who: str, scheme: str = "light") -> Page:
        """Open the home page of an owner."""
        context = self.browser.new_context(
            viewport={"width": WIDE[0], "height": WIDE[1]},
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.goto(f"{self.url}/accounts/login/")
        page.get_by_label("Email").fill(PEOPLE[who])
        page.get_by_label("Password").fill(self.password)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.locator("main h1").wait_for()
        # The second time there is no word about signing in.
        page.goto(self.url)
        return page


def main(arguments: Sequence[str]) -> int:
    """Bring the demo up, take all pictures, and give the exit status."""
    folder = Path(arguments[0]) if arguments else FOLDER
    try:
        refuse_windows()
        folders = Folders(throwaway_folder("screenshots"), store_identity(), throwaway=True)
        with (
            Supervisor(folders) as run,
            open_portal(run, host="127.0.0.1", first_port=FIRST_PORT, demo=True) as portal,
        ):
            start(portal, empty=False)
            known = json.loads((run.folders.data / "sign-ins.json").read_text())
            with sync_playwright() as playwright, launched(playwright) as browser:
                return take(Demo(browser, portal.url, known["password"]), folder)
    except UnableToRun as trouble:
        complain(str(trouble))
        return 1


def take(demo: Demo, folder: Path) -> int:
    """Take every picture; one that is too large for a repository makes the status 1."""
    folder.mkdir(parents=True, exist_ok=True)
    wait_until_live(demo)
    largest = 0
    for picture in PICTURES:
        path = folder / f"{picture.name}.png"
        take_one(demo, picture, path)
        size = path.stat().st_size
        say(f"{path}: {size / 1000:.0f} kB")
        largest = max(largest, size)
    return 1 if largest > MOST_BYTES else 0


def wait_until_live(demo: Demo) -> None:
    """Wait until the demo's numbers ring, which takes a minute where routers run."""
    page = demo.opened("tenant")
    to_a_number(page)
    live = page.get_by_text("live", exact=True).first
    for _ in range(PATIENCE):
        if live.is_visible():
            break
        page.wait_for_timeout(1000)
        page.reload()
    page.context.close()


def take_one(demo: Demo, picture: Picture, path: Path) -> None:
    """Take one picture."""
    page = demo.opened(picture.who, picture.scheme)
    picture.lead(page)
    page.set_viewport_size({"width": picture.size[0], "height": picture.size[1]})
    page.evaluate("document.activeElement.blur()")
    page.screenshot(path=path, animations="disabled", caret="hide")
    page.context.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
