"""
How fast, and whether, a carrier account may be called: one answer for all workers, from Redis.

A share of calls that holds for every second there is, a rest that the carrier asked for, and a
breaker that opens after failures in a row and lets one probe through when its time is over. Asking
is one atomic script on the clock of Redis, so that workers on many machines agree. Before something
is begun it is asked whether it may; each of its calls is counted when it leaves.

The last calls are remembered one by one: a bucket that fills again while it is emptied would let
nearly twice as many through in its first second. Half a share may leave at once, such as all calls
of a search; what follows is spread out, so that who waits need not wait for the next second.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from os import getpid

import redis
from django.conf import settings

from lib.redis_link import connected
from trunks.http import LONGEST_REST
from trunks.models import CarrierAccount

FAILURES_TO_OPEN = 5
OPEN_SECONDS = 15.0
PROBE_SECONDS = 10.0
"""How long a probe may take before another one is let through."""
FORGET_SECONDS = 120
"""A failure this long ago does not count as one in a row."""

MARGIN = 1.06
"""How much longer than a second ours lasts: calls do not arrive as evenly as they leave."""
LONGEST_SHARE = 100
"""Calls that are remembered; more a second are shared out for a part of one."""
AT_ONCE = 3
"""Calls that are never spread out: many an operation takes as many."""

WAIT = """
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
local share, at_once, span = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])

local function after(place, seconds)
  local before = redis.call('LINDEX', KEYS[1], place - 1)
  return before and tonumber(before) + seconds - now or 0
end
local function until_turn()
  local wait = after(share, span)
  -- Not as far apart as they would fit in: who wakes late must not make the others late.
  if after(at_once, span) > 0 then wait = math.max(wait, after(1, 0.9 * span / share)) end
  return wait
end
"""

TAKE = f"""{WAIT}
local wait = until_turn()
if wait > 0.000001 then return tostring(wait) end
redis.call('LPUSH', KEYS[1], string.format('%.6f', now))
redis.call('LTRIM', KEYS[1], 0, share - 1)
redis.call('PEXPIRE', KEYS[1], math.ceil(span * 1000) + 1000)
return '0'
"""

ASK = f"""{WAIT}
local rest = redis.call('PTTL', KEYS[2])
if rest > 0 then return {{'REST', tostring(rest / 1000)}} end

local breaker = redis.call('HMGET', KEYS[3], 'failures', 'opens_again', 'probe_until')
local failing = tonumber(breaker[1] or 0) >= tonumber(ARGV[4])
if failing then
  local wait = math.max(tonumber(breaker[2] or 0), tonumber(breaker[3] or 0)) - now
  if wait > 0 then return {{'OPEN', tostring(wait)}} end
end

local wait = until_turn()
if wait > 0.000001 then return {{'RATE', tostring(wait)}} end
if failing then
  redis.call('HSET', KEYS[3], 'probe_until', string.format('%.6f', now + tonumber(ARGV[5])))
end
return {{'GO', '0'}}
"""

FAIL = """
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
local failures = redis.call('HINCRBY', KEYS[1], 'failures', 1)
if failures >= tonumber(ARGV[1]) then
  redis.call('HSET', KEYS[1], 'opens_again', string.format('%.6f', now + tonumber(ARGV[2])))
end
redis.call('HDEL', KEYS[1], 'probe_until')
redis.call('EXPIRE', KEYS[1], ARGV[3])
return failures
"""

WORDS = {
    "REST": "The carrier asked us to slow down.",
    "OPEN": "The carrier did not answer several times in a row, so it is left alone for a moment.",
    "RATE": "The account's share of calls is used up for this moment.",
}


def seconds_to_wait(account: CarrierAccount) -> tuple[float, str]:
    """
    Ask whether something may be begun now that needs calls; zero seconds means that it may.

    :return: seconds until it is worth asking again, and why, as a sentence
    """
    answer, wait = _script(ASK, getpid())(
        keys=[key(account, "calls"), key(account, "rest"), key(account, "breaker")],
        args=[*_share(account), FAILURES_TO_OPEN, PROBE_SECONDS],
        client=store(),
    )
    return float(wait), WORDS.get(answer.decode(), "")


def seconds_until_turn(account: CarrierAccount) -> float:
    """
    Ask for one call that leaves at once; zero means that it is granted and counted.

    Rest and breaker are not asked: what was begun is brought to its end.
    """
    answer = _script(TAKE, getpid())(
        keys=[key(account, "calls")], args=_share(account), client=store()
    )
    return float(answer)


def _share(account: CarrierAccount) -> list[float]:
    """Give how many calls leave in a span, how many of them at once, and the span in seconds."""
    share = max(1, min(LONGEST_SHARE, math.floor(account.rate_per_second)))
    at_once = min(share, max(AT_ONCE, share // 2))
    return [share, at_once, MARGIN * share / account.rate_per_second]


def note_failure(account: CarrierAccount) -> None:
    """Count a call that was answered by trouble at most; enough in a row open the breaker."""
    _script(FAIL, getpid())(
        keys=[key(account, "breaker")],
        args=[FAILURES_TO_OPEN, OPEN_SECONDS, FORGET_SECONDS],
        client=store(),
    )


def note_answer(account: CarrierAccount) -> None:
    """Forget the failures: the carrier answers."""
    store().delete(key(account, "breaker"))


def rest(account: CarrierAccount, seconds: float) -> None:
    """Leave the account alone for as long as the carrier asked for."""
    milliseconds = math.ceil(min(max(seconds, 0.001), LONGEST_REST) * 1000)
    store().set(key(account, "rest"), 1, px=milliseconds)


@dataclass(frozen=True)
class Pace:
    """
    Whether an account is called at this moment; looking changes nothing.

    :ivar failures: calls in a row that were not answered, or by trouble of the carrier's
    :ivar open_for: seconds until the open breaker lets a probe through; None while it is closed
    :ivar rests_for: seconds for which the carrier asked to be left alone
    """

    failures: int = 0
    open_for: float | None = None
    rests_for: float = 0.0


def look(accounts: Sequence[CarrierAccount]) -> dict[int, Pace]:
    """Tell how each of these accounts is doing, by its key, in one round trip."""
    with store().pipeline(transaction=False) as asked:
        asked.time()
        for account in accounts:
            asked.pttl(key(account, "rest"))
            asked.hmget(key(account, "breaker"), "failures", "opens_again", "probe_until")
        (seconds, micros), *told = asked.execute()
    clock = seconds + micros / 1_000_000
    pairs = zip(accounts, told[::2], told[1::2], strict=True)
    return {account.pk: _pace(rest, breaker, clock) for account, rest, breaker in pairs}


def _pace(rest: int, breaker: Sequence[bytes | None], clock: float) -> Pace:
    failures, opens_again, probe_until = (float(value or 0) for value in breaker)
    wait = max(opens_again, probe_until) - clock
    is_open = failures >= FAILURES_TO_OPEN
    return Pace(int(failures), max(wait, 0.0) if is_open else None, max(rest, 0) / 1000)


def forget(account: CarrierAccount) -> None:
    """
    Start afresh, for example after the credentials were replaced.

    The calls of this second go on counting: whoever asks has not become slower to be asked.
    """
    keys = [key(account, what) for what in ("rest", "breaker")]
    store().delete(*keys)


def key(account: CarrierAccount, what: str) -> str:
    """Name something that is known of an account."""
    # Braces keep the keys of one account on one node of a cluster.
    return f"trunks:{{{account.uuid}}}:{what}"


def store() -> redis.Redis:
    """Give this process's way to what all workers know of accounts."""
    return _redis(getpid())


@cache
def _redis(_process: int) -> redis.Redis:
    # Connections must not cross a fork, hence one client for each process.
    client: redis.Redis = connected(settings.REDIS_URL)
    return client


@cache
def _script(text: str, process: int) -> redis.commands.core.Script:
    return _redis(process).register_script(text)
