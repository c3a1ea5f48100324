"""How many numbers there were over time, on pages."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.tests.cast import Cast
from dids import tallies
from dids.tests.factories import make_number
from dids.workflows.tallying import tally
from portal.tests.web.visitor import visitor_of
from trunks.tests.factories import make_carrier_account

DAY = timedelta(days=1)


@pytest.fixture
def past(cast: Cast) -> datetime:
    """Have numbers counted on three days of the last week; gives today."""
    now, account = timezone.now(), make_carrier_account()
    for back, numbers in ((6, 1), (4, 2), (0, 1)):
        for _ in range(numbers):
            make_number(holder=cast.tenant, account=account)
        tally(now=now - back * DAY)
    return now


class TestThePicture:
    def test_is_drawn_and_told_as_a_table(self, cast: Cast, past: datetime) -> None:
        text = visitor_of(cast.provider).get("/numbers/over-time/").text
        assert 'aria-label="assigned over time: 1 at first, 4 at last, at most 4"' in text
        assert f"<title>{past:%-d %b %Y}: 4</title>" in text
        assert "By carrier account" in text
        assert text.count("<td>") == 6

    @pytest.mark.parametrize("days", ["90", "365", "731", "17", ""])
    def test_covers_other_spans(self, cast: Cast, past: datetime, days: str) -> None:
        text = visitor_of(cast.provider).get(f"/numbers/over-time/?days={days}").text
        assert "at last, at most 4" in text

    def test_shows_a_dealer_no_carriers(self, cast: Cast, past: datetime) -> None:
        text = visitor_of(cast.dealer).get("/numbers/over-time/").text
        assert "at last, at most 4" in text
        assert "By carrier account" not in text

    def test_is_empty_for_others(self, cast: Cast, past: datetime) -> None:
        assert "Not counted yet" in visitor_of(cast.rival_dealer).get("/numbers/over-time/").text
        assert "Nothing is counted" in visitor_of(cast.tenant).get("/numbers/over-time/").text

    def test_at_home_tells_the_last_count_of_many_numbers(
        self, cast: Cast, past: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_number(holder=cast.tenant)
        counted = '<td class="text-end number">{}</td>'.format
        assert counted(5) in visitor_of(cast.provider).get("/").text
        monkeypatch.setattr(tallies, "MOST_COUNTED", 3)
        assert counted(5) not in visitor_of(cast.provider).get("/").text

    def test_stands_small_at_home(self, cast: Cast, past: datetime) -> None:
        text = visitor_of(cast.provider).get("/").text
        assert text.count('class="chart spark"') == 2
        assert "Numbers by carrier" in text
