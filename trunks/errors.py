"""Trouble with a carrier, sorted by what may be done next. Messages hold no secrets."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum


class Reason(StrEnum):
    """Why a carrier said no."""

    NUMBER_GONE = "NUMBER_GONE"
    NO_FUNDS = "NO_FUNDS"
    DOCUMENTS_MISSING = "DOCUMENTS_MISSING"
    INVALID = "INVALID"
    NOT_FOUND = "NOT_FOUND"
    NOT_ALLOWED = "NOT_ALLOWED"
    OTHER = "OTHER"


class CarrierError(Exception):
    """A carrier did not do what it was asked."""


class Rejected(CarrierError):
    """The carrier said no: nothing happened, and asking again would not help."""

    def __init__(self, message: str, *, reason: Reason = Reason.OTHER) -> None:
        super().__init__(message)
        self.reason = reason


class Unavailable(CarrierError):
    """
    Nothing happened; it may be tried again later.

    :param retry_after: seconds, where the carrier named them
    """

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after

    def retry_at(self, now: datetime, *, otherwise: float = 5.0) -> datetime:
        """Give the moment from which it may be tried again."""
        return now + timedelta(
            seconds=otherwise if self.retry_after is None else max(self.retry_after, 0.0)
        )


class SlowDown(Unavailable):
    """The carrier answers, but wants to be asked less often."""


class OutcomeUnknown(CarrierError):
    """It was sent and no trustworthy answer came: look it up, never send it again."""


class Misconfigured(CarrierError):
    """A person must act first: credentials, permissions or an address are wrong."""
