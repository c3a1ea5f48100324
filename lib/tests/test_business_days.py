from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from lib import business_days


@pytest.mark.parametrize(
    ("start", "days", "calendar", "then"),
    [
        # A Wednesday, over nothing.
        ("2026-11-25", 2, "", "2026-11-27"),
        # Over a weekend.
        ("2026-11-27", 2, "", "2026-12-01"),
        # From within one.
        ("2026-11-28", 1, "", "2026-11-30"),
        ("2026-11-28", 0, "", "2026-11-30"),
        # Christmas, and Boxing Day on the Monday after it.
        ("2026-12-24", 1, "GB-ENG", "2026-12-29"),
        ("2026-12-24", 1, "", "2026-12-25"),
        # Epiphany is one in Spain.
        ("2027-01-05", 1, "ES", "2027-01-07"),
    ],
)
def test_a_day_so_many_business_days_later(start: str, days: int, calendar: str, then: str) -> None:
    at = datetime.fromisoformat(f"{start}T15:30").replace(tzinfo=UTC)
    later = business_days.after(at, days, calendar=calendar)

    assert later.date() == date.fromisoformat(then)
    assert later.time() == at.time()
