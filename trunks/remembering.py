"""What a carrier account was told a while ago, for all processes: kept in Redis, gone by itself."""

from __future__ import annotations

from contextlib import suppress

import redis

from trunks import pacing
from trunks.models import CarrierAccount

LARGEST = 1_000_000
"""Bytes; a longer answer is asked for again."""


class AccountMemory:
    """
    The answers of one account; while Redis is away, the carrier is asked again.

    One account is told nothing of another: prices are agreed upon, and credentials differ.
    """

    def __init__(self, account: CarrierAccount) -> None:
        self._account = account

    def recall(self, key: str) -> bytes | None:
        """Give an answer that is still believed."""
        with suppress(redis.RedisError):
            told = pacing.store().get(self._name(key))
            return told if isinstance(told, bytes) else None
        return None

    def keep(self, key: str, content: bytes, seconds: float) -> None:
        """Keep an answer for so many seconds."""
        if len(content) <= LARGEST:
            with suppress(redis.RedisError):
                pacing.store().set(self._name(key), content, px=round(seconds * 1000))

    def _name(self, key: str) -> str:
        return pacing.key(self._account, f"told:{key}")
