"""Which words of a page look as none did before: those that look alike are as easy to read."""

from __future__ import annotations

from playwright.sync_api import Page

NEW = "[data-new-look]"
"""Selects what `mark_new` has found."""
_MARK = """(known) => {
  const looks = new Set(known), fresh = [], grounds = new Map([[document, '']]);
  const ground = (one) => {
    if (!grounds.has(one)) {
      const seen = getComputedStyle(one);
      const own = [seen.backgroundColor, seen.backgroundImage, seen.opacity, seen.filter].join();
      const shown = own === 'rgba(0, 0, 0, 0),none,1,none' ? '' : `>${own}`;
      grounds.set(one, ground(one.parentNode) + shown);
    }
    return grounds.get(one);
  };
  // What cannot be used may be faint.
  const idle = (one) => Boolean(
    one.closest(':disabled, [aria-disabled=true]') || one.closest('label')?.control?.disabled);
  for (const one of document.querySelectorAll('body *')) {
    one.removeAttribute('data-new-look');
    const field = one.matches('input, select, textarea, button');
    const speaks = [...one.childNodes].some((part) => part.nodeType === 3 && part.data.trim());
    if (!(field || speaks) || !one.checkVisibility({ visibilityProperty: true })) continue;
    const { color, fontSize, fontWeight, textShadow } = getComputedStyle(one);
    const { width, height } = one.getBoundingClientRect();
    const look = [color, fontSize, fontWeight, textShadow, width > 1 && height > 1,
      field, idle(one), ground(one)].join();
    if (looks.has(look)) continue;
    looks.add(look);
    fresh.push(look);
    one.setAttribute('data-new-look', '');
  }
  return fresh;
}"""
"""By its colours, those of all that is behind it, and its size: hidden words are a look too."""


def mark_new(page: Page, known: set[str]) -> bool:
    """
    Mark the words of the open page whose look is new, and tell whether there are any.

    :param known: the looks there were before; those of here are added
    """
    fresh = page.evaluate(_MARK, sorted(known))
    known.update(fresh)
    return bool(fresh)
