"""Eight programs at once at one live portal: exact outcomes, with one key and with eight."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest

from portal.tests.storms.callers import Caller, Record
from portal.tests.storms.calm import assert_nothing_is_lost_or_doubled
from portal.tests.storms.market import DOMAIN, Market
from portal.tests.storms.stage import wait_for
from portal.tests.storms.trade import Book, Buyer

# One portal for all of them: they go to the same test process.
pytestmark = [pytest.mark.wire, pytest.mark.storm, pytest.mark.xdist_group("storms")]

EIGHT = 8
Ask = Callable[[Caller, int], httpx2.Response]


@contextmanager
def crowd(market: Market, who: str) -> Iterator[list[Caller]]:
    """Let eight programs speak for the same organization."""
    callers = [market.caller(who, Record()) for _ in range(EIGHT)]
    try:
        yield callers
    finally:
        for caller in callers:
            caller.close()


def at_once(callers: list[Caller], ask: Ask) -> list[httpx2.Response]:
    """Have all of them ask at the same moment."""
    with ThreadPoolExecutor(len(callers)) as pool:
        return list(pool.map(ask, callers, range(len(callers))))


def until_told(caller: Caller, path: str, body: dict[str, Any], key: str) -> httpx2.Response:
    """Post with a key; while the first request with it still runs, ask again."""
    while True:
        answer = caller.ask("POST", path, body=body, key=key)
        if answer.status_code != 409 or answer.json()["type"] != "/problems/conflict":
            return answer
        time.sleep(0.02)


def offers(market: Market, count: int) -> list[dict[str, Any]]:
    """Find numbers that a carrier sells."""
    buyer = Buyer(market, Book(), 1)
    found = buyer.search()
    buyer.staff.close()
    assert len(found) >= count
    return found[:count]


def draft(caller: Caller, offer: dict[str, Any], holder: str) -> str:
    """Make the preview of an order for one number."""
    order = caller.post("orders", {"lines": [{"offer": offer["id"], "holder": holder}]})
    return str(order["id"])


def wait_until_over(caller: Caller, order: str) -> list[dict[str, Any]]:
    """Wait until an order is done; gives its lines."""
    wait_for(
        lambda: caller.get(f"orders/{order}")["status"] not in {"DRAFT", "SUBMITTED"},
        what=f"order {order}",
    )
    lines: list[dict[str, Any]] = caller.get(f"orders/{order}")["lines"]
    return lines


def bought(market: Market, callers: list[Caller]) -> str:
    """Buy one number for the dealer's stock."""
    (offer,) = offers(market, 1)
    order = draft(callers[0], offer, market.dealer)
    callers[0].post(f"orders/{order}/submit")
    (line,) = wait_until_over(callers[0], order)
    assert line["status"] == "BOUGHT"
    return str(line["number"])


def offered(market: Market, number: str) -> str:
    """Offer a number of the dealer to its tenant."""
    with crowd(market, "dealer") as callers:
        return str(callers[0].post(f"numbers/{number}/offer", {"to": market.tenant})["id"])


class TestBuying:
    def test_one_order_with_one_key_is_submitted_once_and_answered_eight_times(
        self, market: Market
    ) -> None:
        with crowd(market, "staff") as callers:
            (offer,) = offers(market, 1)
            order, key = draft(callers[0], offer, market.dealer), str(uuid.uuid4())
            answers = at_once(
                callers, lambda caller, _: until_told(caller, f"orders/{order}/submit", {}, key)
            )
            (line,) = wait_until_over(callers[0], order)
            assert_nothing_is_lost_or_doubled(market, callers[0])

        assert {answer.status_code for answer in answers} == {202}
        assert len({answer.text for answer in answers}) == 1
        assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == EIGHT - 1
        assert line["status"] == "BOUGHT"

    def test_one_order_with_eight_keys_is_submitted_once_and_refused_seven_times(
        self, market: Market
    ) -> None:
        with crowd(market, "staff") as callers:
            (offer,) = offers(market, 1)
            order = draft(callers[0], offer, market.dealer)
            answers = at_once(
                callers, lambda caller, _: caller.ask("POST", f"orders/{order}/submit", body={})
            )
            (line,) = wait_until_over(callers[0], order)
            assert_nothing_is_lost_or_doubled(market, callers[0])

        assert Counter(answer.status_code for answer in answers) == {202: 1, 409: EIGHT - 1}
        assert line["status"] == "BOUGHT"

    def test_one_number_in_eight_orders_is_bought_once(self, market: Market) -> None:
        with crowd(market, "staff") as callers:
            (offer,) = offers(market, 1)
            orders = [draft(caller, offer, market.dealer) for caller in callers]
            answers = at_once(
                callers,
                lambda caller, place: caller.ask("POST", f"orders/{orders[place]}/submit", body={}),
            )
            taken = [
                wait_until_over(callers[0], order)[0]["status"]
                for order, answer in zip(orders, answers, strict=True)
                if answer.status_code == 202
            ]
            assert_nothing_is_lost_or_doubled(market, callers[0])

        assert Counter(taken)["BOUGHT"] == 1
        assert {answer.status_code for answer in answers} <= {202, 409}


class TestClaiming:
    def test_one_offer_with_eight_keys_is_claimed_once(self, market: Market) -> None:
        with crowd(market, "staff") as callers:
            offer = offered(market, bought(market, callers))
        with crowd(market, "tenant") as callers:
            answers = at_once(
                callers, lambda caller, _: caller.ask("POST", f"offers/{offer}/claim", body={})
            )

        assert Counter(answer.status_code for answer in answers) == {200: 1, 409: EIGHT - 1}

    def test_one_offer_with_one_key_is_claimed_once_and_answered_eight_times(
        self, market: Market
    ) -> None:
        key = str(uuid.uuid4())
        with crowd(market, "staff") as callers:
            offer = offered(market, bought(market, callers))
        with crowd(market, "tenant") as callers:
            answers = at_once(
                callers, lambda caller, _: until_told(caller, f"offers/{offer}/claim", {}, key)
            )

        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.text for answer in answers}) == 1


class TestAssigning:
    def test_one_number_rings_where_the_last_of_eight_pointed_it(self, market: Market) -> None:
        with crowd(market, "staff") as callers:
            number = bought(market, callers)
        with crowd(market, "dealer") as callers:
            callers[0].post(f"numbers/{number}/allot", {"to": market.tenant})
        with crowd(market, "tenant") as callers:
            answers = at_once(
                callers,
                lambda caller, place: caller.ask(
                    "PUT",
                    f"numbers/{number}/assignment",
                    body={"destination": {"kind": "EXTENSION", "value": str(400 + place)}},
                ),
            )
            last = callers[0].get(f"numbers/{number}")["assignment"]["destination"]["value"]

        assert {answer.status_code for answer in answers} == {200}
        with crowd(market, "staff") as callers:
            path = f"pbxs/{market.pbx}/routes/{number}"

            def rings() -> bool:
                answer = callers[0].ask("GET", path)
                return answer.status_code == 200 and answer.json()["value"].endswith(
                    f"{last}@{DOMAIN}"
                )

            wait_for(rings, what=f"{number} to ring at {last}")
