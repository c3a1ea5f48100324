"""What must hold a minute after the last gust, whatever blew."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from functools import partial

import httpx2

from portal.supervisor.say import say
from portal.tests.storms.callers import Caller, Record
from portal.tests.storms.market import DOMAIN, Market
from portal.tests.storms.stage import STEP
from portal.tests.storms.trade import Book

RECOVERY_SECONDS = 60.0
OVER = {"COMPLETED", "PARTLY_COMPLETED", "FAILED"}


def assert_calm(market: Market, book: Book, *, web_was_gone: bool = False) -> None:
    """
    Hold what came of a storm against what was promised, once all of it has settled.

    :param web_was_gone: whether requests may have waited for a new web server, or ended without
        an answer
    """
    began = time.monotonic()
    staff = market.caller("staff", Record())
    try:
        every = looks(market, staff, book)
        # One after the other, so that who asks does not keep from settling; then all at once.
        for asked in (*([look] for look in every), every):
            while left := [trouble for look in asked if (trouble := look())]:
                assert time.monotonic() - began < RECOVERY_SECONDS, "\n".join(left)
                time.sleep(4 * STEP)
        seconds = time.monotonic() - began
        seen = f"{dict(book.record.answers)}, slowest {book.record.slowest:.1f} s"
        say(f"Settled after {seconds:.1f} s; answers {seen}, {len(book.record.dropped)} dropped.")
        assert not book.troubles, book.troubles
        assert not book.record.wrongs, "\n".join(book.record.wrongs)
        if not web_was_gone:
            assert not book.record.dropped, "\n".join(book.record.dropped)
            assert not book.record.late, "\n".join(book.record.late)
        assert_nothing_is_lost_or_doubled(market, staff)
    finally:
        staff.close()
    assert_doctor_is_content(market)


def looks(market: Market, staff: Caller, book: Book) -> list[Callable[[], str]]:
    """Give a look at each thing that must reach a final or live state: it says what has not."""
    return [
        *(partial(_order, staff, order) for order in book.orders),
        *(partial(_rings, market, staff, *rings) for rings in book.rings.items()),
        *(partial(_released, staff, number) for number in book.released),
    ]


def _order(staff: Caller, order: str) -> str:
    shown = staff.get(f"orders/{order}")
    if shown["status"] in OVER:
        return ""
    return f"Order {order} is {shown['status']}: {shown['lines']}"


def _rings(market: Market, staff: Caller, number: str, extension: str) -> str:
    shown = staff.get(f"numbers/{number}")
    bound = shown["binding"] and shown["binding"]["status"] == "BOUND"
    if bound and _route(market, staff, number).endswith(f"{extension}@{DOMAIN}"):
        return ""
    return f"{number} does not ring at {extension}: {shown}"


def _released(staff: Caller, number: str) -> str:
    shown = staff.get(f"numbers/{number}")
    # The carrier sells it again: whatever else it is, it has been bought anew.
    return f"{number} is not released: {shown}" if shown["status"] == "RELEASING" else ""


def _route(market: Market, staff: Caller, number: str) -> str:
    answer = staff.ask("GET", f"pbxs/{market.pbx}/routes/{number}")
    return str(answer.json()["value"]) if answer.status_code == 200 else ""


def assert_nothing_is_lost_or_doubled(market: Market, staff: Caller) -> None:
    """Compare the carriers' purchases with our orders and our stock, number by number."""
    orders = [row for row in staff.every("orders") if row["status"] in OVER]
    bought = Counter(
        line["number"] for row in orders for line in row["lines"] if line["status"] == "BOUGHT"
    )
    with httpx2.Client(base_url=market.stage.sandbox_url, trust_env=False) as sandbox:
        sold = Counter(sandbox.get("/_control/seen").json()["purchases"])
    differs = {number for number in bought | sold if bought[number] != sold[number]}
    assert not differs, f"Ordered and sold differ: {differs}."
    held = {row["number"] for row in staff.every("numbers")}
    assert held <= set(bought), f"Held, but never bought: {held - set(bought)}."
    for number in set(bought) - held:
        shown = staff.get(f"numbers/{number}")
        assert shown["status"] == "RELEASED", f"Bought, but not in the list: {shown}."


def assert_doctor_is_content(market: Market) -> None:
    """Have every invariant checked by the command that an operator would run."""
    answer = market.stage.manage("doctor")
    assert answer.returncode == 0, answer.stdout + answer.stderr
