"""The fictional numbers: only from ranges that no one can own, and the same in every run."""

from __future__ import annotations

import re

from sandbox.app import Sandbox
from sandbox.stock.areas import GREAT_BRITAIN
from sandbox.telnyx import stock as telnyx_stock
from sandbox.twilio import stock as twilio_stock


class TestShelf:
    def test_sells_only_numbers_set_aside_for_fiction(self, sandbox: Sandbox) -> None:
        drama = tuple(f"+44{part.prefix}" for part in GREAT_BRITAIN)
        for carrier in sandbox.carriers.values():
            for number in carrier.shelf.articles:
                assert re.fullmatch(r"\+1\d{3}5550\d{3}", number) or number.startswith(drama)

    def test_has_thousands_and_shares_none(self, sandbox: Sandbox) -> None:
        shelves = [set(carrier.shelf.articles) for carrier in sandbox.carriers.values()]
        assert min(map(len, shelves)) > 3000
        assert sum(map(len, shelves)) == len(set().union(*shelves))

    def test_offers_in_an_order_that_the_seed_decides(self) -> None:
        first, again = (list(telnyx_stock.shelf(1).articles) for _ in range(2))
        assert first == again
        assert first != list(telnyx_stock.shelf(2).articles)

    def test_covers_every_kind_in_britain(self) -> None:
        assert twilio_stock.shelf(1).countries()["GB"] == (
            *("local", "mobile"),
            *("national", "toll_free"),
        )


def test_no_two_carriers_call_from_one_address(sandbox: Sandbox) -> None:
    addresses = [carrier.source_address for carrier in sandbox.carriers.values()]
    assert len(set(addresses)) == len(addresses)
