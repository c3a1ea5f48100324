"""Business days: how far away a date is for those who rest at weekends and on public holidays."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from typing import Protocol

_DAY = timedelta(days=1)
_SATURDAY = 5


class _Holidays(Protocol):
    def __contains__(self, day: date) -> bool: ...


def after(start: datetime, days: int, *, calendar: str = "") -> datetime:
    """
    Give the same time of day so many business days later.

    What comes in while everybody rests counts from the next business day on.

    :param start: in the zone in which the days are counted
    :param calendar: country and part of it whose public holidays count (ISO 3166, such as "ES" or
        "GB-ENG"); empty for every weekday
    """
    at = start
    while days > 0:
        at += _DAY
        days -= is_business_day(at.date(), calendar=calendar)
    while not is_business_day(at.date(), calendar=calendar):
        at += _DAY
    return at


def is_business_day(day: date, *, calendar: str = "") -> bool:
    """Tell whether people work on that day."""
    return day.weekday() < _SATURDAY and not (calendar and day in _holidays(calendar))


@cache
def _holidays(calendar: str) -> _Holidays:
    # Its tables take a third of a second to load: only those who count days wait for them.
    import holidays

    country, _, part = calendar.partition("-")
    return holidays.country_holidays(country, subdiv=part or None)
