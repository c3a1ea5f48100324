"""Counting the numbers of a day, and reading what was counted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from accounts.models import Organization
from accounts.tests.cast import Cast
from accounts.tests.factories import make_actor
from dids import tallies
from dids.models import Holding, NumberTally, PhoneNumber
from dids.states import NumberStatus
from dids.tests.factories import make_number
from dids.workflows.tallying import KEPT, is_missing, tally
from trunks.tests.factories import make_carrier_account

NOON = datetime(2026, 7, 10, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
TODAY = NOON.date()


def counted(organization: Organization, day: date = TODAY) -> dict[str, int]:
    rows = NumberTally.objects.filter(organization=organization, day=day)
    return {row.status: row.numbers for row in rows}


def forget(number: PhoneNumber) -> None:
    """Let a number be history."""
    with transaction.atomic():
        Holding.objects.filter(number=number).delete()
        PhoneNumber.objects.filter(pk=number.pk).update(status=NumberStatus.RELEASED)


class TestATally:
    def test_counts_for_everybody_above_the_holder(self, cast: Cast) -> None:
        account = make_carrier_account()
        for holder in (cast.tenant, cast.tenant, cast.sub_tenant, cast.dealer, cast.provider):
            make_number(holder=holder, account=account)
        tally(now=NOON)
        assert counted(cast.sub_dealer) == {"ASSIGNED": 1}
        assert counted(cast.dealer) == {"ASSIGNED": 3, "AVAILABLE": 1}
        assert counted(cast.provider) == {"ASSIGNED": 3, "AVAILABLE": 2}
        assert counted(cast.rival_dealer) == counted(cast.tenant) == {}

    def test_leaves_history_out(self, cast: Cast) -> None:
        forget(make_number())
        assert tally(now=NOON) == 0

    def test_is_missing_until_the_day_is_counted(self, cast: Cast) -> None:
        assert not is_missing(NOON)
        make_number()
        assert is_missing(NOON)
        tally(now=NOON)
        assert not is_missing(NOON)
        assert is_missing(NOON + DAY)

    def test_replaces_what_was_counted_that_day_before(self, cast: Cast) -> None:
        account = make_carrier_account()
        numbers = [make_number(account=account) for _ in range(3)]
        assert tally(now=NOON) == 1
        assert tally(now=NOON) == 1
        for number in numbers:
            forget(number)
        make_number(holder=cast.tenant, account=account)
        tally(now=NOON + timedelta(hours=1))
        assert counted(cast.provider) == {"ASSIGNED": 1}

    def test_keeps_a_row_for_each_day_for_two_years(self, cast: Cast) -> None:
        make_number()
        for at in (NOON - KEPT - DAY, NOON - KEPT, NOON - DAY, NOON):
            tally(now=at)
        days = NumberTally.objects.order_by("day").values_list("day", flat=True)
        assert list(days) == [TODAY - KEPT, TODAY - DAY, TODAY]


class TestHistory:
    def test_makes_nothing_up(self, cast: Cast) -> None:
        account = make_carrier_account()
        number = make_number(account=account)
        tally(now=NOON - 3 * DAY)
        make_number(account=account)
        PhoneNumber.objects.filter(pk=number.pk).update(status=NumberStatus.RESERVED)
        tally(now=NOON - DAY)
        past = tallies.history(make_actor(organization=cast.provider), days=5, now=NOON)
        assert past.days[-1] == TODAY
        assert {one.key: one.counts for one in past.by_status} == {
            "AVAILABLE": [None, 1, None, 1, None],
            "RESERVED": [None, 0, None, 1, None],
        }
        (by_account,) = past.by_account
        assert (by_account.key, by_account.counts) == (account.name, [None, 1, None, 2, None])
        assert (by_account.change, past.counted) == (1, 2)

    def test_hides_carriers_from_dealers(self, cast: Cast) -> None:
        make_number(holder=cast.dealer)
        tally(now=NOON)
        past = tallies.history(make_actor(organization=cast.dealer), days=5, now=NOON)
        assert past.by_account == []
        assert past.by_status[0].last == 1

    def test_is_thinned_to_the_last_count_of_each_span(self) -> None:
        series = tallies.Series("x", [1, None, 3, None, None, 6, 7, None])
        assert series.thinned(3).counts == [1, 3, 7]
        days = [TODAY - back * DAY for back in reversed(range(8))]
        thin = tallies.History(days, [series], []).thinned(3)
        assert thin.days == [TODAY - 6 * DAY, TODAY - 3 * DAY, TODAY]
        assert len(thin.by_status[0].counts) == 3
