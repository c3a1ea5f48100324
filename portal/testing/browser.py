"""A real browser for the pages: the system's Chromium, driven headless by Playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
_QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium once a run."""
    if _CHROMIUM is None:
        pytest.skip("chromium is not installed")
    # Playwright's sync API keeps an event loop in this thread, which Django takes for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = launched(playwright)
        yield chromium
        chromium.close()


def launched(playwright: Playwright) -> Browser:
    """Start the system's Chromium."""
    return playwright.chromium.launch(executable_path=_CHROMIUM, args=_QUIET)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a fresh page that fails the test on any script or policy error."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    opened = context.new_page()
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on(
        "console",
        lambda said: troubles.append(said.text) if "Content Security Policy" in said.text else None,
    )
    yield opened
    context.close()
    if troubles:
        pytest.fail("; ".join(troubles))


def picture(page: Page, name: str) -> None:
    """Keep screenshots, wide and narrow, light and dark, where SCREENSHOTS names a folder."""
    folder = os.environ.get("SCREENSHOTS", "")
    if not folder:
        return
    usual = page.viewport_size
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for shape, width, height in (("wide", 1280, 800), ("narrow", 360, 740)):
            page.set_viewport_size({"width": width, "height": height})
            path = Path(folder) / f"{name}-{scheme}-{shape}.png"
            page.screenshot(path=path, full_page=True, animations="disabled")
    page.emulate_media(color_scheme="light")
    if usual is not None:
        page.set_viewport_size(usual)
