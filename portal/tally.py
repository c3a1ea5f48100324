"""Counters in Redis that all web processes share and that forget by themselves."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.cache import cache


@dataclass(frozen=True)
class Tally:
    """Counts something per key within a window that starts with the first one."""

    name: str
    window_seconds: int

    def add(self, key: str) -> int:
        """Count one more and give the count."""
        slot = self._slot(key)
        if cache.add(slot, 1, timeout=self.window_seconds):
            return 1
        try:
            return int(cache.incr(slot))
        except ValueError:
            # The window ended between the two calls.
            cache.set(slot, 1, timeout=self.window_seconds)
            return 1

    def of(self, key: str) -> int:
        """Give the count of this window."""
        return int(cache.get(self._slot(key), 0))

    def _slot(self, key: str) -> str:
        return f"tally:{self.name}:{key}"
