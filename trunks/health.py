"""How the accounts at carriers are doing: the last check, the breaker, the last hour's calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import connection

from trunks import capabilities, pacing, registry
from trunks.models import CarrierAccount
from trunks.operations import Operation, Way

BALANCE = Operation.BALANCE
HOUR = timedelta(hours=1)
Status = CarrierAccount.Status

# No answer, or one that speaks of trouble by its status or in its body; a refusal of what was
# asked is an answer.
_CALLS = """
    SELECT account_id, count(*),
           count(*) FILTER (WHERE coalesce(status, 500) >= 500 OR trouble <> ''
                               OR status IN (401, 403, 408, 429)),
           (array_agg(purpose ORDER BY milliseconds DESC, id))[1], max(milliseconds)
      FROM trunks_exchange WHERE account_id = ANY(%s) AND at > %s GROUP BY account_id
"""

_BY_HOUR = """
    SELECT floor(extract(epoch FROM at - %s) / 3600)::int, count(*),
           count(*) FILTER (WHERE coalesce(status, 500) >= 500 OR trouble <> ''
                               OR status IN (401, 403, 408, 429)),
           round(avg(milliseconds))::int
      FROM trunks_exchange WHERE account_id = %s AND at >= %s GROUP BY 1
"""


class Word(StrEnum):
    """How an account is doing, in a word."""

    GOOD = "GOOD"
    UNCHECKED = "UNCHECKED"
    """Nobody has asked the carrier yet."""
    RESTING = "RESTING"
    """The carrier asked to be left alone for a moment."""
    TROUBLED = "TROUBLED"
    """It answers, but the last check did not succeed."""
    UNREACHABLE = "UNREACHABLE"
    """It did not answer the last check, or several calls in a row."""
    REFUSED = "REFUSED"
    """It refuses our credentials."""
    PAUSED = "PAUSED"
    """A person paused the account."""
    BY_HAND = "BY_HAND"
    """People work there; there is nothing to check."""


@dataclass(frozen=True)
class Calls:
    """
    The calls of an account over the last hour.

    :ivar failed: those that were not answered, or answered by trouble; refusals are answers
    :ivar slowest: what the slowest call was for; empty where there was none
    """

    count: int = 0
    failed: int = 0
    slowest: str = ""
    slowest_milliseconds: int = 0

    @property
    def failed_share(self) -> float:
        """Give the share of calls that failed, 0 to 1."""
        return round(self.failed / self.count, 4) if self.count else 0.0

    @property
    def per_minute(self) -> float:
        """Give how many calls there were a minute."""
        return round(self.count / 60, 2)


@dataclass(frozen=True)
class Health:
    """How one account is doing."""

    account: CarrierAccount
    word: Word
    pace: pacing.Pace
    calls: Calls
    now: datetime

    @property
    def failed_percent(self) -> float:
        """Give the share of the last hour's calls that failed, 0 to 100."""
        return round(self.calls.failed_share * 100, 1)

    @property
    def is_open(self) -> bool:
        """Tell whether calls are held back after failures in a row."""
        return self.pace.open_for is not None

    @property
    def open_until(self) -> datetime | None:
        """Give when the open breaker lets a probe through; None while it is closed."""
        wait = self.pace.open_for
        return None if wait is None else self.now + timedelta(seconds=wait)

    @property
    def rests_until(self) -> datetime | None:
        """Give until when the carrier asked to be left alone; None where it did not."""
        wait = self.pace.rests_for
        return self.now + timedelta(seconds=wait) if wait else None


def of(account: CarrierAccount, *, now: datetime) -> Health:
    """Tell all that is known of an account's health."""
    pace = pacing.look([account])[account.pk]
    calls = calls_of([account], since=now - HOUR)[account.pk]
    return Health(account, word_for(account, pace), pace, calls, now)


def words(accounts: Sequence[CarrierAccount]) -> dict[int, Word]:
    """Give each account's word, by its key."""
    paces = pacing.look(accounts)
    return {account.pk: word_for(account, paces[account.pk]) for account in accounts}


def word_for(account: CarrierAccount, pace: pacing.Pace) -> Word:
    """Put an account's health into a word: what a person must end comes first."""
    ladder = (
        (account.status == Status.PAUSED, Word.PAUSED),
        (is_by_hand(account), Word.BY_HAND),
        (account.status == Status.BROKEN or account.authenticated is False, Word.REFUSED),
        (pace.open_for is not None or account.reachable is False, Word.UNREACHABLE),
        (pace.rests_for > 0, Word.RESTING),
        (account.checked_at is None, Word.UNCHECKED),
        (bool(account.health), Word.TROUBLED),
    )
    return next((word for holds, word in ladder if holds), Word.GOOD)


def is_by_hand(account: CarrierAccount) -> bool:
    """Tell whether an account is worked by people alone."""
    known = account.carrier in registry.slugs()
    return known and capabilities.works_by_hand(registry.carrier(account.carrier))


def tells_balance(account: CarrierAccount) -> bool:
    """Tell whether the carrier says by its interface what is left."""
    known = account.carrier in registry.slugs()
    return known and capabilities.way(registry.carrier(account.carrier), BALANCE) == Way.API


def calls_of(accounts: Sequence[CarrierAccount], *, since: datetime) -> dict[int, Calls]:
    """Sum up the calls of these accounts, by their key, in one query."""
    found = {account.pk: Calls() for account in accounts}
    with connection.cursor() as cursor:
        cursor.execute(_CALLS, [list(found), since])
        for key, *told in cursor.fetchall():
            found[key] = Calls(*told)
    return found


def by_hour(account: CarrierAccount, *, now: datetime) -> list[tuple[datetime, int, int, int]]:
    """Give start, calls, failed calls and mean milliseconds of each of the last 24 hours."""
    start = now.replace(minute=0, second=0, microsecond=0) - 23 * HOUR
    with connection.cursor() as cursor:
        cursor.execute(_BY_HOUR, [start, account.pk, start])
        told = {int(hour): tuple(rest) for hour, *rest in cursor.fetchall()}
    return [(start + hour * HOUR, *told.get(hour, (0, 0, 0))) for hour in range(24)]
