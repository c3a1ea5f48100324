"""The pace of an account on a real Redis."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest

from portal.testing.workers import Warm
from trunks import connect, pacing
from trunks.http import LONGEST_REST
from trunks.models import CarrierAccount
from trunks.tests import paced
from trunks.tests.factories import NOW, make_carrier_account

pytestmark = pytest.mark.django_db


def granted(account: CarrierAccount, tries: int) -> int:
    """Ask for so many calls at once; gives how often the answer was yes."""
    return sum(pacing.seconds_until_turn(account) == 0 for _ in range(tries))


def probed(account: CarrierAccount, tries: int) -> int:
    """Ask so many times whether something may be begun; gives how often the answer was yes."""
    return sum(pacing.seconds_to_wait(account)[0] == 0 for _ in range(tries))


class TestTheRate:
    def test_grants_a_few_at_once_and_then_says_when(self) -> None:
        account = make_carrier_account(rate_per_second=2)

        assert granted(account, 3) == 2
        wait, why = pacing.seconds_to_wait(account)
        assert 0 < wait <= pacing.MARGIN
        assert "share of calls" in why

    def test_keeps_its_word(self) -> None:
        account = make_carrier_account(rate_per_second=20)
        granted(account, 20)
        wait, _ = pacing.seconds_to_wait(account)

        time.sleep(wait)

        assert pacing.seconds_to_wait(account)[0] == 0

    def test_asking_whether_something_may_begin_uses_nothing_up(self) -> None:
        account = make_carrier_account(rate_per_second=1)

        assert probed(account, 3) == 3
        assert granted(account, 1) == 1
        assert probed(account, 1) == 0

    def test_what_was_begun_is_ended_although_the_carrier_asked_for_a_rest(self) -> None:
        account = make_carrier_account()
        pacing.rest(account, 30)

        assert pacing.seconds_until_turn(account) == 0

    def test_a_slow_account_gets_its_single_call(self) -> None:
        account = make_carrier_account(rate_per_second=0.1)

        assert granted(account, 3) == 1

    def test_accounts_do_not_share_it(self) -> None:
        one, other = (make_carrier_account(rate_per_second=1) for _ in range(2))

        assert granted(one, 2) == 1
        assert granted(other, 2) == 1

    @pytest.mark.race
    def test_all_workers_share_it(self) -> None:
        account = make_carrier_account(rate_per_second=5)
        counts: list[int] = []

        def ask() -> None:
            counts.append(granted(account, 10))

        threads = [threading.Thread(target=ask) for _ in range(4)]
        started = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.monotonic() - started

        assert 3 <= sum(counts) <= 5 + 5 * took


@pytest.mark.wire
@pytest.mark.django_db(transaction=True)
def test_four_processes_keep_ten_calls_a_second_and_use_them_up(warm: Warm) -> None:
    with paced.carrier() as (url, calls):
        account = make_carrier_account(base_url=url, rate_per_second=10)
        ids = {"account_id": account.pk, "seconds": 3.2}
        pids = [warm.ask(run="trunks.tests.paced.work", ids=ids, settings={}) for _ in range(4)]
        ends = [warm.ask(wait=pid) for pid in pids]

    # A call that this machine kept on its way for longer than the margin tells nothing.
    on_time = [call.came for call in calls if call.came - call.asked < pacing.MARGIN - 1]
    assert ends == [""] * 4
    assert len(on_time) > len(calls) / 2
    assert paced.most_in_any_second(on_time) <= 10
    assert sum(call.came < calls[0].came + 3 for call in calls) >= 27


class TestTheBreaker:
    def test_opens_after_failures_in_a_row(self) -> None:
        account = make_carrier_account()
        for _ in range(pacing.FAILURES_TO_OPEN):
            assert pacing.seconds_to_wait(account)[0] == 0
            pacing.note_failure(account)

        wait, why = pacing.seconds_to_wait(account)
        assert 0 < wait <= pacing.OPEN_SECONDS
        assert "left alone" in why

    def test_an_answer_starts_the_count_afresh(self) -> None:
        account = make_carrier_account()
        for _ in range(pacing.FAILURES_TO_OPEN - 1):
            pacing.note_failure(account)
        pacing.note_answer(account)
        pacing.note_failure(account)

        assert pacing.seconds_to_wait(account)[0] == 0

    def test_lets_one_probe_through_and_closes_when_it_is_answered(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pacing, "OPEN_SECONDS", 0.05)
        account = make_carrier_account()
        for _ in range(pacing.FAILURES_TO_OPEN):
            pacing.note_failure(account)
        time.sleep(0.06)

        assert probed(account, 3) == 1
        pacing.note_answer(account)
        assert probed(account, 3) == 3

    def test_a_failed_probe_opens_it_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pacing, "OPEN_SECONDS", 0.05)
        account = make_carrier_account()
        for _ in range(pacing.FAILURES_TO_OPEN):
            pacing.note_failure(account)
        time.sleep(0.06)
        assert probed(account, 1) == 1
        pacing.note_failure(account)

        assert probed(account, 1) == 0


class TestARest:
    def test_holds_for_as_long_as_the_carrier_asked(self) -> None:
        account = make_carrier_account()
        pacing.rest(account, 30)

        wait, why = pacing.seconds_to_wait(account)
        assert 29 < wait <= 30
        assert "slow down" in why

    def test_does_not_hold_for_a_day(self) -> None:
        account = make_carrier_account()
        pacing.rest(account, 86_400)

        assert pacing.seconds_to_wait(account)[0] <= LONGEST_REST


class TestMayCall:
    def test_says_when_it_is_worth_asking_again(self) -> None:
        account = make_carrier_account()
        pacing.rest(account, 30)

        with pytest.raises(connect.NotNow) as caught:
            connect.may_call(account, NOW)
        assert timedelta(seconds=29) < caught.value.retry_at - NOW <= timedelta(seconds=30)

    def test_a_paused_account_is_not_called(self) -> None:
        account = make_carrier_account(status=CarrierAccount.Status.PAUSED)

        with pytest.raises(connect.NotNow, match="paused"):
            connect.may_call(account, NOW)
