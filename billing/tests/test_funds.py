"""Money moves within what is there, is entered in the ledger, and adds up."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.tests.cast import Cast
from accounts.tests.factories import NOW
from billing import funds, verify
from billing.funds import UnableToCredit, UnableToReserve, UnableToSettle
from billing.models import Account, LedgerEntry
from billing.tests.factories import ACTOR, dollars, make_account
from lib.money import Money

ORDER = "dids.order:0b2c"


@pytest.fixture
def account(cast: Cast) -> Account:
    """Give the tenant an account with 10 dollars and 5 of credit."""
    return make_account(organization=cast.tenant, balance=10, credit_limit=5)


def _reserve(account: Account, amount: str | int, subject: str = ORDER) -> None:
    funds.reserve(
        organization=account.organization,
        amount=dollars(amount),
        subject=subject,
        actor=ACTOR,
        now=NOW,
    )


def _release(account: Account, amount: str | int, subject: str = ORDER) -> None:
    funds.release(
        organization=account.organization,
        amount=dollars(amount),
        subject=subject,
        actor=ACTOR,
        now=NOW,
    )


def _post(account: Account, reserved: str | int, amount: str | int, subject: str = ORDER) -> None:
    funds.post(
        organization=account.organization,
        reserved=dollars(reserved),
        amount=dollars(amount),
        subject=subject,
        actor=ACTOR,
        now=NOW,
    )


def _state(account: Account) -> tuple[Decimal, Decimal]:
    account.refresh_from_db()
    return account.posted, account.reserved


def _entries(account: Account) -> list[tuple[str, Decimal]]:
    rows = account.entries.exclude(subject="billing.credit:opening").order_by("pk")
    return list(rows.values_list("kind", "amount"))


class TestReserve:
    def test_holds_the_amount_and_enters_it(self, account: Account) -> None:
        _reserve(account, "4.25")

        assert _state(account) == (Decimal(10), Decimal("4.25"))
        assert _entries(account) == [("RESERVE", Decimal("4.25"))]
        entry = LedgerEntry.objects.get(subject=ORDER)
        assert (entry.at, entry.actor) == (NOW, ACTOR.name)

    def test_goes_down_to_the_credit_limit_and_not_beyond(self, account: Account) -> None:
        _reserve(account, 15)

        with pytest.raises(UnableToReserve, match=r"0\.01 USD is needed, and 0\.00 USD"):
            _reserve(account, "0.01")
        assert _state(account) == (Decimal(10), Decimal(15))
        assert len(_entries(account)) == 1

    def test_refuses_a_tenant_or_dealer_without_an_account(self, cast: Cast) -> None:
        for organization in (cast.tenant, cast.dealer):
            with pytest.raises(UnableToReserve, match="has no account yet"):
                funds.reserve(
                    organization=organization,
                    amount=dollars(1),
                    subject=ORDER,
                    actor=ACTOR,
                    now=NOW,
                )

    def test_refuses_another_currency(self, account: Account) -> None:
        with pytest.raises(UnableToReserve, match="is in USD, the amount in EUR"):
            funds.reserve(
                organization=account.organization,
                amount=Money(Decimal(1), "EUR"),
                subject=ORDER,
                actor=ACTOR,
                now=NOW,
            )

    def test_moves_nothing_for_the_provider(self, cast: Cast) -> None:
        amounts: dict[str, Any] = {
            "organization": cast.provider,
            "subject": ORDER,
            "actor": ACTOR,
            "now": NOW,
        }
        funds.reserve(amount=dollars(1_000_000), **amounts)
        funds.post(reserved=dollars(1_000_000), amount=dollars(900_000), **amounts)
        funds.release(amount=dollars(100_000), **amounts)

        assert not LedgerEntry.objects.exists()

    def test_moves_nothing_for_nothing(self, account: Account) -> None:
        _reserve(account, 0)

        assert _entries(account) == []

    def test_takes_no_negative_amount(self, account: Account) -> None:
        with pytest.raises(ValueError, match="sign"):
            _reserve(account, -1)

    def test_rounds_to_the_four_places_that_are_kept(self, account: Account) -> None:
        _reserve(account, "0.00005")

        assert _entries(account) == [("RESERVE", Decimal("0.0001"))]
        assert verify.ledger() == []

    def test_leaves_no_trace_when_the_work_is_undone(self, account: Account) -> None:
        with transaction.atomic():
            _reserve(account, 5)
            transaction.set_rollback(True)

        assert _state(account) == (Decimal(10), Decimal(0))
        assert _entries(account) == []


class TestRelease:
    def test_gives_back_what_was_reserved_in_parts(self, account: Account) -> None:
        _reserve(account, 6)
        _release(account, 2)
        _release(account, 4)

        assert _state(account) == (Decimal(10), Decimal(0))

    def test_refuses_to_give_back_twice(self, account: Account) -> None:
        _reserve(account, 6)
        _release(account, 6)

        with pytest.raises(UnableToSettle, match="reserved"):
            _release(account, 6)
        assert _state(account) == (Decimal(10), Decimal(0))

    def test_does_not_touch_what_another_order_holds(self, account: Account) -> None:
        _reserve(account, 6, subject="dids.order:other")

        with pytest.raises(UnableToSettle):
            _release(account, 6)
        assert _state(account) == (Decimal(10), Decimal(6))
        assert funds.reserved_for(account, "dids.order:other") == 6


class TestPost:
    def test_charges_and_ends_the_reservation(self, account: Account) -> None:
        _reserve(account, 6)
        _post(account, reserved=6, amount="5.50")

        assert _state(account) == (Decimal("4.5"), Decimal(0))
        assert _entries(account) == [
            ("RESERVE", Decimal(6)),
            ("RELEASE", Decimal(6)),
            ("POST", Decimal("5.5")),
        ]

    def test_never_refuses_a_price_above_balance_and_credit(self, account: Account) -> None:
        _reserve(account, 6)
        _post(account, reserved=6, amount=100)

        assert _state(account) == (Decimal(-90), Decimal(0))
        with pytest.raises(UnableToReserve):
            _reserve(account, "0.01")

    def test_refuses_to_end_a_reservation_twice(self, account: Account) -> None:
        _reserve(account, 6)
        _post(account, reserved=6, amount=6)

        with pytest.raises(UnableToSettle):
            _post(account, reserved=6, amount=6)
        assert _state(account) == (Decimal(4), Decimal(0))

    def test_charges_what_nobody_reserved(self, account: Account) -> None:
        _post(account, reserved=0, amount=3)

        assert _state(account) == (Decimal(7), Decimal(0))


class TestCredit:
    def test_adds_to_the_balance(self, account: Account) -> None:
        funds.credit(
            organization=account.organization,
            amount=dollars(7),
            subject="billing.credit:1",
            actor=ACTOR,
            now=NOW,
        )

        assert _state(account) == (Decimal(17), Decimal(0))

    def test_refuses_where_there_is_no_account(self, cast: Cast) -> None:
        with pytest.raises(UnableToCredit, match="no account"):
            funds.credit(
                organization=cast.dealer,
                amount=dollars(7),
                subject="billing.credit:1",
                actor=ACTOR,
                now=NOW,
            )


class TestTheDatabase:
    @pytest.mark.parametrize(
        ("change", "constraint"),
        [
            ({"reserved": Decimal(-1)}, "account_reserved_is_not_negative"),
            ({"credit_limit": Decimal(-1)}, "account_credit_limit_is_not_negative"),
            ({"currency": "usd"}, "account_currency_code"),
        ],
    )
    def test_keeps_nonsense_out(
        self, account: Account, change: dict[str, object], constraint: str
    ) -> None:
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            Account.objects.filter(pk=account.pk).update(**change)

    def test_keeps_an_account_of_the_provider_out(self, cast: Cast) -> None:
        with pytest.raises(IntegrityError, match="the provider has no account"):
            Account.objects.create(organization=cast.provider, currency="USD")

    @pytest.mark.parametrize("amount", [0, -1])
    def test_keeps_entries_of_nothing_out(self, account: Account, amount: int) -> None:
        with pytest.raises(IntegrityError, match="entry_amount_is_positive"):
            LedgerEntry.objects.create(
                account=account, kind="POST", amount=amount, subject="x", at=NOW, actor="x"
            )


class TestVisibleTo:
    def test_shows_accounts_and_entries_of_ones_own_branch_alone(
        self, cast: Cast, account: Account
    ) -> None:
        for reader in (cast.staff, cast.dealer_owner, cast.tenant_owner):
            assert account in Account.objects.visible_to(reader)
            assert LedgerEntry.objects.visible_to(reader).exists()
        for stranger in (cast.rival_dealer_owner, cast.rival_tenant_owner, cast.sub_dealer_owner):
            assert account not in Account.objects.visible_to(stranger)
            assert not LedgerEntry.objects.visible_to(stranger).exists()
