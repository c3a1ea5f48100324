"""Refusals that several steps of one workflow share."""

from __future__ import annotations

from lib.refusals import UnableTo


class UnableToOrder(UnableTo):
    """The order cannot be made or submitted as it is."""

    code = "cannot_order"

    def __init__(self, message: str, *, field: str = "", conflict: bool = False) -> None:
        super().__init__(message, field=field)
        self.conflict = conflict


class UnableToHold(UnableTo):
    """The number cannot be held."""

    code = "cannot_hold"
