"""Money in random order: it adds up after every step, and nobody reserves what is not there."""

from __future__ import annotations

from contextlib import ExitStack
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from accounts.models import Organization
from accounts.tests.cast import make_cast
from accounts.tests.factories import NOW
from billing import funds, verify
from billing.models import Account
from billing.tests.factories import ACTOR, make_account
from billing.workflows import accounts
from lib.money import PLACES, Money
from lib.refusals import UnableTo
from portal.testing.chance import lives

subjects = st.integers(0, 3).map("test.thing:{}".format)
chain = st.integers(0, 2)
"""Which account, leaf to root."""
amounts = st.decimals(0, 30, places=5)
"""One place more than is kept: what is rounded must be rounded everywhere alike."""
beyond = st.sampled_from([Decimal(0), PLACES])
"""How far beyond what is there: nothing, or as little as can be."""
CREDIT_LIMIT = 5


def kept(amount: Decimal) -> Decimal:
    """Round as the database keeps it."""
    return amount.quantize(PLACES, ROUND_HALF_UP)


class LifeOfMoney(RuleBasedStateMachine):
    """Three accounts, one below the other, beside a plain book of what they must hold."""

    def __init__(self) -> None:
        """Open the accounts; all is undone at the end."""
        super().__init__()
        self._world = ExitStack()
        self._world.enter_context(transaction.atomic())
        self._world.callback(transaction.set_rollback, True)
        cast = make_cast()
        self.staff = cast.staff
        self.owners: list[Organization] = [cast.sub_tenant, cast.sub_dealer, cast.dealer]
        for owner in self.owners:
            make_account(organization=owner, balance=10, credit_limit=CREDIT_LIMIT)
        self.posted = [Decimal(10)] * 3
        self.limits = [Decimal(CREDIT_LIMIT)] * 3
        self.reserved: list[dict[str, Decimal]] = [{}, {}, {}]

    def _held(self, one: int) -> Decimal:
        return sum(self.reserved[one].values(), Decimal(0))

    def _of(self, one: int, subject: str) -> Decimal:
        return self.reserved[one].get(subject, Decimal(0))

    @rule(one=chain, over=beyond, subject=subjects)
    def reserve_all_there_is(self, one: int, over: Decimal, subject: str) -> None:
        """Hold the very last of the credit: that much is possible, and nothing beyond."""
        free = self.posted[one] - self._held(one) + self.limits[one]
        self.reserve(one, max(free, Decimal(0)) + over, subject)

    @rule(one=chain, over=beyond, subject=subjects)
    def release_all_there_is(self, one: int, over: Decimal, subject: str) -> None:
        """Give back the very last that is reserved for something, and nothing beyond."""
        self.release(one, self._of(one, subject) + over, subject, all_of_it=False)

    @rule(one=chain, amount=amounts, subject=subjects)
    def reserve(self, one: int, amount: Decimal, subject: str) -> None:
        """Hold money: possible if and only if it is there, credit included."""
        free = self.posted[one] - self._held(one) + self.limits[one]
        fits = kept(amount) == 0 or kept(amount) <= free
        try:
            self._reserve(one, amount, subject)
        except funds.UnableToReserve:
            assert not fits
        else:
            assert fits
            self.reserved[one][subject] = self._of(one, subject) + kept(amount)

    def _reserve(self, one: int, amount: Decimal, subject: str) -> None:
        funds.reserve(
            organization=self.owners[one],
            amount=Money(amount, "USD"),
            subject=subject,
            actor=ACTOR,
            now=NOW,
        )

    @rule(amount=amounts, subject=subjects)
    def reserve_along_the_chain(self, amount: Decimal, subject: str) -> None:
        """Hold money of all three, or of none."""
        free = [self.posted[one] - self._held(one) + self.limits[one] for one in range(3)]
        fits = kept(amount) == 0 or all(kept(amount) <= there for there in free)
        try:
            with transaction.atomic():
                funds.lock(self.owners)
                for one in range(3):
                    self._reserve(one, amount, subject)
        except funds.UnableToReserve:
            assert not fits
        else:
            assert fits
            for one in range(3):
                self.reserved[one][subject] = self._of(one, subject) + kept(amount)

    @rule(one=chain, amount=amounts, subject=subjects, all_of_it=st.booleans())
    def release(self, one: int, amount: Decimal, subject: str, all_of_it: bool) -> None:
        """Give money back: possible if and only if so much is reserved for that."""
        amount = self._of(one, subject) if all_of_it else amount
        fits = kept(amount) <= self._of(one, subject)
        try:
            funds.release(
                organization=self.owners[one],
                amount=Money(amount, "USD"),
                subject=subject,
                actor=ACTOR,
                now=NOW,
            )
        except funds.UnableToSettle:
            assert not fits
        else:
            assert fits
            self.reserved[one][subject] = self._of(one, subject) - kept(amount)

    @rule(one=chain, share=st.integers(0, 5), cost=amounts, subject=subjects)
    def post(self, one: int, share: int, cost: Decimal, subject: str) -> None:
        """Charge what it cost, whatever that is, and end some of what was reserved for it."""
        ended = self._of(one, subject) * share / 4
        fits = kept(ended) <= self._of(one, subject)
        try:
            with transaction.atomic():
                funds.post(
                    organization=self.owners[one],
                    reserved=Money(ended, "USD"),
                    amount=Money(cost, "USD"),
                    subject=subject,
                    actor=ACTOR,
                    now=NOW,
                )
        except funds.UnableToSettle:
            assert not fits
        else:
            assert fits
            self.posted[one] -= kept(cost)
            self.reserved[one][subject] = self._of(one, subject) - kept(ended)

    @rule(one=chain, amount=st.decimals(-1, 30, places=5))
    def credit(self, one: int, amount: Decimal) -> None:
        """Pay money in: anything above nothing."""
        fits = kept(amount) > 0
        try:
            accounts.credit(
                account=self._account(one),
                amount=Money(amount, "USD"),
                reason="Paid.",
                actor=self.staff,
                now=NOW,
            )
        except UnableTo:
            assert not fits
        else:
            assert fits
            self.posted[one] += kept(amount)

    @rule(one=chain, limit=st.decimals(-1, 30, places=4))
    def change_the_credit_limit(self, one: int, limit: Decimal) -> None:
        """Allow more or less debt from now on; what is reserved stays."""
        try:
            accounts.set_credit_limit(
                account=self._account(one), credit_limit=limit, actor=self.staff, now=NOW
            )
        except UnableTo:
            assert limit < 0
        else:
            assert limit >= 0
            self.limits[one] = limit

    def _account(self, one: int) -> Account:
        return Account.objects.select_related("organization").get(organization=self.owners[one])

    @invariant()
    def accounts_hold_what_the_book_says(self) -> None:
        """Balances, reservations and limits are what the steps make them."""
        connection.check_constraints()
        for one in range(3):
            account = self._account(one)
            there = (account.posted, account.reserved, account.credit_limit)
            assert there == (self.posted[one], self._held(one), self.limits[one])
            assert all(
                funds.reserved_for(account, subject) == held
                for subject, held in self.reserved[one].items()
            )

    @invariant()
    def the_ledger_adds_up(self) -> None:
        """What `manage.py verify_ledger` looks at."""
        assert verify.ledger() == []

    def teardown(self) -> None:
        """End all that is reserved: nothing is left of it."""
        try:
            for one in range(3):
                for subject in self.reserved[one]:
                    self.release(one, Decimal(0), subject, all_of_it=True)
            assert not Account.objects.exclude(reserved=0).exists()
            self.accounts_hold_what_the_book_says()
            self.the_ledger_adds_up()
        finally:
            self._world.close()


@pytest.mark.django_db
def test_money_adds_up_whatever_is_done_in_whatever_order() -> None:
    run_state_machine_as_test(LifeOfMoney, settings=lives(count=10, steps=25))
