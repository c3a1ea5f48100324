from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.tests.cast import Cast
from dids.models import RequirementList
from dids.picking import Candidate, candidates_of, pick
from dids.tests.factories import make_found_offer, make_search
from trunks.tests.factories import make_carrier_account

FIRST = 14155550100


def offered(*lasts: int, account: int = 1, cost: str | None = "1") -> list[Candidate]:
    amount = None if cost is None else Decimal(cost)
    return [Candidate(uuid4(), f"+{FIRST + last}", account, amount) for last in lasts]


def lasts(picked: object) -> list[list[int]]:
    return [[one.value - FIRST for one in run] for run in picked.runs]  # type: ignore[attr-defined]


class TestPick:
    def test_takes_the_longest_run_first(self) -> None:
        picked = pick(offered(1, 2, 10, 11, 12, 20), count=4, consecutive=True)
        assert lasts(picked) == [[10, 11, 12], [1]]
        assert str(picked) == "All 4, one run of 3"

    def test_takes_the_cheapest_part_of_what_is_long_enough(self) -> None:
        dear = offered(*range(10), cost="9")
        mixed = [*offered(50, 51, account=2), *offered(52, 53, account=2, cost="0.5")]
        picked = pick([*dear, *mixed], count=2, consecutive=True)
        assert lasts(picked) == [[52, 53]]

    def test_makes_no_run_of_two_accounts(self) -> None:
        both = [*offered(1, 3), *offered(2, account=2)]
        picked = pick(both, count=3, consecutive=True)
        assert str(picked) == "All 3, none of them consecutive"

    def test_says_what_is_missing(self) -> None:
        picked = pick(offered(*range(20), *range(30, 54, 2)), count=50, consecutive=True)
        assert str(picked) == "32 of 50, one run of 20"

    def test_takes_the_cheapest_where_runs_do_not_matter(self) -> None:
        both = [*offered(1, 2, 3), *offered(9, account=2, cost="0.2"), *offered(5, cost=None)]
        assert lasts(pick(both, count=2, consecutive=False)) == [[1], [9]]

    def test_takes_what_costs_nobody_knows_what_only_last(self) -> None:
        both = [*offered(1, cost=None), *offered(5, cost="99")]
        assert lasts(pick(both, count=1, consecutive=True)) == [[5]]
        assert len(pick(both, count=2, consecutive=True).offers) == 2

    def test_takes_a_number_of_two_accounts_once_from_the_cheaper(self) -> None:
        both = [*offered(1, cost="2"), *offered(1, account=2, cost="1")]
        (run,) = pick(both, count=2, consecutive=True).runs
        assert [one.account for one in run] == [2]

    @given(
        st.lists(st.tuples(st.integers(0, 40), st.integers(1, 3), st.integers(0, 3))),
        st.integers(1, 30),
        st.booleans(),
    )
    def test_never_takes_too_many_nor_a_number_twice(
        self, found: list[tuple[int, int, int]], count: int, consecutive: bool
    ) -> None:
        there = [
            one for last, by, cost in found for one in offered(last, account=by, cost=f"{cost}")
        ]
        picked = pick(there, count=count, consecutive=consecutive)
        numbers = [one.e164 for run in picked.runs for one in run]
        assert len(numbers) == len(set(numbers)) == min(count, len({one.e164 for one in there}))
        for run in picked.runs:
            values = [one.value for one in run]
            assert values == list(range(values[0], values[0] + len(run)))
            assert len({one.account for one in run}) == 1


@pytest.mark.django_db
class TestCandidatesOf:
    def test_leaves_out_what_cannot_be_ordered_and_counts_in_one_currency(self, cast: Cast) -> None:
        search = make_search()
        search.currency = "USD"
        search.rates = {"EUR": {"rate": "2", "on": "2026-11-20", "via": ""}}
        search.save()
        euro = make_found_offer(search=search, currency="EUR", setup="0", monthly="1")
        deaf = make_carrier_account(carrier="vonage", credentials={})
        make_found_offer(search=search, needs_documents=True, account=deaf)
        franc = make_found_offer(search=search, currency="CHF")
        costs = {one.offer: one.cost for one in candidates_of(search)}
        assert costs == {euro.uuid: Decimal("24.00"), franc.uuid: None}

    def test_takes_what_needs_documents_where_they_can_be_handed_in(self, cast: Cast) -> None:
        search = make_search()
        telnyx = make_carrier_account(carrier="telnyx")
        offer = make_found_offer(search=search, needs_documents=True, account=telnyx)
        RequirementList.objects.create(
            carrier_account=telnyx, country=offer.country, type=offer.type, asked_at=timezone.now()
        )
        assert [one.offer for one in candidates_of(search)] == [offer.uuid]
