"""What is said about features of numbers: whether a carrier has them, and what it minds."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Stage(StrEnum):
    """How far a carrier is with something that it was asked for."""

    ABSENT = "ABSENT"
    """It is not there, or not as it was asked for last."""
    PENDING = "PENDING"
    """It is there, and somebody at the carrier, or behind it, decides."""
    READY = "READY"
    """What must come first has been decided: it is to be asked for once more."""
    ACTIVE = "ACTIVE"
    REJECTED = "REJECTED"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """
    One thing that a carrier minds.

    :ivar field: the name of our field that must change; empty where the carrier names none
    :ivar words: the carrier's own
    """

    field: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Standing:
    """
    How something stands at a carrier.

    :ivar carrier_reference: the carrier's own name for it; empty where it has none
    """

    stage: Stage
    carrier_reference: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CallerNames:
    """
    Names of callers on one number.

    :ivar text: what whoever is called by the number may read; empty lists nothing
    :ivar shows_callers: whether the names of those who call it are looked up
    :ivar business: whose name it is, for carriers that know the business by its legal name
    """

    text: str = ""
    shows_callers: bool = False
    # No carrier tells it: what is there and what is wanted are compared without it.
    business: str = field(default="", compare=False)


NOTHING = Standing(stage=Stage.ABSENT)
IN_FORCE = Standing(stage=Stage.ACTIVE)
