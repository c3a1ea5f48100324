"""Counting the numbers of a day: set-wise, and as often as wanted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from dids.models import NumberTally, PhoneNumber
from dids.states import NUMBER

KEPT = timedelta(days=731)
"""Two years."""
LOCK = 0x7A11
"""The advisory lock under which one counts at a time; the others count after it."""

# The numbers are walked once; each group then counts for every dealer above its holder, and for the
# provider.
_COUNT = """
    WITH held AS (
        SELECT holder_id, carrier_account_id, status, count(*) AS numbers
          FROM dids_phonenumber WHERE status <> ALL(%(over)s)
         GROUP BY holder_id, carrier_account_id, status
    )
    INSERT INTO dids_numbertally
           (organization_id, day, carrier_account_id, status, numbers, counted_at)
    SELECT o.id, %(day)s, held.carrier_account_id, held.status, sum(held.numbers), %(now)s
      FROM held
      JOIN accounts_organization h ON h.id = held.holder_id
     CROSS JOIN unnest(string_to_array(trim(BOTH '/' FROM h.path), '/')::bigint[]) AS above(id)
      JOIN accounts_organization o ON o.id = above.id AND o.kind <> 'TENANT'
     GROUP BY o.id, held.carrier_account_id, held.status
        ON CONFLICT (organization_id, day, carrier_account_id, status)
        DO UPDATE SET numbers = excluded.numbers, counted_at = excluded.counted_at
"""


def is_missing(now: datetime) -> bool:
    """Tell whether the day of `now` (UTC) is not counted yet, though there are numbers."""
    today = NumberTally.objects.filter(day=now.astimezone(UTC).date())
    return PhoneNumber.objects.live().exists() and not today.exists()


def tally(*, now: datetime) -> int:
    """
    Count the live numbers for the day of `now` (UTC), in place of what was counted that day before.

    :return: how many rows the day has
    """
    day = now.astimezone(UTC).date()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute(_COUNT, {"over": sorted(NUMBER.edges.final), "day": day, "now": now})
        counted: int = cursor.rowcount
        # What there was earlier in the day and is no more.
        NumberTally.objects.filter(day=day).exclude(counted_at=now).delete()
        NumberTally.objects.filter(day__lt=day - KEPT).delete()
    return counted
