"""One part at a time goes away under load: nothing is lost or doubled, and nobody has to come."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest
import redis

from portal.tests.storms.callers import LONGEST_ANSWER
from portal.tests.storms.calm import assert_calm
from portal.tests.storms.market import Market
from portal.tests.storms.stage import STEP, SWEEP_SECONDS, wait_for
from portal.tests.storms.trade import Book, trading

# One portal for all of them: they go to the same test process.
pytestmark = [pytest.mark.wire, pytest.mark.storm, pytest.mark.xdist_group("storms")]

WORKERS = ("worker-default", "worker-pbx", "worker-search-1")
POOLS = ("worker-purchase", "worker-default")
PAST_CALL_BEFORE = 6.0
"""Seconds; a claimed purchase may leave for five."""
SOME_SWEEPS = 4 * SWEEP_SECONDS
A_MINUTE_OF_SWEEPS = 12 * SWEEP_SECONDS
"""As many sweeps as are missed in a minute by default."""


def work_goes_on(book: Book) -> None:
    """Wait until some more has been bought than until now."""
    before = len(book.orders)
    wait_for(lambda: bool(book.troubles) or len(book.orders) >= before + 2, what="more orders")


def gone_for(seconds: float) -> None:
    """Let a part be gone for so long: here time itself is what is tried."""
    threading.Event().wait(seconds)


@contextmanager
def stopped(*pids: int) -> Iterator[None]:
    """Stop processes in the middle of whatever they do, and let them go on."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


@contextmanager
def visitor(market: Market) -> Iterator[Counter[str]]:
    """Look at the sign-in page all the time; gives how often it showed what."""
    seen: Counter[str] = Counter()
    over = threading.Event()

    def look() -> None:
        with httpx2.Client(base_url=market.stage.url, timeout=LONGEST_ANSWER) as client:
            while not over.wait(STEP):
                page = client.get("/accounts/login/")
                calm = page.status_code == 503 and "Back in a moment" in page.text
                seen["away" if calm else str(page.status_code)] += 1

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def empty_redis(market: Market) -> None:
    with redis.Redis.from_url(market.stage.environment["REDIS_URL"]) as valkey:
        valkey.flushall()


def test_an_emptied_redis_loses_nothing_and_two_beats_do_nothing_twice(market: Market) -> None:
    with trading(market) as book, market.stage.second_beat():
        for _ in range(2):
            work_goes_on(book)
            empty_redis(market)
        gone_for(SOME_SWEEPS)
        work_goes_on(book)
    assert_calm(market, book)


def test_a_killed_redis_comes_back_empty_and_loses_nothing(market: Market) -> None:
    with trading(market) as book, visitor(market) as seen:
        work_goes_on(book)
        market.stage.kill("valkey")
        work_goes_on(book)
    assert_calm(market, book)
    assert set(seen) <= {"200", "away"}


def test_a_restarted_postgresql_is_reached_again(market: Market) -> None:
    with trading(market) as book, visitor(market) as seen:
        work_goes_on(book)
        before = market.stage.signal("postgres", signal.SIGINT)
        wait_for(
            lambda: market.stage.has_come_back("postgres", before), what="PostgreSQL to come back"
        )
        work_goes_on(book)
    assert_calm(market, book)
    assert set(seen) <= {"200", "away"}


def test_a_killed_postgresql_is_reached_again(market: Market) -> None:
    with trading(market) as book, visitor(market) as seen:
        work_goes_on(book)
        market.stage.kill("postgres")
        work_goes_on(book)
    assert_calm(market, book)
    assert set(seen) <= {"200", "away"}


def test_killed_workers_of_every_kind_are_replaced(market: Market) -> None:
    with trading(market) as book:
        work_goes_on(book)
        for name in WORKERS:
            market.stage.kill(name)
        work_goes_on(book)
        for name in POOLS:
            for pid in market.stage.pool_of(name):
                os.kill(pid, signal.SIGKILL)
        work_goes_on(book)
    assert_calm(market, book)


def test_a_worker_that_slept_past_its_claims_buys_nothing_twice(market: Market) -> None:
    with trading(market) as book:
        work_goes_on(book)
        with stopped(*market.stage.family("worker-purchase")):
            gone_for(PAST_CALL_BEFORE)
        work_goes_on(book)
    assert_calm(market, book)


def test_a_killed_web_server_is_replaced(market: Market) -> None:
    with trading(market) as book:
        work_goes_on(book)
        market.stage.kill("web")
        work_goes_on(book)
    assert_calm(market, book, web_was_gone=True)


def test_what_was_lost_while_beat_was_gone_is_found_once_it_is_back(market: Market) -> None:
    """
    Beat misses twelve sweeps, as in a minute by default; what has an interval of its own, such as
    the seal of every second, misses as many seconds, not a minute. No router runs here: routers
    need no beat to take calls, and what they wait for is published by workers.
    """
    with trading(market) as book:
        with stopped(market.stage.pid("beat")):
            work_goes_on(book)
            empty_redis(market)
            gone_for(A_MINUTE_OF_SWEEPS)
        market.stage.kill("beat")
    assert_calm(market, book)


def test_carriers_that_were_killed_are_asked_again(market: Market) -> None:
    with trading(market) as book:
        work_goes_on(book)
        market.stage.kill("sandbox")
        work_goes_on(book)
    assert_calm(market, book)
