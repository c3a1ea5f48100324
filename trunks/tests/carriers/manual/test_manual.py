"""Carriers by hand answer every write with exactly what a person is to do, and believe nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from lib import business_days
from lib.e164 import E164
from trunks import capabilities, registry
from trunks.by_hand import NeedsPerson
from trunks.carriers.manual.adapter import Manual, SellsByHand
from trunks.carriers.manual.aire_networks import AireNetworks
from trunks.carriers.manual.gamma import Gamma
from trunks.deadlines import Deadline
from trunks.operations import Operation, Way
from trunks.tests.carriers.answering import answering

SLUGS = [
    slug for slug in sorted(registry.CARRIERS) if issubclass(registry.carrier(slug), SellsByHand)
]
NUMBERS = [E164("+441617150001"), E164("+441617150002")]


def asked_to_order(adapter: type[SellsByHand]) -> NeedsPerson:
    """Give what a person is asked who orders there; nothing is sent."""
    carrier, seen = answering(adapter, {}, ())
    with pytest.raises(NeedsPerson) as caught:
        carrier.order(NUMBERS, reference="REF-1", binding="EP-1", deadline=Deadline(1))
    assert seen == []
    return caught.value


def by_hand(slug: str) -> type[SellsByHand]:
    """Give an adapter by hand."""
    adapter = registry.carrier(slug)
    assert issubclass(adapter, SellsByHand)
    return adapter


@pytest.mark.parametrize("slug", SLUGS)
class TestEach:
    def test_is_worked_by_people_alone(self, slug: str) -> None:
        assert capabilities.works_by_hand(by_hand(slug))
        assert by_hand(slug).needed_credentials == ()

    def test_asks_for_an_order_with_all_that_it_takes(self, slug: str) -> None:
        ask = asked_to_order(by_hand(slug))

        assert ask.operation == Operation.ORDER
        assert ask.payload["numbers"] == NUMBERS
        for said in (*NUMBERS, "REF-1", "EP-1"):
            assert said in ask.text
        assert len(set(by_hand(slug).refusal_codes)) == len(by_hand(slug).refusal_codes)

    def test_asks_for_everything_else_by_a_person_too(self, slug: str) -> None:
        carrier, seen = answering(by_hand(slug), {}, ())
        number, deadline = NUMBERS[0], Deadline(1)
        works: list[Callable[[], object]] = [
            lambda: carrier.find_order(reference="R", numbers=NUMBERS, deadline=deadline),
            lambda: carrier.release(number, carrier_reference="D-1", deadline=deadline),
        ]
        if isinstance(carrier, Manual):
            works += [
                lambda: carrier.bind(
                    number, carrier_reference="D-1", trunk_reference="EP-2", deadline=deadline
                ),
                lambda: carrier.binding_of(number, carrier_reference="D-1", deadline=deadline),
            ]
        for work in works:
            with pytest.raises(NeedsPerson) as caught:
                work()
            assert number in caught.value.text
        assert seen == []

    def test_has_a_calendar_that_is_known(self, slug: str) -> None:
        new_year = date(2027, 1, 1)
        known = by_hand(slug).calendar
        assert business_days.is_business_day(new_year, calendar=known) == (not known)


def test_gamma_writes_numbers_as_its_portal_does_too() -> None:
    assert "+441617150001 (0161 715 0001)" in asked_to_order(Gamma).text


def test_calls_are_routed_to_every_one_but_aire_networks() -> None:
    never = [
        slug
        for slug in SLUGS
        if capabilities.way(registry.carrier(slug), Operation.ROUTE) == Way.NONE
    ]

    assert never == ["aire_networks"]
    assert capabilities.why_not(AireNetworks, Operation.ROUTE) == (
        "Its trunks carry messages only: calls are never sent to it."
    )
