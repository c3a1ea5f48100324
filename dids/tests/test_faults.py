"""Whatever a carrier does to us, each line ends, once, and stock, carrier and ledger agree."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
import stamina
from django.utils import timezone

from accounts import sealing
from accounts.models import Kind as Organizations
from accounts.models import Organization
from accounts.tests.cast import Cast
from billing.models import Account
from billing.workflows import accounts as billing
from dids.models import CarrierOrder, NumberOrder, OrderLine, PhoneNumber
from dids.states import BindingStatus, CarrierOrderStatus, LineStatus, NumberStatus, OrderStatus
from dids.tests.carrier import Shop, bought, carrier_orders, shop_on_the_wire
from dids.tests.factories import make_order
from dids.tests.passing_time import let_pass
from dids.workflows import binding, purchase, release
from lib.money import Money
from portal.doctor import CHECKS
from sandbox.faults import TABLE, Kind, Place
from trunks.deadlines import Deadline
from trunks.http import READ_ATTEMPTS
from trunks.models import CarrierEvent, Trunk
from trunks.workflows import intake

pytestmark = [pytest.mark.django_db, pytest.mark.wire]

CARRIERS = ["telnyx", "twilio"]
LONG = 5.0
"""Seconds that a drip would take; the deadline is far shorter."""
SLOW = {Kind.DRIP_HEADERS: LONG, Kind.DRIP_BODY: LONG, Kind.DELAY: 0.6}
BOUGHT, FAILED = LineStatus.BOUGHT, LineStatus.FAILED

NEVER_ARRIVES = {Kind.TIMEOUT_BEFORE, Kind.ERROR_BEFORE, Kind.RESET_BEFORE}
"""After these a write has had no effect, which nobody can know: it is looked up, and over."""
WIRE_KINDS = [
    kind for kind, rule in TABLE.items() if rule.place is Place.WIRE and kind is not Kind.DELAY
]


@pytest.fixture(autouse=True)
def _quick(settings: Any) -> Iterator[None]:
    settings.PURCHASE_GRACE_SECONDS = 30.0
    settings.PURCHASE_DEADLINE_SECONDS = 0.3
    settings.LATE_LOOK_SECONDS = 600.0
    with stamina.set_testing(True, attempts=READ_ATTEMPTS):
        yield


@pytest.fixture
def market(cast: Cast) -> Iterator[Shop]:
    """Open the carriers on a real socket; the doctor counts tenants, which factories don't."""
    for dealer in Organization.objects.filter(kind=Organizations.DEALER):
        dealer.tenants_held = (
            Organization.objects.below(dealer).filter(kind=Organizations.TENANT).count()
        )
        dealer.save(update_fields=["tenants_held"])
    with shop_on_the_wire() as opened:
        yield opened


@pytest.fixture
def purse(cast: Cast) -> Account:
    """Give the dealer money."""
    account = billing.open(
        organization=cast.dealer,
        currency="USD",
        credit_limit=Decimal(0),
        actor=cast.staff,
        now=timezone.now(),
    )
    money = Money(Decimal(100), "USD")
    billing.credit(
        account=account, amount=money, reason="Paid.", actor=cast.staff, now=timezone.now()
    )
    return account


Buy = Callable[..., NumberOrder]


@pytest.fixture
def buy(market: Shop, cast: Cast, purse: Account) -> Buy:
    """Order numbers at a carrier for the dealer; they are bought as time passes."""

    def order(carrier: str, *, count: int = 1, **more: Any) -> NumberOrder:
        return make_order(
            offers=market.offers(carrier, count=count),
            payer=cast.dealer,
            actor=cast.staff,
            submit=True,
            **more,
        )

    return order


def script(market: Shop, carrier: str, operation: str, kind: Kind, *, seed: int = 7) -> None:
    """Have a fault strike as often as one attempt of ours asks."""
    # A write is made once, and an answer with odd words is one that can be read.
    once = operation in {"order", "bind", "release"} or kind is Kind.UNKNOWN_WORD
    market.sandbox.fault(
        carrier,
        operation,
        kind,
        seconds=SLOW.get(kind, 0.0),
        times=1 if once else READ_ATTEMPTS,
        seed=seed,
    )


def to_come(market: Shop) -> list[Any]:
    """Tell which faults have not struck yet."""
    left: list[Any] = market.sandbox.control("GET", "faults")["to_come"]
    return left


def at_carrier(market: Shop, carrier: str) -> set[str]:
    """Give the numbers that are ours at a carrier, by its own word."""
    account = market.account(carrier)
    adapter: Any = market.sandbox.adapter_for(carrier, dict(account.credentials))
    return {str(mine.number) for mine in adapter.owned(deadline=Deadline(10))}


def assert_whole(market: Shop, carrier: str, purse: Account) -> None:
    """Hold stock against carrier, ledger against lines, and ask the doctor."""
    assert not OrderLine.objects.filter(status=LineStatus.WAITING).exists()
    assert not NumberOrder.objects.filter(status=OrderStatus.SUBMITTED).exists()
    stock = set(PhoneNumber.objects.live().values_list("e164", flat=True))
    assert stock == at_carrier(market, carrier)
    assert set(market.sandbox.purchases().values()) <= {1}
    paid = OrderLine.objects.filter(status=BOUGHT, order__payer=purse.organization)
    spent = sum(line.amount for line in paid)
    purse.refresh_from_db()
    assert (purse.posted, purse.reserved) == (Decimal(100) - spent, Decimal(0))
    now = timezone.now()
    sealing.seal_pending(now)
    assert {name: found for name, check in CHECKS.items() if (found := check(now))} == {}


def statuses(order: NumberOrder) -> set[str]:
    """Give what became of an order's lines."""
    return set(order.lines.values_list("status", flat=True))


class Life:
    """Numbers on their way from the order to the release, with a fault at one step each."""

    def __init__(self, market: Shop, cast: Cast, carrier: str, kind: Kind) -> None:
        self.market = market
        self.cast = cast
        self.carrier = carrier
        self.kind = kind
        self.trunk = market.trunk(carrier)
        self.now = timezone.now()

    def order(self, payer: Organization, trunk: Trunk | None = None) -> NumberOrder:
        """Order a number, as of now again."""
        self.now = timezone.now()
        offers = self.market.offers(self.carrier)
        return make_order(
            offers=offers, payer=payer, trunk=trunk, actor=self.cast.staff, submit=True
        )

    def strike(self, operation: str) -> None:
        """Have the next call of an operation meet the fault."""
        if operation in TABLE[self.kind].operations:
            script(self.market, self.carrier, operation, self.kind)

    def let_pass(self) -> None:
        """Let time pass until nothing is due; by then the fault has struck."""
        self.now = let_pass(self.now)
        assert to_come(self.market) == []

    def buy(self) -> None:
        """Order; what arrived is ours, what never did has failed."""
        self.strike("order")
        order = self.order(self.cast.dealer)
        self.let_pass()
        assert statuses(order) == {FAILED if self.kind in NEVER_ARRIVES else BOUGHT}

    def look_up(self) -> None:
        """Lose the answer to an order, so that it is looked up."""
        self.market.sandbox.fault(self.carrier, "order", "timeout_after")
        self.strike("find")
        order = self.order(self.cast.dealer)
        self.let_pass()
        assert statuses(order) == {BOUGHT}

    def read_binding(self) -> PhoneNumber:
        """Order with a trunk, for the provider: whether it is bound is read."""
        self.strike("binding")
        order = self.order(self.cast.provider, self.trunk)
        self.let_pass()
        (number,) = bought(order)
        assert number.binding.status == BindingStatus.BOUND
        return number

    def bind(self) -> None:
        """Ask for a binding of a number that came without one."""
        order = self.order(self.cast.provider)
        self.let_pass()
        (number,) = bought(order)
        self.strike("bind")
        binding.want(number=number, trunk=self.trunk, actor=self.cast.staff, now=self.now)
        self.let_pass()
        number.binding.refresh_from_db()
        assert number.binding.status == BindingStatus.BOUND
        assert self.market.sandbox.delivery(number.e164)["delivered"]

    def release(self, number: PhoneNumber) -> None:
        """Give a number back to the carrier."""
        self.strike("release")
        release.schedule(number=number, on=None, actor=self.cast.staff, now=self.now)
        self.let_pass()
        number.refresh_from_db()
        assert number.status == NumberStatus.RELEASED


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("kind", WIRE_KINDS)
def test_every_step_of_a_life_ends_once_whatever_happens_to_it(
    market: Shop, cast: Cast, purse: Account, carrier: str, kind: Kind
) -> None:
    life = Life(market, cast, carrier, kind)
    life.buy()
    life.look_up()
    number = life.read_binding()
    life.bind()
    life.release(number)
    assert_whole(market, carrier, purse)


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("kind", [Kind.GARBAGE, Kind.TRUNCATED, Kind.UNKNOWN_WORD])
def test_no_answer_makes_us_buy_twice(
    market: Shop, purse: Account, buy: Buy, carrier: str, kind: Kind, seed: int
) -> None:
    for operation in ("order", "find"):
        script(market, carrier, operation, kind, seed=seed)
    order = buy(carrier, count=2)
    let_pass(timezone.now())
    assert statuses(order) == {BOUGHT}
    assert_whole(market, carrier, purse)


@pytest.mark.parametrize("carrier", CARRIERS)
def test_an_order_that_arrives_after_its_call_is_over_becomes_stock_all_the_same(
    market: Shop, cast: Cast, purse: Account, buy: Buy, carrier: str
) -> None:
    script(market, carrier, "order", Kind.DELAY)
    order = buy(carrier)
    now = let_pass(timezone.now(), unless=lambda: statuses(order) != {LineStatus.WAITING})
    ends = time.monotonic() + 20
    while not market.sandbox.purchases():
        assert time.monotonic() < ends, "The sandbox never got to it."
        time.sleep(0.02)
    let_pass(now)
    # Whether it was given up before depends on how fast this machine looks it up.
    holder = cast.provider if statuses(order) == {FAILED} else cast.dealer
    assert PhoneNumber.objects.live().get().holder == holder
    assert_whole(market, carrier, purse)


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("kind", [Kind.NO_FUNDS, Kind.NUMBER_GONE])
def test_a_plain_no_ends_the_line_and_returns_the_money(
    market: Shop, purse: Account, buy: Buy, carrier: str, kind: Kind
) -> None:
    market.sandbox.fault(carrier, "order", kind)
    order = buy(carrier)
    let_pass(timezone.now())
    assert statuses(order) == {FAILED}
    assert market.sandbox.purchases() == {}
    assert_whole(market, carrier, purse)


class TestAWordThatNobodyKnows:
    def test_leaves_the_line_waiting_shown_and_looked_at_again(
        self, market: Shop, purse: Account, buy: Buy
    ) -> None:
        market.sandbox.fault("telnyx", "", "unknown_word", times=1000, seed=3)
        order = buy("telnyx", count=2)
        (row,) = carrier_orders(order)
        now = timezone.now()
        purchase.place(carrier_order_id=row.pk, now=now)
        for _ in range(5):
            row.refresh_from_db()
            assert row.status == CarrierOrderStatus.PLACED
            assert statuses(order) == {LineStatus.WAITING}
            assert "do not know" in row.failure
            assert row.next_attempt_at is not None
            now = row.next_attempt_at
            purchase.settle(carrier_order_id=row.pk, now=now)

        market.sandbox.control("DELETE", "faults")
        let_pass(now)
        assert statuses(order) == {BOUGHT}
        assert_whole(market, "telnyx", purse)


WEBHOOK_KINDS = [kind for kind, rule in TABLE.items() if rule.operations == {"webhook"}]


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("kind", WEBHOOK_KINDS)
def test_a_message_is_only_a_hint(
    market: Shop, purse: Account, buy: Buy, carrier: str, kind: Kind
) -> None:
    if kind is Kind.WEBHOOK_EARLY and carrier == "twilio":
        # Twilio announces no orders: the sandbox refuses the fault.
        with pytest.raises(Exception, match="400"):
            market.sandbox.fault(carrier, "webhook", kind, seconds=0.1)
        return
    account = market.account(carrier)
    market.sandbox.control(
        "POST",
        "webhook",
        {
            "carrier": carrier,
            "account": account.credentials.get("account_sid") or account.credentials["api_key"],
            "url": "http://portal/hook",
        },
    )
    market.sandbox.fault(carrier, "webhook", kind, seconds=0.1)
    orders = [buy(carrier), buy(carrier)]
    for row in CarrierOrder.objects.all():
        purchase.place(carrier_order_id=row.pk, now=timezone.now())
    if carrier == "twilio":
        for number in PhoneNumber.objects.all():
            market.sandbox.control("POST", "calls", {"number": number.e164})
    expected = {Kind.WEBHOOK_LOST: 1, Kind.WEBHOOK_DOUBLED: 3}.get(kind, 2)
    letters = letters_of(market, expected)
    taken = [
        intake.receive(
            account=account,
            headers=letter.headers,
            body=letter.body,
            url=letter.url,
            now=timezone.now(),
        )
        for letter in letters
    ]
    assert to_come(market) == []
    assert taken.count(None) == (1 if kind is Kind.WEBHOOK_BADLY_SIGNED else 0)
    assert CarrierEvent.objects.count() == (1 if len(letters) == 1 or None in taken else 2)

    let_pass(timezone.now())

    assert [statuses(order) for order in orders] == [{BOUGHT}, {BOUGHT}]
    assert not CarrierEvent.objects.exclude(status=CarrierEvent.Status.HANDLED).exists()
    assert_whole(market, carrier, purse)


def letters_of(market: Shop, count: int) -> list[Any]:
    """Wait for the courier to have delivered so many messages."""
    ends = time.monotonic() + 20
    while len(market.sandbox.letters) < count:
        assert time.monotonic() < ends, "The courier did not deliver."
        time.sleep(0.01)
    return list(market.sandbox.letters)
