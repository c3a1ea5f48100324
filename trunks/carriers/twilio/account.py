"""What the parts of the adapter need of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from trunks.deadlines import Deadline

T = TypeVar("T")


class Account(Protocol):
    """What is needed of the adapter."""

    @property
    def account_path(self) -> str:
        """The path of the account at the first product."""

    def call(
        self,
        method: str,
        product: str,
        path: str,
        *,
        parse: Callable[[Any], T],
        deadline: Deadline,
        form: Sequence[tuple[str, str]] | None = None,
    ) -> T:
        """Make one call."""

    def pages(
        self,
        product: str,
        path: str,
        key: str,
        *,
        read: Callable[[Mapping[str, Any]], T],
        deadline: Deadline,
        filters: Sequence[tuple[str, str]] = (),
    ) -> list[T]:
        """Read a whole list."""
