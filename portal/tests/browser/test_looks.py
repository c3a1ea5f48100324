"""Words that look alike are held against the rules of contrast once; no other is left out."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from portal.tests.browser.looks import NEW, mark_new

pytestmark = pytest.mark.wire

WORDS = '<p style="color: #bbb">faint</p>'


def new_words(page: Page, body: str, known: set[str]) -> list[str]:
    """Give the words of a page that look as none did before."""
    page.set_content(f"<body style='background: white'>{body}</body>")
    assert mark_new(page, known) is bool(page.locator(NEW).count())
    return page.locator(NEW).all_inner_texts()


def test_words_that_look_alike_are_new_once(page: Page) -> None:
    known = set[str]()
    assert new_words(page, f"{WORDS}{WORDS}", known) == ["faint"]
    assert new_words(page, WORDS, known) == []


@pytest.mark.parametrize(
    "body",
    [
        '<p style="color: #ccc">faint</p>',
        '<p style="color: #bbb; font-size: 9px">faint</p>',
        '<p style="color: #bbb; font-weight: bold">faint</p>',
        f'<div style="background: #aaa"><div>{WORDS}</div></div>',
        f'<div style="opacity: .5">{WORDS}</div>',
        f'<div style="background: linear-gradient(#aaa, #bbb)">{WORDS}</div>',
    ],
)
def test_whatever_makes_them_look_otherwise_makes_them_new(page: Page, body: str) -> None:
    known = set[str]()
    new_words(page, WORDS, known)
    assert new_words(page, body, known) == ["faint"]


@pytest.mark.parametrize(
    "body",
    [
        f"<details>{WORDS}</details>",
        f'<div style="visibility: hidden">{WORDS}</div>',
        '<p style="color: #bbb; width: 1px; height: 1px; overflow: hidden">faint</p>',
        f"<label>{WORDS}<input disabled></label>",
        f'<div aria-disabled="true">{WORDS}</div>',
    ],
)
def test_what_is_not_held_against_the_rules_hides_nothing(page: Page, body: str) -> None:
    known = set[str]()
    new_words(page, body, known)
    assert "faint" in new_words(page, WORDS, known)
