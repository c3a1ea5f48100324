"""
How we speak to Redis: with short patience, so that nobody hangs while it is away.

redis-py by itself waits for ever for an answer and tries for many seconds to connect (8.1).
"""

from __future__ import annotations

from typing import Any

import redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 5.0


def patience(*, answer_seconds: float = ANSWER_SECONDS) -> dict[str, Any]:
    """Give the options of a connection that gives up soon, and that is tried before its use."""
    return {
        "socket_timeout": answer_seconds,
        "socket_connect_timeout": CONNECT_SECONDS,
        "health_check_interval": 15,
        # A server that was just started again is met by the third try, some tenths later.
        "retry": Retry(ExponentialBackoff(cap=0.2, base=0.05), 3),
    }


def connected(url: str, *, answer_seconds: float = ANSWER_SECONDS, text: bool = False) -> Any:
    """Give a client; nothing is connected before the first command."""
    options = patience(answer_seconds=answer_seconds)
    return redis.Redis.from_url(url, decode_responses=text, **options)
