"""Offers that differ by their digits alone are folded; none of them is lost or moved."""

from __future__ import annotations

from typing import Any, cast

from dids.search_stream import StreamedOffer
from portal.web.offer_runs import runs


def _offers(account: str, count: int, cost: str | None = "10.60") -> list[StreamedOffer]:
    made: list[dict[str, Any]] = [
        {"id": f"{account}{place}", "carrier_account": account, "cost": cost, "total": cost}
        for place in range(count)
    ]
    return cast(list[StreamedOffer], made)


def test_a_long_run_shows_its_first_and_keeps_the_order() -> None:
    offers = [*_offers("a", 20), *_offers("b", 2), *_offers("a", 1, "12")]

    parted = runs(offers)

    assert [(len(run.shown), len(run.folded)) for run in parted] == [(3, 17), (2, 0), (1, 0)]
    assert [one for run in parted for one in (*run.shown, *run.folded)] == offers


def test_two_more_are_not_worth_folding() -> None:
    (run,) = runs(_offers("a", 5))

    assert len(run.shown) == 5


def test_is_named_within_a_page_as_a_selector_may_be() -> None:
    keys = [run.key for run in runs([*_offers("a", 1), *_offers("a", 1, None)])]

    assert keys == ["a-10-60", "a-"]
