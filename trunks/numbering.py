"""What kinds of numbers there are, and what a number can do, in our words."""

from __future__ import annotations

from enum import StrEnum


class NumberType(StrEnum):
    """The kind of a number in its country's numbering plan."""

    LOCAL = "LOCAL"
    NATIONAL = "NATIONAL"
    MOBILE = "MOBILE"
    TOLL_FREE = "TOLL_FREE"
    SHARED_COST = "SHARED_COST"


class Capability(StrEnum):
    """What a number can be used for."""

    VOICE = "VOICE"
    SMS = "SMS"
    MMS = "MMS"
    FAX = "FAX"
    EMERGENCY = "EMERGENCY"


TOLL_FREE_CODES = frozenset({"800", "833", "844", "855", "866", "877", "888"})
"""The area codes of toll-free numbers in North America."""
