from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import Organization
from portal.templatetags.words import moment
from portal.tests.api.world import TENANT_NUMBER, World
from portal.tests.web.visitor import visitor_of
from portal.web.charts import bars

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("UTC", "1 Jul 2026, 12:00 UTC"),
        ("America/Chicago", "1 Jul 2026, 07:00 CDT"),
        ("Asia/Tokyo", "1 Jul 2026, 21:00 JST"),
    ],
)
def test_a_moment_is_told_where_its_reader_is(zone: str, words: str) -> None:
    with timezone.override(zone):
        assert moment(NOON) == f'<time datetime="2026-07-01T12:00:00+00:00">{words}</time>'


def test_pages_tell_times_in_the_readers_zone_and_the_thread_forgets_it(world: World) -> None:
    Organization.objects.filter(pk=world.cast.tenant.pk).update(time_zone="Asia/Tokyo")
    text = visitor_of(world.cast.tenant).get(f"/numbers/{TENANT_NUMBER}/").text
    assert "JST</time>" in text
    assert timezone.get_current_timezone_name() == "UTC"


def test_a_chart_begins_on_the_day_that_its_reader_had(db: None) -> None:
    # Half past eleven at night there: all of the last 24 hours lie on one day.
    start = datetime(2026, 7, 1, 5, 0, tzinfo=UTC)
    chart = bars([(start + timedelta(hours=hour), 1, "one") for hour in range(24)])
    with timezone.override("America/Chicago"):
        text = render_to_string("carriers/_chart.html", {"chart": chart, "label": "Calls"})
    assert ">1 Jul 2026, 00:00 CDT</time>" in text
    assert "yesterday" not in text
