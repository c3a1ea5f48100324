"""Carrier accounts: connected, checked, paused; every refusal names its field."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from accounts.models import Event
from accounts.tests.cast import Cast
from lib.transitions import LostRace, UnableToMove
from trunks import pacing
from trunks.models import CarrierAccount
from trunks.tests.carriers.sandbox import CarrierSandbox
from trunks.tests.factories import NOW, SANDBOX, make_carrier_account
from trunks.workflows import accounts

Status = CarrierAccount.Status
GOOD: dict[str, Any] = {
    "carrier": "telnyx",
    "name": "Telnyx, main",
    "credentials": {"api_key": "KEY0123456789", "public_key": "cHVibGlj"},
}


def actions() -> list[str]:
    """Give what the journal tells, oldest first."""
    return list(Event.objects.order_by("pk").values_list("action", flat=True))


class TestConnect:
    def test_stores_the_credentials_sealed(self, cast: Cast) -> None:
        account = accounts.connect(**GOOD, actor=cast.staff, now=NOW)

        account.refresh_from_db()
        assert account.credentials == GOOD["credentials"]
        assert (account.owner, account.status) == (cast.provider, Status.ACTIVE)
        with connection.cursor() as cursor:
            cursor.execute("SELECT credentials FROM trunks_carrieraccount")
            ((raw,),) = cursor.fetchall()
        assert "KEY0123456789" not in raw

    def test_is_journaled_without_credentials(self, cast: Cast) -> None:
        account = accounts.connect(**GOOD, actor=cast.staff, now=NOW)

        event = Event.objects.get(action="trunks.account.connected")
        assert event.subject == f"trunks.account:{account.uuid}"
        assert "KEY0123456789" not in f"{event.before} {event.after}"

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"carrier": "nobody"}, "carrier"),
            ({"name": "  "}, "name"),
            ({"name": "x" * 81}, "name"),
            ({"name": "a\x00b"}, "name"),
            ({"credentials": {}}, "credentials"),
            ({"credentials": {"api_key": "KEY1"}}, "credentials"),
            ({"credentials": {**GOOD["credentials"], "pin": "1"}}, "credentials"),
            ({"credentials": {**GOOD["credentials"], "api_key": "a\nb"}}, "credentials"),
            ({"base_url": "file:///etc/passwd"}, "base_url"),
            ({"base_url": "carrier"}, "base_url"),
            ({"base_url": "http://[::1"}, "base_url"),
            ({"base_url": "http://carrier:port"}, "base_url"),
            ({"base_url": "https://us:secret@carrier.example"}, "base_url"),
            ({"base_url": "https://carrier.example/?token=secret"}, "base_url"),
            ({"base_url": "https://carrier.example/" + "x" * 200}, "base_url"),
            ({"rate_per_second": 0}, "rate_per_second"),
        ],
    )
    def test_refuses_nonsense_by_its_field(
        self, cast: Cast, changed: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(accounts.UnableToConnect) as caught:
            accounts.connect(**{**GOOD, **changed}, actor=cast.staff, now=NOW)

        assert caught.value.field == field
        assert not CarrierAccount.objects.exists()

    def test_is_called_as_often_as_its_carrier_allows(self, cast: Cast) -> None:
        wish = {"carrier": "vonage", "credentials": {"api_key": "k", "api_secret": "s"}}
        slow = accounts.connect(**{**GOOD, **wish}, actor=cast.staff, now=NOW)
        told = accounts.connect(
            **{**GOOD, **wish, "name": "Fast"}, rate_per_second=9, actor=cast.staff, now=NOW
        )

        assert (slow.rate_per_second, told.rate_per_second) == (2.0, 9)

    def test_refuses_a_name_that_is_taken(self, cast: Cast) -> None:
        accounts.connect(**GOOD, actor=cast.staff, now=NOW)

        with pytest.raises(accounts.UnableToConnect) as caught:
            accounts.connect(**GOOD, actor=cast.staff, now=NOW)
        assert caught.value.field == "name"

    def test_belongs_to_the_provider_only(self, cast: Cast) -> None:
        with pytest.raises(accounts.UnableToConnect):
            accounts.connect(**GOOD, actor=cast.dealer_owner, now=NOW)

    def test_strangers_see_none(self, cast: Cast) -> None:
        accounts.connect(**GOOD, actor=cast.staff, now=NOW)

        assert CarrierAccount.objects.visible_to(cast.staff).count() == 1
        for actor in (cast.dealer_owner, cast.tenant_owner, cast.rival_dealer_owner):
            assert not CarrierAccount.objects.visible_to(actor).exists()


class TestCheck:
    @pytest.mark.parametrize("carrier", ["telnyx", "twilio"])
    def test_keeps_the_balance(self, cast: Cast, carriers: CarrierSandbox, carrier: str) -> None:
        opened = carriers.account(carrier, balance="41.20")
        account = make_carrier_account(carrier=carrier, credentials=opened["credentials"])

        accounts.check(account=account, actor=cast.staff, now=NOW)

        account.refresh_from_db()
        assert (str(account.balance), account.health) == ("41.20 USD", "")
        assert (account.checked_at, account.status) == (NOW, Status.ACTIVE)

    def test_tells_once_that_little_is_left(self, cast: Cast, carriers: CarrierSandbox) -> None:
        opened = carriers.account("telnyx", balance="41.20")
        account = make_carrier_account(credentials=opened["credentials"])
        account.warn_below = Decimal(50)

        for _ in range(2):
            accounts.check(account=account, actor=cast.staff, now=NOW)

        event = Event.objects.get(action="trunks.account.balance_low")
        assert event.after == {"name": account.name, "balance": "41.20 USD"}

    def test_refused_credentials_break_it_until_they_are_replaced(
        self, cast: Cast, carriers: CarrierSandbox
    ) -> None:
        opened = carriers.account("telnyx")
        wrong = {**opened["credentials"], "api_key": "KEYwrong"}
        account = make_carrier_account(credentials=wrong)

        accounts.check(account=account, actor=cast.staff, now=NOW)
        assert account.status == Status.BROKEN
        assert account.health

        accounts.replace_credentials(
            account=account, credentials=opened["credentials"], actor=cast.staff, now=NOW
        )
        accounts.check(account=account, actor=cast.staff, now=NOW)
        account.refresh_from_db()
        assert (account.status, account.health) == (Status.ACTIVE, "")
        assert actions()[-3:] == [
            "trunks.account.broken",
            "trunks.account.credentials_replaced",
            "trunks.account.restored",
        ]

    def test_credentials_are_proven_where_there_is_no_balance(
        self, cast: Cast, carriers: CarrierSandbox
    ) -> None:
        good = carriers.account("flowroute")["credentials"]
        account = make_carrier_account(
            carrier="flowroute", credentials={**good, "secret_key": "wrong"}
        )

        for credentials, status in (({}, Status.BROKEN), (good, Status.ACTIVE)):
            account.credentials = {**account.credentials, **credentials}
            accounts.check(account=account, actor=cast.staff, now=NOW)
            assert (account.status, account.authenticated) == (status, status == Status.ACTIVE)
        assert account.balance is None

    def test_a_silent_carrier_is_no_broken_account(
        self, cast: Cast, carriers: CarrierSandbox
    ) -> None:
        opened = carriers.account("telnyx")
        account = make_carrier_account(credentials=opened["credentials"])
        carriers.fault("telnyx", "balance", "timeout_before", times=3)

        accounts.check(account=account, actor=cast.staff, now=NOW)

        assert account.status == Status.ACTIVE
        assert account.health

    def test_keeps_since_when_it_fails(self, cast: Cast, carriers: CarrierSandbox) -> None:
        opened = carriers.account("telnyx")
        account = make_carrier_account(credentials=opened["credentials"])
        carriers.fault("telnyx", "balance", "timeout_before", times=6)

        for minutes in (0, 5):
            at = NOW + timedelta(minutes=minutes)
            accounts.check(account=account, actor=cast.staff, now=at)
            account.refresh_from_db()
            assert account.trouble_since == NOW
            pacing.forget(account)
        accounts.check(account=account, actor=cast.staff, now=NOW)
        account.refresh_from_db()
        assert account.trouble_since is None

    def test_waits_for_its_turn(self, cast: Cast) -> None:
        account = make_carrier_account()
        pacing.rest(account, 30)

        with pytest.raises(accounts.UnableToCheck, match="Try again in 30 s"):
            accounts.check(account=account, actor=cast.staff, now=NOW)

    def test_is_due_again_after_a_while(self, cast: Cast) -> None:
        account = make_carrier_account()
        paused = make_carrier_account(status=Status.PAUSED)
        assert accounts.due(NOW) == [account.pk]

        CarrierAccount.objects.update(checked_at=NOW)
        assert accounts.due(NOW + accounts.CHECK_EVERY / 2) == []
        assert paused.pk not in accounts.due(NOW + accounts.CHECK_EVERY)


class TestPause:
    def test_and_resume(self, cast: Cast) -> None:
        account = make_carrier_account()

        accounts.pause(account=account, actor=cast.staff, now=NOW)
        assert CarrierAccount.objects.get().status == Status.PAUSED
        accounts.resume(account=account, actor=cast.staff, now=NOW)
        assert CarrierAccount.objects.get().status == Status.ACTIVE

    def test_only_once(self, cast: Cast) -> None:
        account = make_carrier_account()
        stale = CarrierAccount.objects.get()
        accounts.pause(account=account, actor=cast.staff, now=NOW)

        with pytest.raises(LostRace):
            accounts.pause(account=stale, actor=cast.staff, now=NOW)
        with pytest.raises(UnableToMove):
            accounts.pause(account=account, actor=cast.staff, now=NOW)

    def test_wins_over_a_check(self, cast: Cast, carriers: CarrierSandbox) -> None:
        account = make_carrier_account(credentials={"api_key": "KEYwrong", "public_key": "x"})
        accounts.pause(account=CarrierAccount.objects.get(), actor=cast.staff, now=NOW)

        accounts.check(account=account, actor=cast.staff, now=NOW)

        assert account.base_url.startswith(SANDBOX)
        assert CarrierAccount.objects.get().status == Status.PAUSED
