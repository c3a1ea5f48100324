"""What may be done at a carrier, in the words of staff. How it is done there: `capabilities`."""

from __future__ import annotations

from enum import StrEnum


class Operation(StrEnum):
    """One thing that may be done at a carrier."""

    SEARCH = "search"
    LOOK_AGAIN = "look again"
    HOLD = "hold"
    ORDER = "order"
    RELEASE = "release"
    LIST = "list"
    ROUTE = "route"
    MAKE_TRUNKS = "make trunks"
    LOCK = "lock"
    CALLER_NAMES = "caller names"
    ADDRESSES = "check addresses"
    EMERGENCY = "emergency"
    DOCUMENTS = "documents"
    TEXTS = "texts"
    CAMPAIGNS = "campaigns"
    JOIN = "join campaigns"
    TOLL_FREE = "toll-free"
    BALANCE = "balance"
    MESSAGES = "signed messages"


class Whole(StrEnum):
    """What a carrier is told as a whole: whoever changes a part of it says all the rest again."""

    NUMBER = "number"
    """The settings of a number."""
    ACCOUNT = "account"
    """These, and something that numbers of the account share."""


class Way(StrEnum):
    """How an operation is done at a carrier."""

    API = "api"
    """By its interface."""
    MANUAL = "manual"
    """By a person, in the carrier's portal or by mail."""
    NONE = "none"
    """Not at all."""
