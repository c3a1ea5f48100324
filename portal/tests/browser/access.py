"""Whether everybody can read and use a page: axe, focus, width, and what the browser says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Request, ViewportSize

from portal.tests.browser import looks

WIDE: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 360, "height": 740}
STOPS = 8
"""So many stops of the tabulator are looked at."""
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_ALL_RULES = {"runOnly": _TAGS, "resultTypes": ["violations"]}
_BUT_CONTRAST = {**_ALL_RULES, "rules": {"color-contrast": {"enabled": False}}}
_CONTRAST = {**_ALL_RULES, "runOnly": {"type": "rule", "values": ["color-contrast"]}}
_SIZES = {**_ALL_RULES, "runOnly": {"type": "rule", "values": ["target-size"]}}
_AXE = Axe()
_RUN = """async ([within, options]) => {
  const found = await axe.run(within, options);
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => [id, target, failureSummary]));
}"""
"""All else that axe tells of every element costs more to hand over than to find out."""
_UNFOLD = """() => document.querySelectorAll('main details:not([data-menu])')
  .forEach((part) => { part.open = true; })"""
_OPEN = "details[data-menu][open]"
_MENUS = """() => {
  const wide = document.documentElement.clientWidth;
  return [...document.querySelectorAll('details[data-menu]')].flatMap((menu, place) => {
    const summary = menu.querySelector('summary');
    if (!summary.checkVisibility({ visibilityProperty: true })) return [];
    menu.open = true;
    const cut = [...menu.querySelectorAll(':scope > :not(summary)')]
      .map((part) => part.getBoundingClientRect())
      .filter((box) => box.left < 0 || box.right > wide)
      .map((box) => `from ${box.left} to ${box.right}`);
    const words = menu.innerText;
    menu.open = false;
    return [{ place, name: summary.textContent.trim(), words, cut }];
  });
}"""
_TURN = """(place) => {
  const menu = document.querySelectorAll('details[data-menu]')[place];
  menu.open = !menu.open;
}"""
_TOO_WIDE = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  return [...document.querySelectorAll('main *, header *')]
    .filter((one) => one.getBoundingClientRect().right > wide + 1)
    .map((one) => `${one.tagName.toLowerCase()}.${one.className}`).slice(0, 5);
}"""
_HEADINGS = "[...document.querySelectorAll('h1')].map((one) => one.textContent.trim())"
_FOCUS = """() => {
  const one = document.activeElement, style = getComputedStyle(one);
  const seen = one === document.body || style.outlineStyle !== 'none' || style.boxShadow !== 'none';
  return seen ? '' : one.outerHTML.slice(0, 120);
}"""


@dataclass
class Known:
    """What was held against the rules on other pages of a walk."""

    menus: set[tuple[str, str]] = field(default_factory=set)
    looks: set[str] = field(default_factory=set)


class Ears:
    """Hears what a browser complains about: scripts, policy, requests that fail."""

    def __init__(self, page: Page) -> None:
        self.heard: list[str] = []
        page.on("pageerror", lambda error: self.heard.append(f"script: {error}"))
        page.on(
            "console",
            lambda said: (
                self.heard.append(f"console: {said.text}")
                if said.type in {"error", "warning"}
                else None
            ),
        )
        page.on("requestfailed", self._failed)

    def _failed(self, request: Request) -> None:
        # A page that asks for news by itself is left in the middle of asking.
        if request.failure != "net::ERR_ABORTED":
            self.heard.append(f"request: {request.url} {request.failure}")

    def taken(self) -> list[str]:
        """Give what was heard since the last time."""
        heard, self.heard = self.heard, []
        return heard


def troubles(page: Page, known: Known) -> Iterator[str]:
    """
    Look at the open page wide and on a phone, light and dark; leave it wide and light.

    Every rule is asked once, that of contrast in the dark too, that of sizes on a phone too, and of
    each menu while it is open; that of contrast, which takes longest, of words that look as none
    did before. The page must not move: a colour on its way from light to dark is too faint for a
    moment.

    :param known: what was held against the rules on other pages; what is new here is added
    """
    # Whoever was led here by a click may still be on the way.
    page.wait_for_load_state()
    headings = page.evaluate(_HEADINGS)
    if len(headings) != 1:
        yield f"has {len(headings)} h1: {headings}"
    yield from _unfocused(page)
    page.evaluate(_UNFOLD)
    page.evaluate(_AXE.axe_script)
    yield from _violations(page, _BUT_CONTRAST, "wide light")
    yield from _faint(page, "wide light", known)
    yield from _of_menus(page, _ALL_RULES, "wide light", known)
    page.emulate_media(color_scheme="dark")
    page.locator("html[data-bs-theme=dark]").wait_for()
    yield from _faint(page, "wide dark", known)
    yield from _of_menus(page, _CONTRAST, "wide dark", known)
    page.emulate_media(color_scheme="light")
    page.locator("html[data-bs-theme=light]").wait_for()
    page.set_viewport_size(PHONE)
    for part in page.evaluate(_TOO_WIDE):
        yield f"is too wide for a phone: {part}"
    yield from _violations(page, _SIZES, "phone")
    yield from _of_menus(page, _ALL_RULES, "phone", known)
    page.set_viewport_size(WIDE)


def _unfocused(page: Page) -> Iterator[str]:
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        unseen = page.evaluate(_FOCUS)
        if unseen:
            yield f"does not show that it is focused: {unseen}"


def _faint(page: Page, shown: str, known: Known) -> Iterator[str]:
    if looks.mark_new(page, known.looks):
        yield from _violations(page, _CONTRAST, shown, within=looks.NEW)


def _of_menus(page: Page, options: dict[str, Any], shown: str, known: Known) -> Iterator[str]:
    """Open one menu after the other, those that this width has; most stand on many pages."""
    for menu in page.evaluate(_MENUS):
        name = menu["name"]
        for edges in menu["cut"]:
            yield f"{shown}: the menu “{name}” is cut off: {edges}"
        if (shown, menu["words"]) in known.menus:
            continue
        known.menus.add((shown, menu["words"]))
        page.evaluate(_TURN, menu["place"])
        yield from _violations(page, options, f"{shown}, menu “{name}” open", within=_OPEN)
        page.evaluate(_TURN, menu["place"])


def _violations(
    page: Page, options: dict[str, Any], shown: str, *, within: str = "html"
) -> Iterator[str]:
    for rule, target, summary in page.evaluate(_RUN, [within, options]):
        yield f"{shown}: {rule} at {target[-1]}: {summary.splitlines()[-1].strip()}"
