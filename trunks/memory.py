"""
What a carrier told a while ago, believed for as long as a call says.

For lists that change seldom and are asked for before much else, such as places and prices: kept as
they came, so that any process reads them.
"""

from __future__ import annotations

import time
from typing import Protocol


class Memory(Protocol):
    """Keeps answers of one carrier account."""

    def recall(self, key: str) -> bytes | None:
        """Give an answer that is still believed."""

    def keep(self, key: str, content: bytes, seconds: float) -> None:
        """Keep an answer for so many seconds."""


class OwnMemory:
    """Keeps answers for whoever has it, and for nobody else."""

    def __init__(self) -> None:
        self._answers: dict[str, tuple[float, bytes]] = {}

    def recall(self, key: str) -> bytes | None:
        """Give an answer that is still believed."""
        until, content = self._answers.get(key, (0.0, b""))
        return content if time.monotonic() < until else None

    def keep(self, key: str, content: bytes, seconds: float) -> None:
        """Keep an answer for so many seconds."""
        self._answers[key] = (time.monotonic() + seconds, content)
