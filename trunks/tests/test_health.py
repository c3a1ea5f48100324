"""How accounts at carriers are doing, and how long what they said is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.cast import Cast
from trunks import health, pacing
from trunks.health import Calls, Word
from trunks.models import CarrierAccount, CarrierEvent, Exchange
from trunks.tests.carriers.sandbox import CarrierSandbox
from trunks.tests.factories import NOW, make_carrier_account
from trunks.workflows import accounts, retention

pytestmark = pytest.mark.django_db


def exchange(
    account: CarrierAccount,
    *,
    status: int | None = 200,
    minutes: float = 1,
    milliseconds: int = 10,
    purpose: str = "order",
    trouble: str = "",
) -> Exchange:
    """Store a call that happened so many minutes ago."""
    return Exchange.objects.create(
        account=account,
        purpose=purpose,
        method="GET",
        url="http://sandbox",
        status=status,
        milliseconds=milliseconds,
        trouble=trouble,
        at=NOW - timedelta(minutes=minutes),
    )


def event(account: CarrierAccount, event_id: str, status: str, *, days: float) -> None:
    """Store a message that came so many days ago."""
    CarrierEvent.objects.create(
        account=account,
        event_id=event_id,
        body="{}",
        received_at=NOW - timedelta(days=days),
        status=status,
        status_since=NOW,
        give_up_at=NOW,
    )


class TestTheLastHour:
    def test_counts_calls_failures_and_the_slowest(self) -> None:
        account, other = make_carrier_account(), make_carrier_account()
        exchange(account)
        exchange(account, status=404)
        exchange(account, status=None, milliseconds=900, purpose="search")
        exchange(account, status=503)
        exchange(account, status=401, milliseconds=800)
        exchange(account, status=None, minutes=61, milliseconds=9000)
        found = health.calls_of([account, other], since=NOW - health.HOUR)
        assert found[account.pk] == Calls(5, 3, "search", 900)
        assert found[account.pk].failed_share == 0.6
        assert found[other.pk] == Calls()
        assert found[other.pk].failed_share == 0

    def test_counts_trouble_that_came_with_a_good_status(self) -> None:
        account = make_carrier_account()
        exchange(account)
        exchange(account, trouble="Misconfigured: VoIP.ms refuses the password.")
        assert health.calls_of([account], since=NOW - health.HOUR)[account.pk].failed == 1
        hours = health.by_hour(account, now=NOW)
        assert [(count, failed) for _, count, failed, _ in hours if count] == [(2, 1)]

    def test_costs_one_query_for_any_number_of_accounts(self) -> None:
        few = [make_carrier_account() for _ in range(4)]
        for account in few:
            exchange(account)
        with CaptureQueriesContext(connection) as asked:
            health.calls_of(few, since=NOW - health.HOUR)
        assert len(asked) == 1


class TestTheWord:
    def test_is_unchecked_before_anybody_asked(self) -> None:
        account = make_carrier_account()
        assert health.words([account]) == {account.pk: Word.UNCHECKED}
        assert health.words([]) == {}

    @pytest.mark.parametrize(
        ("fault", "word", "reachable", "authenticated"),
        [
            ("", Word.GOOD, True, True),
            ("wrong_credentials", Word.REFUSED, True, False),
            ("error_before", Word.UNREACHABLE, False, None),
            ("rate_limited", Word.RESTING, True, None),
        ],
    )
    def test_says_what_the_check_found(
        self,
        cast: Cast,
        carriers: CarrierSandbox,
        fault: str,
        word: Word,
        reachable: bool,
        authenticated: bool | None,
    ) -> None:
        opened = carriers.account("telnyx", balance="41.20")
        account = make_carrier_account(credentials=opened["credentials"])
        if fault:
            carriers.fault("telnyx", "balance", fault, times=10)
        accounts.check(account=account, actor=cast.staff, now=NOW)
        account.refresh_from_db()
        assert (account.reachable, account.authenticated) == (reachable, authenticated)
        assert account.balance_at == (None if fault else NOW)
        assert health.words([account])[account.pk] == word

    def test_keeps_what_is_known_of_the_credentials_while_nobody_answers(
        self, cast: Cast, carriers: CarrierSandbox
    ) -> None:
        opened = carriers.account("telnyx")
        account = make_carrier_account(credentials=opened["credentials"])
        accounts.check(account=account, actor=cast.staff, now=NOW)
        carriers.fault("telnyx", "balance", "error_before", times=10)
        accounts.check(account=account, actor=cast.staff, now=NOW)
        assert (account.reachable, account.authenticated) == (False, True)

    def test_of_a_paused_account_is_paused(self) -> None:
        account = make_carrier_account(status=CarrierAccount.Status.PAUSED)
        assert health.words([account])[account.pk] == Word.PAUSED


class TestTheBreaker:
    def test_says_that_it_is_open_and_until_when(self) -> None:
        account = make_carrier_account()
        for _ in range(pacing.FAILURES_TO_OPEN):
            assert not health.of(account, now=NOW).is_open
            pacing.note_failure(account)
        found = health.of(account, now=NOW)
        assert (found.word, found.pace.failures) == (Word.UNREACHABLE, pacing.FAILURES_TO_OPEN)
        assert found.open_until is not None
        assert NOW < found.open_until <= NOW + timedelta(seconds=pacing.OPEN_SECONDS)

    def test_says_until_when_the_carrier_wants_rest(self) -> None:
        account = make_carrier_account()
        assert health.of(account, now=NOW).rests_until is None
        pacing.rest(account, 60)
        until = health.of(account, now=NOW).rests_until
        assert until is not None
        assert NOW < until <= NOW + timedelta(seconds=60)

    def test_is_not_moved_by_looking(self) -> None:
        account = make_carrier_account(rate_per_second=1)
        for _ in range(5):
            pacing.look([account])
        assert pacing.seconds_to_wait(account)[0] == 0


class TestForgetting:
    def test_deletes_what_is_older_than_the_setting_says(
        self, settings: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.EXCHANGE_DAYS = 2  # type: ignore[attr-defined]
        monkeypatch.setattr(retention, "AT_ONCE", 2)
        account = make_carrier_account()
        for days in range(8):
            exchange(account, minutes=days * 24 * 60 + 1)
        event(account, "old", CarrierEvent.Status.HANDLED, days=3)
        event(account, "odd", CarrierEvent.Status.UNKNOWN, days=3)
        event(account, "new", CarrierEvent.Status.HANDLED, days=1)
        event(account, "waiting", CarrierEvent.Status.RECEIVED, days=3)
        assert retention.forget(now=NOW) == {"exchanges": 6, "events": 2}
        assert Exchange.objects.count() == 2
        kept = CarrierEvent.objects.values_list("event_id", flat=True)
        assert set(kept) == {"new", "waiting"}
        assert retention.forget(now=NOW) == {"exchanges": 0, "events": 0}
