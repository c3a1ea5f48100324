"""Whether everybody can read and use a page: axe, focus, width, and what the browser says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Request, ViewportSize

WIDE: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 360, "height": 740}
STOPS = 8
"""So many stops of the tabulator are looked at."""
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_ALL_RULES = {"runOnly": _TAGS, "resultTypes": ["violations"]}
_CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
_SIZES = {"runOnly": {"type": "rule", "values": ["target-size"]}}
_AXE = Axe()
_UNFOLD = """() => document.querySelectorAll('main details:not([data-menu])')
  .forEach((part) => { part.open = true; })"""
_MENUS = "details[data-menu] > summary"
_OPEN = "details[data-menu][open]"
_TURN = "(summary) => { summary.parentElement.open = !summary.parentElement.open; }"
_CUT_OFF = """() => [...document.querySelectorAll('details[data-menu][open] > :not(summary)')]
  .map((menu) => menu.getBoundingClientRect())
  .filter((box) => box.left < 0 || box.right > document.documentElement.clientWidth)
  .map((box) => `from ${box.left} to ${box.right}`)"""
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


def troubles(page: Page, known: set[tuple[str, str]]) -> Iterator[str]:
    """
    Look at the open page wide and on a phone, light and dark; leave it wide and light.

    Every rule is asked once, that of contrast in the dark too, that of sizes on a phone too, and of
    each menu while it is open. The page must not move: a colour on its way from light to dark is
    too faint for a moment.

    :param known: menus that were held against the rules on other pages; those of here are added
    """
    headings = page.evaluate(_HEADINGS)
    if len(headings) != 1:
        yield f"has {len(headings)} h1: {headings}"
    yield from _unfocused(page)
    page.evaluate(_UNFOLD)
    page.evaluate(_AXE.axe_script)
    yield from _violations(page, _ALL_RULES, "wide light")
    yield from _of_menus(page, _ALL_RULES, "wide light", known)
    page.emulate_media(color_scheme="dark")
    page.locator("html[data-bs-theme=dark]").wait_for()
    yield from _violations(page, _CONTRAST, "wide dark")
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


def _of_menus(
    page: Page, options: dict[str, Any], looks: str, known: set[tuple[str, str]]
) -> Iterator[str]:
    """Open one menu after the other, those that this width has; most stand on many pages."""
    for summary in page.locator(_MENUS).all():
        if not summary.is_visible():
            continue
        name = (summary.text_content() or "").strip()
        summary.evaluate(_TURN)
        menu = (looks, summary.locator("..").inner_text())
        if menu not in known:
            known.add(menu)
            yield from _violations(page, options, f"{looks}, menu “{name}” open", within=_OPEN)
        for edges in page.evaluate(_CUT_OFF):
            yield f"{looks}: the menu “{name}” is cut off: {edges}"
        summary.evaluate(_TURN)


def _violations(
    page: Page, options: dict[str, Any], looks: str, *, within: str = "html"
) -> Iterator[str]:
    found = page.evaluate("([within, options]) => axe.run(within, options)", [within, options])
    for violation in found["violations"]:
        for node in violation["nodes"]:
            said = node["failureSummary"].splitlines()[-1].strip()
            yield f"{looks}: {violation['id']} at {node['target'][-1]}: {said}"
