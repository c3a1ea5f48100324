"""Nobody spends the same money twice, however many try at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.tests.cast import Cast
from accounts.tests.factories import NOW
from billing import funds, verify
from billing.funds import UnableToReserve, UnableToSettle
from billing.models import Account
from billing.tests.factories import ACTOR, dollars, make_account
from lib.refusals import UnableTo

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def _at_once(count: int, work: Callable[[int], None], refusal: type[UnableTo]) -> int:
    start = Barrier(count)

    def run(turn: int) -> bool:
        start.wait()
        try:
            with transaction.atomic():
                work(turn)
        except refusal:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(count) as pool:
        return sum(pool.map(run, range(count)))


def _balance(account: Account) -> tuple[Decimal, Decimal]:
    account.refresh_from_db()
    return account.posted, account.reserved


def test_eight_orders_of_three_dollars_out_of_ten_leave_three_winners(cast: Cast) -> None:
    account = make_account(organization=cast.tenant, balance=10)

    def reserve(turn: int) -> None:
        funds.reserve(
            organization=cast.tenant,
            amount=dollars(3),
            subject=f"dids.order:{turn}",
            actor=ACTOR,
            now=NOW,
        )

    assert _at_once(8, reserve, UnableToReserve) == 3
    assert _balance(account) == (Decimal(10), Decimal(9))
    assert verify.ledger() == []


def test_one_of_eight_who_end_the_same_reservation_succeeds(cast: Cast) -> None:
    account = make_account(organization=cast.tenant, balance=100)
    for order in ("dids.order:ours", "dids.order:other"):
        funds.reserve(
            organization=cast.tenant, amount=dollars(40), subject=order, actor=ACTOR, now=NOW
        )

    def end(turn: int) -> None:
        where: dict[str, Any] = {"organization": cast.tenant, "actor": ACTOR, "now": NOW}
        if turn % 2:
            funds.release(amount=dollars(40), subject="dids.order:ours", **where)
        else:
            funds.post(reserved=dollars(40), amount=dollars(0), subject="dids.order:ours", **where)

    assert _at_once(8, end, UnableToSettle) == 1
    assert _balance(account) == (Decimal(100), Decimal(40))
    assert verify.ledger() == []


def test_chains_that_share_accounts_do_not_block_each_other_for_good(cast: Cast) -> None:
    chain = [cast.sub_tenant, cast.sub_dealer, cast.dealer]
    for organization in chain:
        make_account(organization=organization, balance=100)

    def pay(turn: int) -> None:
        ordered = chain if turn % 2 else list(reversed(chain))
        funds.lock(ordered)
        for organization in ordered:
            funds.reserve(
                organization=organization,
                amount=dollars(1),
                subject=f"dids.order:{turn}",
                actor=ACTOR,
                now=NOW,
            )

    assert _at_once(6, pay, UnableToReserve) == 6
    assert {account.reserved for account in Account.objects.all()} == {Decimal(6)}
    assert verify.ledger() == []
