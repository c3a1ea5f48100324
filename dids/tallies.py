"""How many numbers there were over time, by status and by carrier account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Count, Sum

from accounts.actors import Actor
from accounts.permissions import FieldGroup
from dids.models import NumberTally, PhoneNumber
from dids.states import NumberStatus

MOST_COUNTED = 10_000
"""So many numbers are counted while somebody waits for a page."""


@dataclass(frozen=True)
class Series:
    """
    One line of a picture.

    :ivar key: the status, or the name of the carrier account
    :ivar counts: from the first day to the last, None where a day was not counted
    """

    key: str
    counts: list[int | None]

    @property
    def known(self) -> list[int]:
        """Give the counts of the days that were counted."""
        return [count for count in self.counts if count is not None]

    @property
    def first(self) -> int:
        """Give the first count, 0 where there is none."""
        return self.known[0] if self.known else 0

    @property
    def last(self) -> int:
        """Give the last count, 0 where there is none."""
        return self.known[-1] if self.known else 0

    @property
    def change(self) -> int:
        """Tell by how much the last count differs from the first."""
        return self.last - self.first

    def thinned(self, step: int) -> Series:
        """Keep the last count of every so many days, today's among them."""
        ends = range(len(self.counts), 0, -step)
        spans = [self.counts[max(0, end - step) : end] for end in reversed(ends)]
        known = [[count for count in span if count is not None] for span in spans]
        return Series(self.key, [counts[-1] if counts else None for counts in known])


@dataclass(frozen=True)
class History:
    """
    What was counted in a span of days.

    :ivar days: every day of the span, the last one today
    :ivar by_account: empty for who may not see carriers
    """

    days: list[date]
    by_status: list[Series]
    by_account: list[Series]

    @property
    def counted(self) -> int:
        """Tell how many days of the span were counted."""
        one = next(iter(self.by_status), None)
        return len(one.known) if one else 0

    def thinned(self, step: int) -> History:
        """Keep the last count of every so many days, so that a long span can be drawn and read."""
        return History(
            list(reversed(self.days[::-1][::step])),
            [series.thinned(step) for series in self.by_status],
            [series.thinned(step) for series in self.by_account],
        )


def history(actor: Actor, *, days: int, now: datetime) -> History:
    """Give what the actor's organization and those below it had, day by day; in two queries."""
    today = now.astimezone(UTC).date()
    span = [today - timedelta(days=back) for back in reversed(range(days))]
    rows = NumberTally.objects.visible_to(actor).filter(
        organization=actor.reach, day__gte=span[0], day__lte=today
    )
    by_status = _summed(rows, "status")
    counted = {day for series in by_status.values() for day in series}
    by_account = _summed(rows, "carrier_account__name") if actor.sees(FieldGroup.CARRIER) else {}
    order = [status for status in NumberStatus.values if status in by_status]
    return History(
        span,
        [_series(key, by_status[key], span, counted) for key in order],
        [_series(key, by_account[key], span, counted) for key in sorted(by_account)],
    )


def by_status(actor: Actor, past: History) -> list[tuple[str, int]]:
    """
    Give how many live numbers the actor can reach in each status.

    :param past: the actor's own; where it tells of many, its last count is given, else they are
        counted at this moment
    """
    last = [(series.key, series.last) for series in past.by_status if series.last]
    if sum(count for _, count in last) > MOST_COUNTED:
        return sorted(last)
    rows = PhoneNumber.objects.visible_to(actor).live()
    return list(rows.values_list("status").annotate(Count("pk")).order_by("status"))


def _summed(rows: Any, key: str) -> dict[str, dict[date, int]]:
    found: dict[str, dict[date, int]] = {}
    summed = rows.order_by().values_list(key, "day").annotate(Sum("numbers"))
    for name, day, numbers in summed:
        found.setdefault(name, {})[day] = numbers
    return found


def _series(
    key: str, counts: Mapping[date, int], span: Iterable[date], counted: set[date]
) -> Series:
    # A day that was counted, but without this one, had none of it.
    return Series(key, [counts.get(day, 0) if day in counted else None for day in span])
