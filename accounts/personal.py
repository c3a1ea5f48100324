"""Values about people: the journal holds a salted digest, an erasable table the value itself."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from django.db.models import QuerySet

from accounts.models import Event, PersonalValue


@dataclass(frozen=True)
class SaltedValue:
    """A value with the salt that makes its digest useless for guessing once both are erased."""

    value: str
    salt: str

    @property
    def digest(self) -> str:
        """The SHA-256 of salt and value, in hexadecimal digits."""
        return hashlib.sha256(f"{self.salt}{self.value}".encode()).hexdigest()


Salted: TypeAlias = dict[str, SaltedValue]


def salted(values: Mapping[str, str]) -> Salted:
    """Draw a salt for each value."""
    return {key: SaltedValue(value, secrets.token_hex(16)) for key, value in values.items()}


def keep(values: Iterable[tuple[Event, Salted]]) -> None:
    """Store the values of events beside them."""
    PersonalValue.objects.bulk_create(
        PersonalValue(event=event, key=key, salt=one.salt, value=one.value)
        for event, of_event in values
        for key, one in of_event.items()
    )


def erase(value: str, *, within: QuerySet[Event]) -> int:
    """Erase a value from the events of a set, in whatever case it is written; gives how many."""
    said = PersonalValue.objects.filter(value__iexact=value, event__in=within.order_by())
    erased, _ = said.delete()
    return erased
