"""What carriers must know of whoever gets a number: what they ask for, and what is filed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from lib.e164 import E164
from trunks.numbering import NumberType

_GUESSES: Final = (
    ("address", "ADDRESS"),
    ("utility", "ADDRESS"),
    ("passport", "IDENTITY"),
    ("identi", "IDENTITY"),
    ("register", "REGISTER"),
    ("registr", "REGISTER"),
    ("business", "REGISTER"),
    ("authori", "AUTHORIZATION"),
)
"""Words in a requirement's name, and the type of document that they mean."""


class Asks(StrEnum):
    """In which form something is asked for."""

    DOCUMENT = "DOCUMENT"
    TEXT = "TEXT"
    ADDRESS = "ADDRESS"
    DATE = "DATE"
    """Answered by a text such as 1980-02-29."""


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """
    One thing that a carrier asks for.

    :ivar key: the carrier's own name for it
    :ivar name: in a few words of the carrier
    :ivar words: what it accepts
    :ivar accepts: the types of document that answer it, by our names; the likeliest first
    """

    key: str
    asks: Asks
    name: str
    words: str = ""
    accepts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class File:
    """
    A document with its content.

    :ivar type: our name of what it is; empty where nobody said
    """

    name: str
    media_type: str
    sha256: str
    content: bytes
    type: str = ""


@dataclass(frozen=True, kw_only=True)
class PostalAddress:
    """Where somebody is; `country` is ISO 3166 alpha-2."""

    name: str
    street: str
    locality: str
    region: str
    postal_code: str
    country: str


Answer: TypeAlias = File | PostalAddress | str


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """
    All that is filed so that numbers of one country and type may be bought.

    :ivar answers: by the key of the requirement
    :ivar numbers: those that were bought already, for carriers that review numbers
    """

    country: str
    type: NumberType
    answers: Mapping[str, Answer]
    numbers: frozenset[E164] = frozenset()


def accepted_for(name: str) -> tuple[str, ...]:
    """Guess from its name which of our documents answer it; any, where nothing tells."""
    plain = name.lower()
    return tuple(dict.fromkeys(kind for word, kind in _GUESSES if word in plain))


def asks_for_date(name: str) -> bool:
    """Tell from the name of a field, such as birth_date, whether a day is asked for."""
    return "date" in name.lower().replace("_", " ").split() or "birthday" in name.lower()
