"""The load: people who buy, hand down, claim, assign, move and give back, as long as a storm is."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from portal.tests.storms.callers import Caller, Record
from portal.tests.storms.market import Market

SEARCH_SECONDS = 60.0
WISH = {"country": "US", "type": "LOCAL", "limit": 40}


@dataclass
class Book:
    """What was promised to the clients of one storm, to be compared with what came of it."""

    record: Record = field(default_factory=Record)
    orders: list[str] = field(default_factory=list)
    rings: dict[str, str] = field(default_factory=dict)
    """Numbers that point at an extension since the last word about them."""
    returned: list[str] = field(default_factory=list)
    released: list[str] = field(default_factory=list)
    troubles: list[BaseException] = field(default_factory=list)


class Buyer:
    """The provider's staff: search, order with a plan, submit."""

    def __init__(self, market: Market, book: Book, seed: int) -> None:
        self.market, self.book, self.chance = market, book, random.Random(seed)  # noqa: S311
        self.staff = market.caller("staff", book.record)

    def go_on(self) -> None:
        """Buy one number for the dealer's stock and one for the tenant, ready to ring."""
        offers = self.search()
        if len(offers) < 2:
            # Carriers that do not answer are left alone for a while, by us as well.
            time.sleep(1.0)
            return
        first, second = self.chance.sample(offers, 2)
        plan = {"kind": "EXTENSION", "value": "101"}
        lines = [
            {"offer": first["id"], "holder": self.market.dealer},
            {"offer": second["id"], "holder": self.market.tenant, "destination": plan},
        ]
        order = self.unless_taken("orders", {"lines": lines})
        if order and self.unless_taken(f"orders/{order['id']}/submit", {}):
            self.book.orders.append(order["id"])

    def unless_taken(self, path: str, body: dict[str, object]) -> Any:
        """Post something; None if the other buyer was quicker with one of the numbers."""
        answer = self.staff.ask("POST", path, body=body)
        if answer.status_code == 409:
            assert answer.json()["type"] == "/problems/cannot-order", answer.text
            return None
        assert answer.is_success, answer.text
        return answer.json()

    def search(self) -> list[dict[str, Any]]:
        """Search all carriers; a search during a storm may find less, never end in nothing."""
        asked = self.staff.post("searches", WISH)
        until, after, offers = time.monotonic() + SEARCH_SECONDS, 0, []
        while True:
            page = self.staff.get(f"searches/{asked['id']}", after=after, wait=2)
            offers += page["offers"]
            if page["done"]:
                return offers
            after = page["next"]
            assert time.monotonic() < until, f"A search never ended: {page['carriers']}"


class Dealer:
    """The dealer and its tenant: everything that happens to a number in stock."""

    def __init__(self, market: Market, book: Book, seed: int) -> None:
        self.market, self.book, self.chance = market, book, random.Random(seed)  # noqa: S311
        self.staff = market.caller("staff", book.record)
        self.dealer = market.caller("dealer", book.record)
        self.tenant = market.caller("tenant", book.record)

    def go_on(self) -> None:
        """Take one number of the stock and let it live a part of its life."""
        stock = self.dealer.get("numbers", status="AVAILABLE", limit=100)["results"]
        held = [row["number"] for row in stock if row["holder"]["id"] == self.market.dealer]
        if not held:
            time.sleep(0.1)
            return
        self.chance.choice([self.allot, self.offer, self.give_up])(self.chance.choice(held))

    def allot(self, number: str) -> None:
        """Hand it down, point it somewhere, move it."""
        self.dealer.post(f"numbers/{number}/allot", {"to": self.market.tenant})
        for extension in ("101", "205"):
            self.point(number, extension)

    def offer(self, number: str) -> None:
        """Offer it, have it claimed and moved, then given back."""
        offer = self.dealer.post(f"numbers/{number}/offer", {"to": self.market.tenant})
        wish = {"destination": {"kind": "EXTENSION", "value": "301"}}
        self.tenant.post(f"offers/{offer['id']}/claim", wish)
        self.book.rings[number] = "301"
        self.point(number, "302")
        answer = self.tenant.ask("DELETE", f"numbers/{number}/assignment")
        # A second try after a lost answer finds nothing left to take away.
        assert answer.status_code in {200, 409}, answer.text
        self.book.rings.pop(number)
        self.tenant.post(f"numbers/{number}/give-back")
        self.book.returned.append(number)

    def give_up(self, number: str) -> None:
        """Give it back to the provider, who releases it at its carrier."""
        self.dealer.post(f"numbers/{number}/give-back")
        self.staff.post(f"numbers/{number}/release")
        self.book.released.append(number)

    def point(self, number: str, extension: str) -> None:
        """Have it ring at an extension."""
        wish = {"destination": {"kind": "EXTENSION", "value": extension}}
        answer = self.tenant.ask("PUT", f"numbers/{number}/assignment", body=wish)
        assert answer.status_code == 200, answer.text
        self.book.rings[number] = extension


@contextmanager
def trading(market: Market, *, buyers: int = 2, seed: int = 1) -> Iterator[Book]:
    """Keep a bounded load of real work going; on leaving, everybody finishes what they do."""
    book, over = Book(), threading.Event()
    people: list[Buyer | Dealer] = [Buyer(market, book, seed + place) for place in range(buyers)]
    people.append(Dealer(market, book, seed))
    threads = [
        threading.Thread(target=_keep_on, args=(one.go_on, over, book.troubles)) for one in people
    ]
    for thread in threads:
        thread.start()
    try:
        yield book
    finally:
        over.set()
        for thread in threads:
            thread.join()
        for one in people:
            for caller in vars(one).values():
                if isinstance(caller, Caller):
                    caller.close()


def _keep_on(
    step: Callable[[], None], over: threading.Event, troubles: list[BaseException]
) -> None:
    try:
        while not over.is_set():
            step()
    except BaseException as trouble:  # noqa: BLE001 -- told by the test that waits
        troubles.append(trouble)
