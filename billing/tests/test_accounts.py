"""Accounts are opened, credited and limited by those above."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Event
from accounts.tests.cast import Cast
from accounts.tests.factories import NOW
from billing import verify
from billing.funds import UnableToCredit
from billing.models import Account
from billing.tests.factories import dollars, make_account
from billing.workflows import accounts
from billing.workflows.accounts import UnableToChange, UnableToOpen
from lib.money import Money


def _open(cast: Cast, **changes: Any) -> Account:
    fields: dict[str, Any] = {
        "organization": cast.tenant,
        "currency": "USD",
        "credit_limit": Decimal(50),
        "actor": cast.dealer_owner,
        "now": NOW,
    }
    return accounts.open(**(fields | changes))


class TestOpen:
    def test_stores_an_empty_account_and_writes_it_down(self, cast: Cast) -> None:
        account = _open(cast)

        assert account.posted == account.reserved == 0
        assert account.available == 50
        event = Event.objects.get()
        assert (event.action, event.organization) == ("billing.account.opened", cast.tenant)

    def test_refuses_the_provider(self, cast: Cast) -> None:
        with pytest.raises(UnableToOpen, match="pays the carriers") as refusal:
            _open(cast, organization=cast.provider, actor=cast.staff)
        assert refusal.value.field == "organization"

    def test_refuses_a_second_one(self, cast: Cast) -> None:
        _open(cast)

        with pytest.raises(UnableToOpen, match="has an account already"):
            _open(cast)
        assert Event.objects.count() == 1

    @pytest.mark.parametrize("target", ["dealer", "rival_tenant", "rival_dealer"])
    def test_refuses_oneself_and_those_beside(self, cast: Cast, target: str) -> None:
        with pytest.raises(UnableToOpen, match="below your own"):
            _open(cast, organization=getattr(cast, target))

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("currency", "usd"),
            ("currency", "US"),
            ("currency", "ÄÖÜ"),
            ("currency", "A1B"),
            ("credit_limit", Decimal(-1)),
            ("credit_limit", Decimal(10) ** 15),
            ("credit_limit", Decimal("NaN")),
        ],
    )
    def test_refuses_what_does_not_fit_and_names_the_field(
        self, cast: Cast, field: str, value: object
    ) -> None:
        with pytest.raises(UnableToOpen) as refusal:
            _open(cast, **{field: value})
        assert refusal.value.field == field


class TestCredit:
    def test_adds_money_and_writes_it_down(self, cast: Cast) -> None:
        account = _open(cast)
        accounts.credit(
            account=account, amount=dollars("12.50"), reason="cash", actor=cast.staff, now=NOW
        )

        assert account.posted == Decimal("12.5")
        event = Event.objects.get(action="billing.account.credited")
        assert (event.reason, event.after["amount"]) == ("cash", "12.5000")
        assert verify.ledger() == []

    def test_refuses_those_who_are_not_above(self, cast: Cast) -> None:
        account = make_account(organization=cast.tenant)
        for actor in (cast.tenant_owner, cast.rival_dealer_owner):
            with pytest.raises(UnableToChange, match="above"):
                accounts.credit(account=account, amount=dollars(1), reason="", actor=actor, now=NOW)

    @pytest.mark.parametrize("amount", ["0", "0.00001", "-5", "NaN", "1e15", "1e40"])
    def test_refuses_what_is_no_amount(self, cast: Cast, amount: str) -> None:
        account = make_account(organization=cast.tenant)

        with pytest.raises(UnableToChange) as refusal:
            accounts.credit(
                account=account, amount=dollars(amount), reason="", actor=cast.staff, now=NOW
            )
        assert refusal.value.field == "amount"

    def test_refuses_another_currency(self, cast: Cast) -> None:
        with pytest.raises(UnableToCredit, match="EUR"):
            accounts.credit(
                account=make_account(organization=cast.tenant),
                amount=Money(Decimal(1), "EUR"),
                reason="",
                actor=cast.staff,
                now=NOW,
            )


class TestSetCreditLimit:
    def test_counts_from_now_on(self, cast: Cast) -> None:
        account = make_account(organization=cast.tenant, balance=1)
        accounts.set_credit_limit(
            account=account, credit_limit=Decimal(9), actor=cast.dealer_owner, now=NOW
        )

        assert account.available == 10

    def test_writes_down_what_it_was_and_not_what_somebody_saw_before(self, cast: Cast) -> None:
        account = make_account(organization=cast.tenant)
        seen_before = Account.objects.get()
        for seen, limit in ((account, 9), (seen_before, 5)):
            accounts.set_credit_limit(
                account=seen, credit_limit=Decimal(limit), actor=cast.dealer_owner, now=NOW
            )

        last = Event.objects.order_by("pk").last()
        assert last is not None
        assert Decimal(last.before["credit_limit"]) == 9

    def test_refuses_the_holder_itself_and_limits_below_nothing(self, cast: Cast) -> None:
        account = make_account(organization=cast.tenant)

        with pytest.raises(UnableToChange):
            accounts.set_credit_limit(
                account=account, credit_limit=Decimal(9), actor=cast.tenant_owner, now=NOW
            )
        with pytest.raises(UnableToChange) as refusal:
            accounts.set_credit_limit(
                account=account, credit_limit=Decimal(-9), actor=cast.staff, now=NOW
            )
        assert refusal.value.field == "credit_limit"
