"""
What every adapter must keep, role by role, whatever the carrier is like.

The tests of an adapter inherit `CarrierConformance` and the class of each role that it plays; the
carrier is the sandbox behind the client of production. A new adapter passes these before anything
else is said about it.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from types import ModuleType
from typing import Any, ClassVar, TypeVar
from uuid import uuid4

import httpx2
import pytest

from lib.e164 import E164, DidFormat, in_format, is_e164
from trunks import roles
from trunks.addresses import PARTS, Address, EmergencyState
from trunks.deadlines import Deadline
from trunks.errors import Misconfigured, OutcomeUnknown, Reason, Rejected, Unavailable
from trunks.features import CallerNames, Stage, Standing
from trunks.messaging import BrandSpec, CampaignSpec
from trunks.numbering import TOLL_FREE_CODES, Capability, NumberType
from trunks.offers import (
    GatewaySpec,
    Hold,
    LineStatus,
    OrderedNumber,
    PlacedOrder,
    TrunkSpec,
    Wanted,
)
from trunks.operations import Operation, Whole
from trunks.regulation import Asks, Dossier, File, PostalAddress, Requirement
from trunks.tests.carriers.at_once import Between, Change
from trunks.tests.carriers.sandbox import CarrierSandbox
from trunks.toll_free import VerificationSpec
from trunks.transport import new_client

R = TypeVar("R")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SEEDS = range(4)
"""Each of them spoils answers in another way."""
TIRELESS = 100
"""More often than anything is repeated."""
WEBHOOKS = "https://portal.example/webhooks/1"
PASSWORD = "4r=h;EaCB85QNtr2"
"""With which we register at a trunk."""


def soon() -> Deadline:
    """Give an operation ten seconds."""
    return Deadline(10)


class Cut(httpx2.BaseTransport):
    """A network that loses the answer of the nth write, after it has had its effect."""

    def __init__(
        self, inner: httpx2.BaseTransport, nth: int, writes: Callable[[httpx2.Request], bool]
    ) -> None:
        self.inner = inner
        self.left = nth
        self.writes = writes

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Pass the request on, and its answer unless it is the one to lose."""
        answer = self.inner.handle_request(request)
        if self.writes(request):
            self.left -= 1
            if self.left == 0:
                raise httpx2.ReadTimeout("The answer was lost.", request=request)
        return answer


class CarrierConformance:
    """What the tests of one adapter have to say about it."""

    slug: ClassVar[str]
    wanted: ClassVar[Wanted]
    """Something of which the sandbox has at least six."""
    payloads: ClassVar[ModuleType]
    """The module whose LARGEST_PAGE says how much a list gives at once, where it has pages."""
    told_prices: ClassVar[tuple[str, ...]] = ("setup", "monthly")
    """What the search says of what a number costs."""
    lists_our_reference: ClassVar[bool] = True
    """Whether what is ours is listed with our reference."""
    finds_by_reference: ClassVar[bool] = True
    """Whether an order can be told from another one of the same number."""
    keeps_trunks: ClassVar[bool] = True
    """Whether a trunk is an object at the carrier, not only what is written on each number."""
    currency: ClassVar[str] = "USD"
    """In which the carrier counts."""
    smallest_page: ClassVar[int] = 2
    """How many entries the page of a list has at least, where it may not be told to have two."""
    tells_orders_by_word: ClassVar[bool] = True
    """Whether a word in the answer to an order says what has become of it."""
    believes_empty_answers: ClassVar[bool] = False
    """Whether the carrier answers nothing at all where an order was done."""
    writes_per_order: ClassVar[int] = 1
    """How many writes an order is, where what comes before the one that buys costs nothing."""
    own_pause: ClassVar[float | None] = None
    """How many seconds the adapter waits where the carrier asks for a rest and names no time."""

    @pytest.fixture
    def sandbox(self) -> Iterator[CarrierSandbox]:
        """Give a sandbox in which an order is settled at once."""
        sandbox = CarrierSandbox()
        sandbox.transport = self.watched(sandbox.transport)
        yield sandbox
        sandbox.close()
        assert sandbox.secrets_kept() == [], "Nothing that is kept of a call tells a secret."

    @pytest.fixture
    def account(self, sandbox: CarrierSandbox) -> Any:
        """Open an account with money on it."""
        return sandbox.account(self.slug, webhook_url=WEBHOOKS)

    @pytest.fixture
    def carrier(self, sandbox: CarrierSandbox, account: Any) -> Any:
        """Give the adapter of that account; roles are checked by what it is used for."""
        return sandbox.adapter_for(self.slug, account["credentials"], webhook_url=WEBHOOKS)

    def watched(self, transport: httpx2.BaseTransport) -> httpx2.BaseTransport:
        """Let a subclass look at everything that passes."""
        return transport

    def writes(self, request: httpx2.Request) -> bool:
        """Tell whether a request changes anything at the carrier."""
        return request.method != "GET"

    def wrong(self, account: Any, carrier: Any) -> dict[str, str]:
        """Give the credentials of an account with secrets that are none."""
        return {
            key: value if key in carrier.open_credentials else value[:-4] + "0000"
            for key, value in account["credentials"].items()
        }

    def spoilt(
        self, sandbox: CarrierSandbox, operation: str, kind: str, **more: float
    ) -> Iterator[int]:
        """Spoil answers in one way after the other; an empty operation is any."""
        for seed in SEEDS:
            sandbox.fault(self.slug, operation, kind, seed=seed, **more)
            yield seed
            sandbox.no_more_faults()

    def found(self, carrier: Any, count: int = 1) -> list[E164]:
        """Find numbers to buy."""
        offers = carrier.search(self.wanted, deadline=soon())
        return [offer.number for offer in offers[:count]]

    def buy(self, carrier: Any, numbers: list[E164], *, binding: str = "") -> str:
        """Buy numbers as dids does, order by order; gives the last order's reference."""
        reference = ""
        for start in range(0, len(numbers), carrier.numbers_per_order):
            part = numbers[start : start + carrier.numbers_per_order]
            reference = str(uuid4())
            carrier.order(part, reference=reference, binding=binding, deadline=soon())
            lines = self.settled(carrier, part, reference).numbers
            assert {line.status for line in lines} == {LineStatus.BOUGHT}
        return reference

    def settled(self, carrier: Any, numbers: list[E164], reference: str) -> PlacedOrder:
        """Look an order up until the carrier has decided about it."""
        for _ in range(100):
            order: PlacedOrder | None = carrier.find_order(
                reference=reference, numbers=numbers, deadline=soon()
            )
            assert order is not None
            if all(line.status is not LineStatus.PENDING for line in order.numbers):
                return order
            time.sleep(0.02)
        raise AssertionError("The order stays pending.")

    def outcome(self, carrier: Any, number: E164) -> OrderedNumber | Rejected:
        """Order one number, however the carrier says no."""
        reference = str(uuid4())
        try:
            placed = carrier.order([number], reference=reference, binding="", deadline=soon())
        except Rejected as refusal:
            return refusal
        (line,) = placed.numbers
        if line.status is LineStatus.PENDING:
            (line,) = self.settled(carrier, [number], reference).numbers
        return line  # type: ignore[no-any-return]

    def assert_gone(self, outcome: OrderedNumber | Rejected) -> None:
        """Take either way in which carriers say it: at once, or on the line."""
        if isinstance(outcome, Rejected):
            assert outcome.reason is Reason.NUMBER_GONE
        else:
            assert outcome.status is LineStatus.FAILED
            assert outcome.reason

    def test_every_role_is_tested(self, carrier: Any) -> None:
        families = (roles.Carrier, roles.SearchesNumbers, roles.JoinsCampaigns)
        known = [role for family in families for role in family.__subclasses__()]
        played = {
            role.__name__
            for role in known
            if role.__module__ == roles.__name__ and isinstance(carrier, role)
        }
        tested = {base.__name__.removesuffix("Conformance") for base in type(self).__mro__}

        assert played - tested == set()

    def test_says_which_credentials_it_needs(self, account: Any, carrier: Any) -> None:
        assert set(carrier.needed_credentials) == set(account["credentials"])
        assert set(carrier.open_credentials) < set(carrier.needed_credentials)


class SearchesNumbersConformance(CarrierConformance):
    """Search."""

    def test_finds_what_was_asked_for(self, carrier: Any) -> None:
        offers = carrier.search(self.wanted, deadline=soon())

        assert 6 <= len(offers) <= self.wanted.limit
        for offer in offers:
            assert (offer.country, offer.type) == (self.wanted.country, self.wanted.type)
            assert Capability.VOICE in offer.capabilities
            told = {name for name in ("setup", "monthly") if getattr(offer, name) is not None}
            assert told == set(self.told_prices)

    def test_writes_numbers_and_prices_as_we_do(
        self, sandbox: CarrierSandbox, carrier: Any
    ) -> None:
        for offer in carrier.search(self.wanted, deadline=soon()):
            assert is_e164(offer.number)
            article = sandbox.article(self.slug, offer.number)
            for name in self.told_prices:
                price = getattr(offer, name)
                assert isinstance(price.amount, Decimal)
                # Not every carrier asks more for what is easy to remember.
                told = {getattr(article, name), getattr(article, name) / 2}
                assert (price.amount in told, price.currency) == (True, self.currency)

    def test_finds_no_more_than_are_wanted(self, carrier: Any) -> None:
        few = replace(self.wanted, limit=self.smallest_page)

        assert len(carrier.search(few, deadline=soon())) == self.smallest_page

    def test_finds_only_what_can_do_what_is_wanted(self, carrier: Any) -> None:
        for capability in Capability:
            able = replace(self.wanted, capabilities=frozenset({capability}))
            offers = carrier.search(able, deadline=soon())
            assert all(capability in offer.capabilities for offer in offers)

    def test_finds_only_the_type_that_is_wanted(self, carrier: Any) -> None:
        for type_ in NumberType:
            place = "" if type_ is NumberType.TOLL_FREE else self.wanted.area_code
            wanted = Wanted(country="US", type=type_, area_code=place)
            for offer in carrier.search(wanted, deadline=soon()):
                is_free = in_format(offer.number, DidFormat.NATIONAL)[:3] in TOLL_FREE_CODES
                assert (offer.type, is_free) == (type_, type_ is NumberType.TOLL_FREE)

    def test_what_cannot_be_read_is_not_taken_for_nothing(
        self, sandbox: CarrierSandbox, carrier: Any
    ) -> None:
        for _ in self.spoilt(sandbox, "search", "garbage", times=TIRELESS):
            with pytest.raises(Unavailable):
                carrier.search(self.wanted, deadline=soon())

    def test_keeps_to_the_digits_asked_for(self, carrier: Any) -> None:
        number = self.found(carrier)[0]
        offers = carrier.search(replace(self.wanted, contains=number[-4:]), deadline=soon())

        assert number in {offer.number for offer in offers}
        assert all(number[-4:] in offer.number for offer in offers)

    def test_finds_nothing_without_an_error(self, carrier: Any) -> None:
        nowhere = Wanted(country=self.wanted.country, locality="Atlantis")

        assert carrier.search(nowhere, deadline=soon()) == []

    def test_wrong_credentials_need_a_person(
        self, sandbox: CarrierSandbox, account: Any, carrier: Any
    ) -> None:
        wrong = self.wrong(account, carrier)
        carrier = sandbox.adapter_for(self.slug, wrong)

        with pytest.raises(Misconfigured) as caught:
            carrier.search(self.wanted, deadline=soon())
        assert all(value not in str(caught.value) for value in wrong.values())

    def test_a_read_is_repeated(self, sandbox: CarrierSandbox, carrier: Any) -> None:
        sandbox.fault(self.slug, "search", "timeout_before")

        assert self.found(carrier)
        assert sandbox.seen(self.slug)["search"] == 2

    def test_a_read_is_not_repeated_for_ever(self, sandbox: CarrierSandbox, carrier: Any) -> None:
        sandbox.fault(self.slug, "search", "timeout_before", times=3)

        with pytest.raises(Unavailable):
            self.found(carrier)
        assert sandbox.seen(self.slug)["search"] == 3

    def test_asked_to_slow_down_it_does_not_insist(
        self, sandbox: CarrierSandbox, carrier: Any
    ) -> None:
        sandbox.fault(self.slug, "search", "rate_limited", seconds=7)

        with pytest.raises(Unavailable) as caught:
            self.found(carrier)
        assert caught.value.retry_after in (7, self.own_pause)
        assert sandbox.seen(self.slug)["search"] == 1

    def test_nothing_is_sent_when_the_time_is_used_up(
        self, sandbox: CarrierSandbox, carrier: Any
    ) -> None:
        with pytest.raises(Unavailable):
            carrier.search(self.wanted, deadline=Deadline(0))
        assert sandbox.seen(self.slug) == {}


class LooksAgainConformance(SearchesNumbersConformance):
    """Looks for one number."""

    def test_finds_one_number_until_somebody_bought_it(
        self, sandbox: CarrierSandbox, carrier: Any
    ) -> None:
        found = carrier.search(self.wanted, deadline=soon())[0]
        kind = {"country": found.country, "type_": found.type}

        again = carrier.for_sale(found.number, **kind, deadline=soon())
        assert (again.number, again.setup, again.monthly) == (
            found.number,
            found.setup,
            found.monthly,
        )

        other = sandbox.adapter_for(self.slug, sandbox.account(self.slug)["credentials"])
        self.buy(other, [found.number])
        assert carrier.for_sale(found.number, **kind, deadline=soon()) is None


class HoldsNumbersConformance(CarrierConformance):
    """Holds."""

    def held(self, carrier: Any, numbers: list[E164]) -> list[Hold]:
        """Hold numbers, in as few writes as the carrier takes."""
        most = carrier.numbers_per_hold
        return [
            carrier.hold(numbers[start : start + most], reference=str(uuid4()), deadline=soon())
            for start in range(0, len(numbers), most)
        ]

    def test_holds_numbers_and_finds_the_hold_again(self, carrier: Any) -> None:
        numbers = self.found(carrier, min(2, carrier.numbers_per_hold))
        reference = str(uuid4())

        hold = carrier.hold(numbers, reference=reference, deadline=soon())

        assert set(hold.numbers) == set(numbers)
        assert hold.until.timestamp() > time.time()
        self.assert_same(carrier.read_hold(hold.carrier_reference, deadline=soon()), hold)
        assert carrier.read_hold(str(uuid4()), deadline=soon()) is None
        assert carrier.find_hold(reference=str(uuid4()), deadline=soon()) is None
        found = carrier.find_hold(reference=reference, deadline=soon())
        if carrier.finds_holds:
            self.assert_same(found, hold)
        else:
            assert found is None

    def assert_same(self, there: Hold | None, hold: Hold) -> None:
        """Take the same hold, whose end some carriers tell as seconds that are left."""
        assert there is not None
        assert there.until is not None
        assert hold.until is not None
        assert abs(there.until - hold.until) < timedelta(seconds=5)
        assert replace(there, until=hold.until) == hold

    def test_what_somebody_else_holds_we_can_neither_hold_nor_buy(
        self, sandbox: CarrierSandbox, carrier: Any
    ) -> None:
        taken, free = self.found(carrier, 2)
        other: Any = sandbox.adapter(self.slug)
        other.hold([taken], reference=str(uuid4()), deadline=soon())

        holds = self.held(carrier, [taken, free])
        nothing = carrier.hold([taken], reference=str(uuid4()), deadline=soon())

        assert [number for hold in holds for number in hold.numbers] == [free]
        assert (nothing.numbers, nothing.until) == ((), None)
        self.assert_gone(self.outcome(carrier, taken))
        assert sandbox.purchases() == {}

    def test_what_we_hold_we_can_buy(self, sandbox: CarrierSandbox, carrier: Any) -> None:
        (number,) = self.found(carrier)
        carrier.hold([number], reference=str(uuid4()), deadline=soon())

        self.buy(carrier, [number])

        assert sandbox.purchases() == {number: 1}

    def test_a_hold_whose_answer_was_lost_is_found_where_it_can_be(
        self, sandbox: CarrierSandbox, carrier: Any
    ) -> None:
        (number,) = self.found(carrier)
        reference = str(uuid4())
        sandbox.fault(self.slug, "hold", "timeout_after")

        with pytest.raises(OutcomeUnknown):
            carrier.hold([number], reference=reference, deadline=soon())
        there = carrier.find_hold(reference=reference, deadline=soon())
        assert (there is not None and there.numbers == (number,)) is carrier.finds_holds
        assert sandbox.seen(self.slug)["hold"] == 1


class SellsNumbersConformance(CarrierConformance):
    """Order, find, release."""

    def test_buys_and_finds_the_order_by_our_reference(
        self, sandbox: CarrierSandbox, carrier: Any
    ) -> None:
        (number,) = self.found(carrier)
        reference = self.buy(carrier, [number])

        (line,) = carrier.find_order(reference=reference, numbers=[number], deadline=soon()).numbers
        assert (line.number, line.status) == (number, LineStatus.BOUGHT)
        assert sandbox.purchases() == {number: 1}

    def test_a_bought_number_is_named_as_the_list_names_it(self, carrier: Any) -> None:
        (number,) = self.found(carrier)
        reference = self.buy(carrier, [number])

        (line,) = carrier.find_order(reference=reference, numbers=[number], deadline=soon()).numbers
        mine = carrier.owned_number(number, deadline=soon())
        assert line.carrier_reference == mine.carrier_reference
        assert mine.our_reference == (reference if self.lists_our_reference else "")

    def test_an_order_that_was_never_placed_is_not_found(self, carrier: Any) -> None:
        numbers = self.found(carrier)

        assert carrier.find_order(reference=str(uuid4()), numbers=numbers, deadline=soon()) is None

    def test_the_order_of_somebody_else_is_not_ours(self, carrier: Any) -> None:
        (number,) = self.found(carrier)
        self.buy(carrier, [number])

        mine = carrier.find_order(reference=str(uuid4()), numbers=[number], deadline=soon())
        # Where nothing keeps our reference, that the number is ours is all that can be told.
        assert (mine is None) is self.finds_by_reference

    def test_a_number_is_not_bought_twice(self, sandbox: CarrierSandbox, carrier: Any) -> None:
        (number,) = self.found(carrier)
        self.buy(carrier, [number])

        self.assert_gone(self.outcome(carrier, number))
        assert sandbox.purchases() == {number: 1}

    def test_a_number_that_is_gone_is_told_so(self, sandbox: CarrierSandbox, carrier: Any) -> None:
        (number,) = self.found(carrier)
        sandbox.fault(self.slug, "order", "number_gone")

        self.assert_gone(self.outcome(carrier, number))
        assert sandbox.purchases() == {}

    def test_without_money_nothing_is_bought(self, sandbox: CarrierSandbox, carrier: Any) -> None:
        (number,) = self.found(carrier)
        poor = sandbox.adapter(self.slug, balance="0.00")

        outcome = self.outcome(poor, number)
        if isinstance(outcome, Rejected):
            assert outcome.reason is Reason.NO_FUNDS
        else:
            assert outcome.status is LineStatus.FAILED
        assert sandbox.purchases() == {}

    def test_a_lost_answer_leaves_the_outcome_unknown_until_looked_up(
        self, sandbox: CarrierSandbox, carrier: Any
    ) -> None:
        (number,) = self.found(carrier)
        reference = str(uuid4())
        sandbox.fault(self.slug, "order", "timeout_after")

        with pytest.raises(OutcomeUnknown):
            carrier.order([number], reference=reference, binding="", deadline=soon())
        (line,) = self.settled(carrier, [number], reference).numbers
        assert line.status is LineStatus.BOUGHT
        assert sandbox.purchases() == {number: 1}
        assert sandbox.seen(self.slug)["order"] == 1

    def test_an_answer_that_cannot_be_read_is_neither_yes_nor_no(
        self, sandbox: CarrierSandbox, carrier: Any
    ) -> None:
        numbers = iter(self.found(carrier, len(SEEDS)))
        for _ in self.spoilt(sandbox, "order", "garbage"):
            number, reference = next(numbers), str(uuid4())
            try:
                carrier.order([number], reference=reference, binding="", deadline=soon())
            except OutcomeUnknown:
                is_believed = False
            else:
                is_believed = True
            assert not is_believed or self.believes_empty_answers
            (line,) = self.settled(carrier, [number], reference).numbers
            assert line.status is LineStatus.BOUGHT

    def test_a_word_that_nobody_knows_is_neither_yes_nor_no(
        self, sandbox: CarrierSandbox, carrier: Any
    ) -> None:
        numbers = iter(self.found(carrier, len(SEEDS)))
        for _ in self.spoilt(sandbox, "order", "unknown_word"):
            number, reference = next(numbers), str(uuid4())
            with suppress(OutcomeUnknown):
                (line,) = carrier.order(
                    [number], reference=reference, binding="", deadline=soon()
                ).numbers
                is_doubted = line.status is LineStatus.PENDING and bool(line.word)
                assert is_doubted or not self.tells_orders_by_word
                assert line.status is not LineStatus.FAILED

    def test_an_order_is_one_write(
        self, sandbox: CarrierSandbox, account: Any, carrier: Any
    ) -> None:
        (number,) = self.found(carrier)
        wire = Cut(sandbox.transport, 0, self.writes)
        counted: Any = sandbox.adapter_for(
            self.slug, account["credentials"], client=new_client(wire)
        )

        counted.order([number], reference=str(uuid4()), binding="", deadline=soon())

        assert -wire.left == self.writes_per_order

    def test_an_order_that_cannot_be_looked_up_is_not_taken_for_none(
        self, sandbox: CarrierSandbox, carrier: Any
    ) -> None:
        (number,) = self.found(carrier)
        reference = self.buy(carrier, [number])

        for kind in ("timeout_before", "rate_limited", "garbage"):
            for _ in self.spoilt(sandbox, "", kind, times=TIRELESS):
                with pytest.raises(Unavailable):
                    carrier.find_order(reference=reference, numbers=[number], deadline=soon())

    def test_refused_credentials_need_a_person_for_an_order_too(
        self, sandbox: CarrierSandbox, account: Any, carrier: Any
    ) -> None:
        (number,) = self.found(carrier)
        stranger: Any = sandbox.adapter_for(self.slug, self.wrong(account, carrier))

        with pytest.raises(Misconfigured):
            stranger.order([number], reference=str(uuid4()), binding="", deadline=soon())
        assert sandbox.purchases() == {}

    def test_a_lost_request_leaves_the_outcome_unknown_too(
        self, sandbox: CarrierSandbox, carrier: Any
    ) -> None:
        (number,) = self.found(carrier)
        reference = str(uuid4())
        sandbox.fault(self.slug, "order", "timeout_before")

        with pytest.raises(OutcomeUnknown):
            carrier.order([number], reference=reference, binding="", deadline=soon())
        assert carrier.find_order(reference=reference, numbers=[number], deadline=soon()) is None
        assert sandbox.seen(self.slug)["order"] == 1

    def test_asked_to_slow_down_nothing_was_bought(
        self, sandbox: CarrierSandbox, carrier: Any
    ) -> None:
        (number,) = self.found(carrier)
        sandbox.fault(self.slug, "order", "rate_limited", seconds=3)

        with pytest.raises(Unavailable):
            carrier.order([number], reference=str(uuid4()), binding="", deadline=soon())
        assert sandbox.purchases() == {}

    def test_no_order_leaves_after_its_time(self, sandbox: CarrierSandbox, carrier: Any) -> None:
        (number,) = self.found(carrier)
        late = Deadline(10, call_before=LONG_AGO)

        with pytest.raises(Unavailable):
            carrier.order([number], reference=str(uuid4()), binding="", deadline=late)
        assert "order" not in sandbox.seen(self.slug)

    @pytest.mark.parametrize("named", [True, False])
    def test_a_released_number_is_no_longer_ours(self, carrier: Any, *, named: bool) -> None:
        (number,) = self.found(carrier)
        self.buy(carrier, [number])
        mine = carrier.owned_number(number, deadline=soon())
        reference = mine.carrier_reference if named else ""

        carrier.release(number, carrier_reference=reference, deadline=soon())

        assert carrier.owned_number(number, deadline=soon()) is None
        with pytest.raises(Rejected) as caught:
            carrier.release(number, carrier_reference=reference, deadline=soon())
        assert caught.value.reason is Reason.NOT_FOUND

    def test_a_number_that_was_never_ours_cannot_be_released(
        self, sandbox: CarrierSandbox, carrier: Any
    ) -> None:
        free, taken = self.found(carrier, 2)
        other: Any = sandbox.adapter(self.slug)
        self.buy(other, [taken])

        for number in (free, taken):
            with pytest.raises(Rejected) as caught:
                carrier.release(number, carrier_reference="", deadline=soon())
            assert caught.value.reason is Reason.NOT_FOUND
        assert other.owned_number(taken, deadline=soon()) is not None

    def test_a_release_whose_answer_was_lost_is_looked_up(
        self, sandbox: CarrierSandbox, carrier: Any
    ) -> None:
        (number,) = self.found(carrier)
        self.buy(carrier, [number])
        sandbox.fault(self.slug, "release", "timeout_after")

        with pytest.raises(OutcomeUnknown):
            carrier.release(number, carrier_reference="", deadline=soon())
        assert carrier.owned_number(number, deadline=soon()) is None
        assert sandbox.seen(self.slug)["release"] == 1

    def test_its_lag_is_short_enough_to_wait_for(self, carrier: Any) -> None:
        assert timedelta(0) < carrier.lookup_lag <= timedelta(minutes=1)


class ListsNumbersConformance(CarrierConformance):
    """List what is ours."""

    def test_lists_every_page(self, carrier: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        numbers = self.found(carrier, 2 * self.smallest_page + 1)
        self.buy(carrier, numbers)
        monkeypatch.setattr(self.payloads, "LARGEST_PAGE", self.smallest_page, raising=False)

        assert sorted(mine.number for mine in carrier.owned(deadline=soon())) == sorted(numbers)

    def test_a_list_is_whole_or_an_error(self, sandbox: CarrierSandbox, carrier: Any) -> None:
        self.buy(carrier, self.found(carrier))
        sandbox.fault(self.slug, "list", "timeout_before", times=3)

        with pytest.raises(Unavailable):
            carrier.owned(deadline=soon())

    def test_a_list_that_fails_on_a_page_is_an_error(
        self, sandbox: CarrierSandbox, carrier: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if not hasattr(self.payloads, "LARGEST_PAGE"):
            pytest.skip("The carrier lists everything at once.")
        self.buy(carrier, self.found(carrier, 2 * self.smallest_page + 1))
        monkeypatch.setattr(self.payloads, "LARGEST_PAGE", self.smallest_page)
        sandbox.fault(self.slug, "list", "list_fails", page=2, times=TIRELESS)

        with pytest.raises(Unavailable):
            carrier.owned(deadline=soon())

    def test_a_list_that_cannot_be_read_is_not_taken_for_an_empty_one(
        self, sandbox: CarrierSandbox, carrier: Any
    ) -> None:
        (number,) = self.found(carrier)
        self.buy(carrier, [number])

        for _ in self.spoilt(sandbox, "list", "garbage", times=TIRELESS):
            with pytest.raises(Unavailable):
                carrier.owned(deadline=soon())
        for _ in self.spoilt(sandbox, "", "garbage", times=TIRELESS):
            with pytest.raises(Unavailable):
                carrier.owned_number(number, deadline=soon())

    def test_nothing_is_ours_at_first(self, carrier: Any) -> None:
        assert carrier.owned(deadline=soon()) == []

    def test_finds_one_number_and_no_other(self, carrier: Any) -> None:
        mine, other = self.found(carrier, 2)
        self.buy(carrier, [mine])

        assert carrier.owned_number(mine, deadline=soon()).number == mine
        assert carrier.owned_number(other, deadline=soon()) is None
        # Filters of carriers match parts of numbers; that is not the number.
        assert carrier.owned_number(E164(mine[:-1]), deadline=soon()) is None


class RoutesNumbersConformance(CarrierConformance):
    """Deliver numbers; needs a trunk to deliver to."""

    def trunk(self, sandbox: CarrierSandbox, carrier: Any) -> str:
        """Give the reference of a trunk that takes calls."""
        raise AssertionError("The tests of an adapter that makes no trunks say how.")

    def test_an_order_binds_where_the_carrier_takes_it(
        self, sandbox: CarrierSandbox, carrier: Any
    ) -> None:
        (number,) = self.found(carrier)
        trunk = self.trunk(sandbox, carrier)
        self.buy(carrier, [number], binding=trunk)

        bound = carrier.binding_of(number, carrier_reference="", deadline=soon())
        assert (bound == trunk) is carrier.binds_with_order

    def test_the_binding_is_read_as_it_was_written(
        self, sandbox: CarrierSandbox, carrier: Any
    ) -> None:
        (number,) = self.found(carrier)
        self.buy(carrier, [number])
        mine = carrier.owned_number(number, deadline=soon())
        trunk = self.trunk(sandbox, carrier)
        assert not sandbox.delivery(number)["delivered"]

        for reference in (mine.carrier_reference, ""):
            carrier.bind(
                number,
                carrier_reference=reference,
                trunk_reference=trunk,
                deadline=soon(),
            )
            bound = carrier.binding_of(number, carrier_reference=reference, deadline=soon())
            assert bound == trunk
            owned = carrier.owned_number(number, deadline=soon())
            assert owned.trunk_reference == trunk
            assert sandbox.delivery(number)["delivered"]

            carrier.bind(number, carrier_reference=reference, trunk_reference="", deadline=soon())
            assert carrier.binding_of(number, carrier_reference=reference, deadline=soon()) == ""
            assert not sandbox.delivery(number)["delivered"]

    def test_a_number_that_is_not_ours_cannot_be_bound(self, carrier: Any) -> None:
        (number,) = self.found(carrier)

        with pytest.raises(Rejected) as caught:
            carrier.bind(number, carrier_reference="", trunk_reference="x", deadline=soon())
        assert caught.value.reason is Reason.NOT_FOUND

    def test_a_trunk_that_is_not_ours_is_told_from_a_number_that_is_not(
        self, sandbox: CarrierSandbox, carrier: Any
    ) -> None:
        if not self.keeps_trunks:
            pytest.skip("A trunk is what is written on each number.")
        (number,) = self.found(carrier)
        self.buy(carrier, [number])
        strange = self.trunk(sandbox, sandbox.adapter(self.slug))

        with pytest.raises(Rejected) as caught:
            carrier.bind(number, carrier_reference="", trunk_reference=strange, deadline=soon())
        assert caught.value.reason is not Reason.NOT_FOUND
        assert not sandbox.delivery(number)["delivered"]

    def test_a_binding_whose_answer_was_lost_is_set_again(
        self, sandbox: CarrierSandbox, carrier: Any
    ) -> None:
        (number,) = self.found(carrier)
        self.buy(carrier, [number])
        trunk = self.trunk(sandbox, carrier)
        told = {"carrier_reference": "", "trunk_reference": trunk}
        sandbox.fault(self.slug, "bind", "timeout_after")

        with pytest.raises(OutcomeUnknown):
            carrier.bind(number, **told, deadline=soon())
        carrier.bind(number, **told, deadline=soon())
        assert carrier.binding_of(number, carrier_reference="", deadline=soon()) == trunk

    def changes(self, sandbox: CarrierSandbox, carrier: Any) -> dict[Operation, Change]:
        """Give what the adapter changes of a number, in whichever role."""
        trunk = self.trunk(sandbox, carrier)
        made = {
            Operation.ROUTE: Change(
                lambda adapter, number: adapter.bind(
                    number, carrier_reference="", trunk_reference=trunk, deadline=soon()
                ),
                lambda adapter, number: bool(
                    adapter.binding_of(number, carrier_reference="", deadline=soon()) == trunk
                ),
            )
        }
        if isinstance(self, SetsCallerNameConformance):
            made[Operation.CALLER_NAMES] = self.naming(carrier)
        if isinstance(self, EnablesMessagingConformance):
            made[Operation.TEXTS] = self.routing()
        if isinstance(self, RegistersEmergencyConformance):
            made[Operation.EMERGENCY] = self.registering()
        return made

    def test_what_is_undone_by_another_change_is_said_to_be_told_as_a_whole(
        self, sandbox: CarrierSandbox, account: Any, carrier: Any
    ) -> None:
        changes = self.changes(sandbox, carrier)
        undone: set[Operation] = set()
        for late, other in permutations(changes, 2):
            if self.is_undone(sandbox, account, changes[late], changes[other]):
                undone |= {late, other}
        assert undone == set(carrier.writes_whole)

    def is_undone(self, sandbox: CarrierSandbox, account: Any, late: Change, other: Change) -> bool:
        """Tell whether one is undone where the other is made in its midst, and then only."""
        credentials = account["credentials"]
        carrier: Any = sandbox.adapter_for(self.slug, credentials)

        def holds(make_both: Callable[[E164], None]) -> bool:
            (number,) = self.found(carrier)
            self.buy(carrier, [number])
            make_both(number)
            are_made = late.is_made(carrier, number) and other.is_made(carrier, number)
            # Not every number that is for sale can do all of it: the same one is bought again.
            with suppress(Rejected):
                carrier.release(number, carrier_reference="", deadline=soon())
            return are_made

        def at_once(number: E164) -> None:
            wire = Between(sandbox.transport, lambda: other.make(carrier, number), self.writes)
            late.make(sandbox.adapter_for(self.slug, credentials, client=new_client(wire)), number)

        def one_by_one(number: E164) -> None:
            other.make(carrier, number)
            late.make(carrier, number)

        return not holds(at_once) and holds(one_by_one)


class ManagesTrunksConformance(RoutesNumbersConformance):
    """Trunks, and numbers that are delivered to them."""

    spec: ClassVar[TrunkSpec] = TrunkSpec(
        name="Main routers",
        gateways=(
            GatewaySpec(host="192.0.2.1", port=5060, priority=1),
            GatewaySpec(host="192.0.2.2", port=5070, priority=2),
        ),
        source_addresses=("198.51.100.1",),
        did_format=DidFormat.PLUS_E164,
    )

    def trunk(self, sandbox: CarrierSandbox, carrier: Any) -> str:
        """Make one."""
        made = carrier.create_trunk(self.spec, reference=str(uuid4()), deadline=soon())
        return str(made.carrier_reference)

    def test_a_trunk_is_found_by_our_reference(self, carrier: Any) -> None:
        reference = str(uuid4())
        assert carrier.find_trunk(reference=reference, deadline=soon()) is None

        made = carrier.create_trunk(self.spec, reference=reference, deadline=soon())

        found = carrier.find_trunk(reference=reference, deadline=soon())
        assert found == (made if self.keeps_trunks else None)
        assert carrier.find_trunk(reference=str(uuid4()), deadline=soon()) is None

    def test_making_it_again_changes_nothing(self, carrier: Any) -> None:
        reference = str(uuid4())
        made = carrier.create_trunk(self.spec, reference=reference, deadline=soon())

        assert carrier.create_trunk(self.spec, reference=reference, deadline=soon()) == made

    def test_unknown_formats_are_refused_before_anything_is_made(
        self, sandbox: CarrierSandbox, carrier: Any
    ) -> None:
        for did_format in frozenset(DidFormat) - carrier.did_formats:
            spec = TrunkSpec(name="x", gateways=self.spec.gateways, did_format=did_format)
            with pytest.raises(Rejected):
                carrier.create_trunk(spec, reference=str(uuid4()), deadline=soon())
        assert sandbox.seen(self.slug) == {}

    def test_a_trunk_at_which_we_register_is_made_once_wherever_its_making_was_cut(
        self, sandbox: CarrierSandbox, account: Any, carrier: Any
    ) -> None:
        (number,) = self.found(carrier)
        self.buy(carrier, [number])
        made = []
        for did_format in carrier.registered_formats:
            spec = replace(self.spec, gateways=(), did_format=did_format, password=PASSWORD)
            reference = str(uuid4())
            whole = sandbox.transport
            sandbox.transport = Cut(whole, 1, self.writes)
            cut_off: Any = sandbox.adapter_for(self.slug, account["credentials"])
            sandbox.transport = whole
            with pytest.raises(OutcomeUnknown):
                cut_off.create_trunk(spec, reference=reference, deadline=soon())

            found = carrier.find_trunk(reference=reference, deadline=soon())
            made.append(carrier.create_trunk(spec, reference=reference, deadline=soon()))
            assert made[-1].login
            assert found == made[-1]

            trunk = made[-1].carrier_reference
            carrier.bind(number, carrier_reference="", trunk_reference=trunk, deadline=soon())
            assert carrier.binding_of(number, carrier_reference="", deadline=soon()) == trunk
            assert sandbox.delivery(number)["delivered"]
        assert len({one.carrier_reference for one in made}) == len(carrier.registered_formats)

    @pytest.mark.parametrize("lost", range(1, 8))
    def test_a_trunk_is_completed_wherever_its_making_was_cut(
        self, sandbox: CarrierSandbox, account: Any, carrier: Any, lost: int
    ) -> None:
        reference = str(uuid4())
        whole = sandbox.transport
        sandbox.transport = cut = Cut(whole, lost, self.writes)
        cut_off: Any = sandbox.adapter_for(self.slug, account["credentials"])
        sandbox.transport = whole
        try:
            cut_off.create_trunk(self.spec, reference=reference, deadline=soon())
        except OutcomeUnknown:
            pass
        else:
            assert cut.left > 0, "Only a carrier with fewer writes gets through."

        made = carrier.create_trunk(self.spec, reference=reference, deadline=soon())

        (number,) = self.found(carrier)
        trunk = made.carrier_reference
        self.buy(carrier, [number], binding=trunk)
        if not carrier.binds_with_order:
            carrier.bind(number, carrier_reference="", trunk_reference=trunk, deadline=soon())
        delivery = sandbox.delivery(number)
        assert delivery["delivered"], delivery
        there = sorted(delivery["gateways"], key=lambda gateway: gateway["priority"])
        assert [(gateway["host"], gateway["port"]) for gateway in there] == [
            (gateway.host, gateway.port) for gateway in self.spec.gateways
        ]


class LocksDeletionConformance(CarrierConformance):
    """Locks."""

    @pytest.mark.parametrize("named", [True, False])
    def test_a_locked_number_is_released_only_once_it_is_unlocked(
        self, carrier: Any, *, named: bool
    ) -> None:
        (number,) = self.found(carrier)
        self.buy(carrier, [number])
        mine = carrier.owned_number(number, deadline=soon())
        reference = mine.carrier_reference if named else ""
        assert not carrier.is_locked(number, carrier_reference=reference, deadline=soon())

        for _ in range(2):
            self.lock(carrier, number, reference, locked=True)
        with pytest.raises(Rejected) as caught:
            carrier.release(number, carrier_reference=reference, deadline=soon())
        assert caught.value.reason is not Reason.NOT_FOUND
        assert carrier.owned_number(number, deadline=soon()) is not None

        for _ in range(2):
            self.lock(carrier, number, reference, locked=False)
        carrier.release(number, carrier_reference=reference, deadline=soon())
        assert carrier.owned_number(number, deadline=soon()) is None

    def test_a_number_that_is_not_ours_cannot_be_locked(self, carrier: Any) -> None:
        (number,) = self.found(carrier)

        with pytest.raises(Rejected) as caught:
            self.lock(carrier, number, "", locked=True)
        assert caught.value.reason is Reason.NOT_FOUND

    def test_no_lock_is_set_after_its_time(self, sandbox: CarrierSandbox, carrier: Any) -> None:
        (number,) = self.found(carrier)
        self.buy(carrier, [number])
        late = Deadline(10, call_before=LONG_AGO)
        reference = carrier.owned_number(number, deadline=soon()).carrier_reference

        with pytest.raises(Unavailable):
            carrier.set_lock(number, carrier_reference=reference, locked=True, deadline=late)
        assert "lock" not in sandbox.seen(self.slug)

    def lock(self, carrier: Any, number: E164, reference: str, *, locked: bool) -> None:
        """Lock or unlock, and read it back."""
        carrier.set_lock(number, carrier_reference=reference, locked=locked, deadline=soon())
        there = carrier.is_locked(number, carrier_reference=reference, deadline=soon())
        assert there is locked


class SetsCallerNameConformance(CarrierConformance):
    """Names of callers."""

    names_set_by: ClassVar[str] = "caller_name"
    """As which operation the sandbox counts it, where a call that sets names sets more."""

    def wish(self, carrier: Any, text: str = "ACME INC") -> CallerNames:
        """Want everything that the carrier has, of a business that it may or may not ask for."""
        return CallerNames(
            text=text if carrier.lists_names else "",
            shows_callers=carrier.looks_up_callers,
            business="Acme Incorporated",
        )

    def set_names(self, carrier: Any, number: E164, wanted: CallerNames) -> Standing:
        """Have names set for a number that is looked up."""
        there: Standing = carrier.set_caller_names(
            number, wanted, carrier_reference="", deadline=soon()
        )
        if self.standing_of(carrier, number, wanted).stage is Stage.READY:
            there = carrier.set_caller_names(number, wanted, carrier_reference="", deadline=soon())
        return there

    def standing_of(self, carrier: Any, number: E164, wanted: CallerNames) -> Standing:
        """Read how names stand."""
        there: Standing = carrier.caller_names_of(
            number, wanted, carrier_reference="", deadline=soon()
        )
        return there

    def naming(self, carrier: Any) -> Change:
        """Give the change of all names that the carrier has."""
        wish = self.wish(carrier)
        return Change(
            lambda adapter, number: self.set_names(adapter, number, wish),
            lambda adapter, number: (
                self.standing_of(adapter, number, wish).stage is not Stage.ABSENT
            ),
        )

    def test_sets_names_once_more_and_takes_them_off(self, carrier: Any) -> None:
        (number,) = self.found(carrier)
        self.buy(carrier, [number])
        wish = self.wish(carrier)
        assert self.standing_of(carrier, number, wish).stage is Stage.ABSENT

        for _ in range(2):
            told = self.set_names(carrier, number, wish)
            assert told.stage in {Stage.ACTIVE, Stage.PENDING}
            assert self.standing_of(carrier, number, wish).stage in {told.stage, Stage.ACTIVE}
        if not carrier.unlists_names:
            with pytest.raises(Rejected):
                self.set_names(carrier, number, CallerNames())
            return
        self.set_names(carrier, number, CallerNames())
        self.set_names(carrier, number, CallerNames())

        assert self.standing_of(carrier, number, wish).stage is Stage.ABSENT

    def test_tells_another_name_from_the_one_that_is_wanted(self, carrier: Any) -> None:
        if not carrier.lists_names:
            pytest.skip("The carrier lists no names.")
        (number,) = self.found(carrier)
        self.buy(carrier, [number])
        self.set_names(carrier, number, self.wish(carrier))
        other = self.wish(carrier, "ACME LTD")

        assert self.standing_of(carrier, number, other).stage is Stage.ABSENT
        self.set_names(carrier, number, other)
        assert self.standing_of(carrier, number, other).stage is not Stage.ABSENT

    def test_a_lost_answer_is_looked_up(self, sandbox: CarrierSandbox, carrier: Any) -> None:
        (number,) = self.found(carrier)
        self.buy(carrier, [number])
        wish = self.wish(carrier)
        sandbox.fault(self.slug, self.names_set_by, "timeout_after")

        with pytest.raises(OutcomeUnknown):
            self.set_names(carrier, number, wish)
        self.set_names(carrier, number, wish)
        assert self.standing_of(carrier, number, wish).stage is not Stage.ABSENT

    def test_a_number_that_is_not_ours_has_no_names(self, carrier: Any) -> None:
        (number,) = self.found(carrier)

        with pytest.raises(Rejected) as caught:
            self.set_names(carrier, number, self.wish(carrier))
        assert caught.value.reason is Reason.NOT_FOUND


class AsksForDocumentsConformance(CarrierConformance):
    """Documents."""

    asking: ClassVar[Wanted]
    """Numbers that the sandbox sells only to whoever has shown documents."""
    refused: ClassVar[str] = "REFUSE"
    """A text that the sandbox declines."""
    given: ClassVar[Mapping[str, str]] = {}
    """Texts that are not looked at by whoever decides, by their keys."""
    looks_at: ClassVar[Asks] = Asks.TEXT
    """What the sandbox declines for what it says."""
    waits_for: ClassVar[str] = "registration"
    """What a number that nobody handed anything in for waits for, where it is sold all the same."""

    def asked(self, carrier: Any) -> tuple[Requirement, ...]:
        """Ask what is asked for."""
        told: tuple[Requirement, ...] = carrier.requirements(
            self.asking.country, self.asking.type, deadline=soon()
        )
        return told

    def numbers(self, carrier: Any) -> frozenset[E164]:
        """Give the numbers with which something is handed in; most take it without any."""
        return frozenset()

    def dossier(
        self,
        carrier: Any,
        *,
        text: str = "Oak Street Dental",
        numbers: frozenset[E164] | None = None,
    ) -> Dossier:
        """Answer everything."""
        content = f"%PDF-1.7 a bill of {text}".encode()
        file = File(
            name="bill.pdf",
            media_type="application/pdf",
            sha256=hashlib.sha256(content).hexdigest(),
            content=content,
        )
        address = PostalAddress(
            name="Oak Street Dental",
            street="1 Oak Street",
            locality="Leeds",
            region="",
            postal_code="LS1 1AA",
            country=self.asking.country,
        )
        answers: dict[Asks, File | PostalAddress | str] = {
            Asks.DOCUMENT: file,
            Asks.ADDRESS: address,
            Asks.TEXT: text,
            Asks.DATE: "1980-02-29",
        }
        return Dossier(
            country=self.asking.country,
            type=self.asking.type,
            answers={
                one.key: self.given.get(one.key) or answers[one.asks] for one in self.asked(carrier)
            },
            numbers=self.numbers(carrier) if numbers is None else numbers,
        )

    def standing(self, carrier: Any, reference: str, dossier: Dossier) -> Standing:
        """Read how it stands, and hand it in once more where that is what it waits for."""
        told: Standing = carrier.filing_standing(
            reference=reference, numbers=dossier.numbers, deadline=soon()
        )
        if told.stage is Stage.READY:
            told = carrier.file(dossier, reference=reference, deadline=soon())
        return told

    def decided(self, carrier: Any, reference: str, dossier: Dossier) -> Standing:
        """Wait until the carrier has decided."""
        for _ in range(100):
            told = self.standing(carrier, reference, dossier)
            if told.stage is not Stage.PENDING:
                return told
            time.sleep(0.02)
        raise AssertionError("The filing stays pending.")

    def order_one(self, carrier: Any, papers: str) -> PlacedOrder:
        """Order a number for which documents were handed in."""
        offers = carrier.search(self.asking, deadline=soon())
        reference, number = str(uuid4()), offers[0].number
        carrier.order_with_papers(
            [number], reference=reference, binding="", papers=papers, deadline=soon()
        )
        return self.settled(carrier, [number], reference)

    def test_asks_for_something_there_and_for_nothing_elsewhere(self, carrier: Any) -> None:
        asked = self.asked(carrier)
        assert {one.asks for one in asked} >= {Asks.DOCUMENT}
        assert all(one.key and one.name for one in asked)
        assert len({one.key for one in asked}) == len(asked)
        elsewhere = carrier.requirements(self.wanted.country, self.wanted.type, deadline=soon())
        assert elsewhere == ()

    def test_sells_once_what_was_handed_in_is_approved(self, carrier: Any) -> None:
        reference, dossier = str(uuid4()), self.dossier(carrier)
        assert self.standing(carrier, reference, dossier).stage is Stage.ABSENT
        told = carrier.file(dossier, reference=reference, deadline=soon())
        assert told.stage in {Stage.PENDING, Stage.ACTIVE}
        decided = self.decided(carrier, reference, dossier)
        assert decided.stage is Stage.ACTIVE
        assert decided.carrier_reference == told.carrier_reference

        (line,) = self.order_one(carrier, decided.carrier_reference).numbers
        assert line.status is LineStatus.BOUGHT

    def test_says_no_to_whoever_has_handed_nothing_in(
        self, sandbox: CarrierSandbox, carrier: Any
    ) -> None:
        offers = carrier.search(self.asking, deadline=soon())
        outcome = self.outcome(carrier, offers[0].number)
        if carrier.reviews_numbers:
            # It sells them all the same, and lets no call in.
            assert isinstance(outcome, OrderedNumber)
            assert self.waits_for in sandbox.delivery(outcome.number)["reason"]
            return
        assert isinstance(outcome, Rejected)
        assert outcome.reason is Reason.DOCUMENTS_MISSING

    def test_names_what_was_refused_and_takes_something_better(self, carrier: Any) -> None:
        reference = str(uuid4())
        bad = self.dossier(carrier, text=self.refused)
        refused = carrier.file(bad, reference=reference, deadline=soon())
        if refused.stage is Stage.PENDING:
            # Some say at once what can be seen at once.
            refused = self.decided(carrier, reference, bad)
        assert refused.stage is Stage.REJECTED
        keys = {one.key for one in self.asked(carrier) if one.asks is self.looks_at}
        assert {problem.field for problem in refused.problems} == keys - set(self.given)

        good = self.dossier(carrier, numbers=bad.numbers)
        carrier.file(good, reference=reference, deadline=soon())
        again = self.decided(carrier, reference, good)
        assert again.stage is Stage.ACTIVE
        assert again.carrier_reference == refused.carrier_reference

    def test_hands_in_once_whichever_answer_is_lost(
        self, sandbox: CarrierSandbox, account: Any
    ) -> None:
        whole: Any = sandbox.adapter_for(self.slug, account["credentials"])
        for nth in range(1, 13):
            reference, dossier = str(uuid4()), self.dossier(whole)
            client = new_client(Cut(sandbox.transport, nth, self.writes))
            carrier: Any = sandbox.adapter_for(self.slug, account["credentials"], client=client)
            try:
                carrier.file(dossier, reference=reference, deadline=soon())
            except OutcomeUnknown:
                whole.file(dossier, reference=reference, deadline=soon())
            else:
                break
            assert self.decided(whole, reference, dossier).stage is Stage.ACTIVE
        else:
            raise AssertionError("Handing in takes more than a dozen writes.")

    def test_takes_a_filing_back(self, carrier: Any) -> None:
        reference = str(uuid4())
        carrier.file(self.dossier(carrier), reference=reference, deadline=soon())
        for _ in range(2):
            carrier.withdraw_filing(reference=reference, deadline=soon())
        assert carrier.filing_standing(reference=reference, deadline=soon()).stage is Stage.ABSENT


HERE = "https://messages.example/in"


class EnablesMessagingConformance(CarrierConformance):
    """Where text messages go."""

    texts_routed_by: ClassVar[str] = "texts"
    """As which operation the sandbox counts it, where a call that routes messages does more."""

    def routed(self, carrier: Any, number: E164, address: str) -> Standing:
        """Route the messages of a number that is looked up."""
        told: Standing = carrier.route_messages(
            number, address, carrier_reference="", deadline=soon()
        )
        return told

    def messages(self, carrier: Any, number: E164, address: str) -> Stage:
        """Read whether messages go to an address."""
        told: Standing = carrier.messages_of(number, address, carrier_reference="", deadline=soon())
        return told.stage

    def routing(self) -> Change:
        """Give the change of where messages go."""
        return Change(
            lambda adapter, number: self.routed(adapter, number, HERE),
            lambda adapter, number: self.messages(adapter, number, HERE) is not Stage.ABSENT,
        )

    def test_routes_messages_elsewhere_and_nowhere(self, carrier: Any) -> None:
        (number,) = self.found(carrier)
        self.buy(carrier, [number])
        assert self.messages(carrier, number, HERE) is Stage.ABSENT

        for address in (HERE, HERE, f"{HERE}/2"):
            assert self.routed(carrier, number, address).stage in {Stage.ACTIVE, Stage.PENDING}
            assert self.messages(carrier, number, address) is Stage.ACTIVE
        assert self.messages(carrier, number, HERE) is Stage.ABSENT
        for _ in range(2):
            self.routed(carrier, number, "")
        assert self.messages(carrier, number, f"{HERE}/2") is Stage.ABSENT

    def test_two_numbers_have_the_same_new_address_at_once(
        self, sandbox: CarrierSandbox, account: Any, carrier: Any
    ) -> None:
        if carrier.writes_whole.get(Operation.TEXTS) is Whole.ACCOUNT:
            pytest.skip("Its numbers take turns.")
        one, other = self.found(carrier, 2)
        self.buy(carrier, [one, other])
        wire = Between(sandbox.transport, lambda: self.routed(carrier, other, HERE), self.writes)
        slow = sandbox.adapter_for(self.slug, account["credentials"], client=new_client(wire))
        self.routed(slow, one, HERE)

        assert self.messages(carrier, one, HERE) is Stage.ACTIVE
        assert self.messages(carrier, other, HERE) is Stage.ACTIVE

    def test_a_lost_answer_to_routing_is_looked_up(
        self, sandbox: CarrierSandbox, carrier: Any
    ) -> None:
        (number,) = self.found(carrier)
        self.buy(carrier, [number])
        sandbox.fault(self.slug, self.texts_routed_by, "timeout_after")

        with pytest.raises(OutcomeUnknown):
            self.routed(carrier, number, HERE)
        self.routed(carrier, number, HERE)
        assert self.messages(carrier, number, HERE) is Stage.ACTIVE


BRAND = BrandSpec(
    kind="PRIVATE_PROFIT",
    name="Oak Dental",
    legal_name="Oak Street Dental LLC",
    tax_id="12-3456789",
    sector="HEALTHCARE",
    website="https://oak.example",
    email="desk@oak.example",
    phone="+13125550199",
    street="1 Oak Street",
    city="Chicago",
    region="IL",
    postal_code="60601",
    country="US",
    first_name="Ann",
    last_name="Lee",
)
CAMPAIGN = CampaignSpec(
    use_case="CUSTOMER_CARE",
    description="Reminders of appointments and answers to what patients ask.",
    opt_in="Patients tick a box on the form at their first visit and may leave it empty.",
    samples=("Your appointment is tomorrow at 9.", "We are closed on Friday."),
    help_answer="Call +1 312 555 0199. Reply STOP to end.",
    opt_in_words="START",
    opt_in_answer="You will hear from Oak Dental. Reply STOP to end.",
    opt_out_answer="You will hear no more from Oak Dental.",
    terms="https://oak.example/terms",
)


class JoinsCampaignsConformance(CarrierConformance):
    """Numbers that send for campaigns."""

    def campaigns(self, carrier: Any) -> tuple[str, str]:
        """Give two campaigns that numbers can join."""
        raise AssertionError("Say which campaigns there are.")

    def test_lets_a_number_take_part_and_leave(self, carrier: Any) -> None:
        (number,) = self.found(carrier)
        self.buy(carrier, [number])
        one, other = self.campaigns(carrier)
        ways = {"carrier_reference": "", "deadline": soon()}
        for campaign in (one, one, other):
            carrier.join_campaign(number, campaign_reference=campaign, **ways)
            there = carrier.campaign_of(number, campaign_reference=campaign, **ways)
            assert there.stage is Stage.ACTIVE
        assert carrier.campaign_of(number, campaign_reference=one, **ways).stage is Stage.ABSENT

        for _ in range(2):
            carrier.leave_campaign(number, **ways)
        assert carrier.campaign_of(number, campaign_reference=other, **ways).stage is Stage.ABSENT


class RegistersCampaignsConformance(JoinsCampaignsConformance):
    """Brands and campaigns."""

    def prepare(self, carrier: Any, brand: BrandSpec) -> None:
        """Do what a person does at the carrier before a brand is registered."""

    def brand(self, carrier: Any, brand: BrandSpec = BRAND, *, corrected: str = "") -> Standing:
        """Register a brand, and wait until the registry has decided."""
        self.prepare(carrier, brand)
        reference = str(uuid4())
        told = carrier.register_brand(
            brand, reference=reference, carrier_reference=corrected, deadline=soon()
        )
        assert told.stage in {Stage.PENDING, Stage.ACTIVE}
        there: Standing = carrier.brand_standing(
            brand,
            reference=reference,
            carrier_reference=told.carrier_reference,
            deadline=soon(),
        )
        return there

    def campaign(
        self, carrier: Any, brand: str, campaign: CampaignSpec = CAMPAIGN, *, corrected: str = ""
    ) -> Standing:
        """Register a campaign, and wait until the networks have decided."""
        reference = str(uuid4())
        told = carrier.register_campaign(
            campaign,
            brand_reference=brand,
            reference=reference,
            carrier_reference=corrected,
            deadline=soon(),
        )
        there: Standing = carrier.campaign_standing(
            brand_reference=brand,
            reference=reference,
            carrier_reference=told.carrier_reference,
            deadline=soon(),
        )
        return there

    def test_registers_a_brand_and_names_what_it_minds(self, carrier: Any) -> None:
        refused = self.brand(carrier, replace(BRAND, tax_id="00-0000000"))
        assert refused.stage is Stage.REJECTED
        assert [problem.field for problem in refused.problems] == ["tax_id"]

        mended = self.brand(carrier, corrected=refused.carrier_reference)
        assert mended.stage is Stage.ACTIVE
        assert mended.carrier_reference == refused.carrier_reference

    def test_finds_a_brand_whose_answer_was_lost(
        self, sandbox: CarrierSandbox, carrier: Any
    ) -> None:
        wanted = {"reference": str(uuid4()), "carrier_reference": "", "deadline": soon()}
        self.prepare(carrier, BRAND)
        assert carrier.brand_standing(BRAND, **wanted).stage is Stage.ABSENT
        sandbox.fault(self.slug, "register", "timeout_after")
        with pytest.raises(OutcomeUnknown):
            carrier.register_brand(BRAND, **wanted)

        there = carrier.brand_standing(BRAND, **wanted)
        assert there.stage is Stage.ACTIVE
        assert there.carrier_reference

    def test_registers_a_campaign_and_finds_it_by_our_reference(
        self, sandbox: CarrierSandbox, carrier: Any
    ) -> None:
        brand = self.brand(carrier).carrier_reference
        refused = self.campaign(carrier, brand, replace(CAMPAIGN, opt_in="They agree."))
        assert refused.stage is Stage.REJECTED
        assert [problem.field for problem in refused.problems] == ["opt_in"]
        mended = self.campaign(carrier, brand, corrected=refused.carrier_reference)
        assert mended.stage is Stage.ACTIVE

        sandbox.fault(self.slug, "register", "timeout_after")
        wanted = {"brand_reference": brand, "reference": str(uuid4()), "carrier_reference": ""}
        assert carrier.campaign_standing(**wanted, deadline=soon()).stage is Stage.ABSENT
        with pytest.raises(OutcomeUnknown):
            carrier.register_campaign(CAMPAIGN, **wanted, deadline=soon())
        assert carrier.campaign_standing(**wanted, deadline=soon()).stage is Stage.ACTIVE

    def campaigns(self, carrier: Any) -> tuple[str, str]:
        """Register two."""
        brand = self.brand(carrier).carrier_reference
        one, other = (self.campaign(carrier, brand).carrier_reference for _ in range(2))
        return one, other

    def test_ends_campaigns_then_brands(self, carrier: Any) -> None:
        brand = self.brand(carrier).carrier_reference
        one, other = (self.campaign(carrier, brand).carrier_reference for _ in range(2))
        for campaign in (one, other, one):
            carrier.end_campaign(campaign, deadline=soon())
        if not carrier.ends_brands:
            with pytest.raises(Rejected):
                carrier.end_brand(brand, deadline=soon())
            return
        for _ in range(2):
            carrier.end_brand(brand, deadline=soon())


SHOP = VerificationSpec(
    kind="PRIVATE_PROFIT",
    business="Oak Street Dental LLC",
    website="https://oak.example",
    street="1 Oak Street",
    city="Chicago",
    region="IL",
    postal_code="60601",
    country="US",
    registration="12-3456789",
    first_name="Ann",
    last_name="Lee",
    email="desk@oak.example",
    phone="+13125550199",
    use_case="APPOINTMENTS",
    summary="Patients are reminded of appointments which they made.",
    sample="Oak Dental: your appointment is tomorrow at 9. Reply STOP to end.",
    volume=1_000,
    opt_in_by="PAPER_FORM",
    opt_in="Patients tick a box on the form at their first visit.",
    opt_in_urls=("https://oak.example/form.png",),
)


class VerifiesTollFreeConformance(CarrierConformance):
    """Verification of toll-free numbers."""

    refusable: ClassVar[VerificationSpec] = replace(SHOP, summary="Messages.")
    """What is refused in such a way that it can be taken back."""

    def bought_free(self, carrier: Any) -> E164:
        """Buy a number; of what type it is, the sandboxes leave to whoever asks."""
        (number,) = self.found(carrier)
        self.buy(carrier, [number])
        return number

    def verified(self, carrier: Any, number: E164, spec: VerificationSpec = SHOP) -> Standing:
        """Hand something in; gives how it stands once it is decided."""
        told = carrier.verify_toll_free(number, spec, deadline=soon())
        assert told.stage in {Stage.PENDING, Stage.ACTIVE}
        return self.toll_free_standing(carrier, number)

    def toll_free_standing(self, carrier: Any, number: E164) -> Standing:
        """Read how a number stands that is looked up."""
        there: Standing = carrier.toll_free_standing(number, deadline=soon())
        return there

    def test_verifies_a_toll_free_number_and_ends_it(self, carrier: Any) -> None:
        number = self.bought_free(carrier)
        assert self.toll_free_standing(carrier, number).stage is Stage.ABSENT
        for _ in range(2):
            there = self.verified(carrier, number)
            assert there.stage is Stage.ACTIVE
            assert there.carrier_reference
        for _ in range(2):
            carrier.end_toll_free(number, deadline=soon())
        left = Stage.ABSENT if carrier.takes_back_verified else Stage.ACTIVE
        assert self.toll_free_standing(carrier, number).stage is left

    def test_what_was_refused_is_corrected(self, carrier: Any) -> None:
        number = self.bought_free(carrier)
        refused = self.verified(carrier, number, replace(SHOP, summary="Messages."))
        assert refused.stage is Stage.REJECTED
        assert refused.problems
        mended = self.verified(carrier, number)
        assert mended.stage is Stage.ACTIVE
        assert mended.carrier_reference == refused.carrier_reference

    def test_what_was_refused_is_taken_back(self, carrier: Any) -> None:
        number = self.bought_free(carrier)
        assert self.verified(carrier, number, self.refusable).stage is Stage.REJECTED
        carrier.end_toll_free(number, deadline=soon())
        assert self.toll_free_standing(carrier, number).stage is Stage.ABSENT

    def test_a_lost_answer_to_a_verification_is_looked_up(
        self, sandbox: CarrierSandbox, carrier: Any
    ) -> None:
        number = self.bought_free(carrier)
        sandbox.fault(self.slug, "register", "timeout_after")
        with pytest.raises(OutcomeUnknown):
            carrier.verify_toll_free(number, SHOP, deadline=soon())
        assert self.toll_free_standing(carrier, number).stage is Stage.ACTIVE


class ReportsBalanceConformance(CarrierConformance):
    """Money."""

    def test_tells_what_may_be_spent(self, sandbox: CarrierSandbox) -> None:
        carrier: Any = sandbox.adapter(self.slug, balance="41.20")

        balance = carrier.balance(deadline=soon())

        assert (str(balance), balance.currency) == (f"41.20 {self.currency}", self.currency)


class ProvesCredentialsConformance(CarrierConformance):
    """Credentials, where no balance proves them."""

    def test_good_ones_are_told_from_bad_ones(
        self, sandbox: CarrierSandbox, account: Any, carrier: Any
    ) -> None:
        wrong = self.wrong(account, carrier)
        stranger: Any = sandbox.adapter_for(self.slug, wrong)

        carrier.prove(deadline=soon())
        with pytest.raises(Misconfigured):
            stranger.prove(deadline=soon())


class SendsEventsConformance(CarrierConformance):
    """Webhooks."""

    tells_numbers: ClassVar[bool] = True
    """Whether a message says which number it is about, and not only which order."""

    def provoke(self, sandbox: CarrierSandbox, carrier: Any) -> E164:
        """Have the carrier send one message; gives the number that it is about."""
        raise AssertionError("The tests of an adapter say how.")

    def test_only_what_the_carrier_signed_is_believed(
        self, sandbox: CarrierSandbox, carrier: Any
    ) -> None:
        self.provoke(sandbox, carrier)
        letter = self.letter(sandbox)
        now = datetime.now(UTC)  # noqa: TID251 - the sandbox signs with the real time

        def believed(**changed: Any) -> bool:
            told = {"headers": letter.headers, "body": letter.body, "url": letter.url, **changed}
            return bool(carrier.verify(**told, now=now))

        assert believed()
        assert believed(headers={name.upper(): value for name, value in letter.headers.items()})
        assert not believed(body=letter.body + b" ")
        assert not believed(headers={})
        assert not believed(headers=dict.fromkeys(letter.headers, "bm9uc2Vuc2U="))
        stranger: Any = sandbox.adapter(self.slug)
        assert not stranger.verify(
            headers=letter.headers, body=letter.body, url=letter.url, now=now
        )

    def test_a_hint_names_what_it_is_about(self, sandbox: CarrierSandbox, carrier: Any) -> None:
        number = self.provoke(sandbox, carrier)
        letter = self.letter(sandbox)

        hint = carrier.hint(letter.body)

        assert hint == carrier.hint(letter.body)
        assert hint.event_id
        assert hint.kind
        assert (number in hint.numbers) if self.tells_numbers else hint.carrier_reference

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"{}"])
    def test_nonsense_is_a_value_error(self, carrier: Any, body: bytes) -> None:
        with pytest.raises(ValueError):  # noqa: PT011 - any of them
            carrier.hint(body)

    def letter(self, sandbox: CarrierSandbox) -> Any:
        """Wait for the message."""
        for _ in range(200):
            if sandbox.letters:
                return sandbox.letters[-1]
            time.sleep(0.02)
        raise AssertionError("No message came.")


OFFICE = Address(
    name="Oak Street Dental",
    house_number="100",
    pre_directional="N",
    street="Main St",
    unit_type="Suite",
    unit="5",
    city="Chicago",
    state="IL",
    postal_code="60601",
    country="US",
    detail="Floor 2",
)
"""Where the sandbox's emergency services find somebody."""
ELSEWHERE = replace(OFFICE, house_number="7", street="Lake Ave", unit_type="", unit="", detail="")


class ChecksAddressesConformance(CarrierConformance):
    """Looking at addresses."""

    suggests: ClassVar[bool] = True
    """Whether the carrier says how an address should be written."""

    def test_a_good_address_is_good(self, carrier: Any) -> None:
        assert carrier.check_address(OFFICE, deadline=soon()).is_good
        assert "US" in carrier.address_countries

    def test_a_misspelled_one_is_not_good_and_may_be_corrected(self, carrier: Any) -> None:
        checked = carrier.check_address(replace(OFFICE, street="Mian St"), deadline=soon())
        assert not checked.is_good
        if self.suggests:
            assert checked.suggestion is not None
            assert checked.suggestion.is_like(OFFICE)
            assert carrier.check_address(checked.suggestion, deadline=soon()).is_good

    def test_one_that_nobody_finds_is_refused_with_a_part_or_words(self, carrier: Any) -> None:
        checked = carrier.check_address(replace(OFFICE, street="Nowhere Rd"), deadline=soon())
        assert not checked.is_good
        (problem,) = checked.problems
        assert problem.field in {"", *PARTS}
        assert problem.words


class RegistersEmergencyConformance(CarrierConformance):
    """Emergency registration."""

    def registration(self, carrier: Any, number: E164) -> Any:
        """Read what is there once the carrier has decided."""
        for _ in range(100):
            there = carrier.registered(number, carrier_reference="", deadline=soon())
            if there is None or there.state not in {"PENDING", "REMOVING"}:
                return there
            time.sleep(0.02)
        raise AssertionError("The registration stays pending.")

    def register(self, carrier: Any, number: E164, address: Address, reference: str) -> Any:
        """Register as dids does: again for as long as the carrier asks for patience."""
        for _ in range(100):
            try:
                carrier.register(
                    number,
                    carrier_reference="",
                    address=address,
                    reference=reference,
                    deadline=soon(),
                )
            except Unavailable:
                time.sleep(0.02)
                continue
            return self.registration(carrier, number)
        raise AssertionError("The carrier never takes it.")

    def registering(self) -> Change:
        """Give the change of where help is sent."""
        reference = str(uuid4())
        return Change(
            lambda adapter, number: self.register(adapter, number, OFFICE, reference),
            lambda adapter, number: self.registration(adapter, number) is not None,
        )

    def test_registers_a_number_and_reads_it_back(self, carrier: Any) -> None:
        (number,) = self.found(carrier)
        self.buy(carrier, [number])
        assert carrier.registered(number, carrier_reference="", deadline=soon()) is None
        for _ in range(2):
            there = self.register(carrier, number, OFFICE, "11111111-2222-4333-8444-555555555555")
            assert there.state is EmergencyState.ACTIVE
            assert there.is_of("11111111-2222-4333-8444-555555555555", OFFICE)

    def test_another_address_takes_its_place(self, carrier: Any) -> None:
        (number,) = self.found(carrier)
        self.buy(carrier, [number])
        first, second = str(uuid4()), str(uuid4())
        self.register(carrier, number, OFFICE, first)
        there = self.register(carrier, number, ELSEWHERE, second)
        assert there.is_of(second, ELSEWHERE)
        assert not there.is_of(first, OFFICE)

    def test_it_is_removed_and_may_be_removed_again(self, carrier: Any) -> None:
        (number,) = self.found(carrier)
        self.buy(carrier, [number])
        self.register(carrier, number, OFFICE, str(uuid4()))
        for _ in range(2):
            carrier.unregister(number, carrier_reference="", deadline=soon())
            assert self.registration(carrier, number) is None
        carrier.release(number, carrier_reference="", deadline=soon())

    def test_a_lost_answer_is_looked_up(self, sandbox: CarrierSandbox, carrier: Any) -> None:
        (number,) = self.found(carrier)
        self.buy(carrier, [number])
        reference = str(uuid4())
        sandbox.fault(self.slug, "emergency", "timeout_after")
        with pytest.raises(OutcomeUnknown):
            carrier.register(
                number,
                carrier_reference="",
                address=OFFICE,
                reference=reference,
                deadline=soon(),
            )
        assert self.registration(carrier, number).is_of(reference, OFFICE)

    def test_a_number_that_is_not_ours_has_none(self, carrier: Any) -> None:
        (number,) = self.found(carrier)
        with pytest.raises(Rejected) as refusal:
            carrier.register(
                number,
                carrier_reference="",
                address=OFFICE,
                reference=str(uuid4()),
                deadline=soon(),
            )
        assert refusal.value.reason is Reason.NOT_FOUND
