"""What the generated tests of API and pages share: seats, marks, and undoing what was asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product

from django.db import transaction

from accounts.models import Kind, Organization, Role
from accounts.permissions import FieldGroup
from accounts.tests.cast import Cast
from portal.tests.api.world import CARRIER_MARKS, COST_MARKS, SECRET_MARKS

EVERYBODY = list(product(Kind, Role))


def seat(cast: Cast, kind: Kind) -> Organization:
    """Give the organization of a kind that has most to see."""
    return {Kind.PROVIDER: cast.provider, Kind.DEALER: cast.dealer, Kind.TENANT: cast.tenant}[kind]


@contextmanager
def undone() -> Iterator[None]:
    """Undo what happens inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def hidden_from(groups: frozenset[FieldGroup]) -> list[str]:
    """Give the planted words that must not be seen."""
    hidden = list(SECRET_MARKS)
    hidden += CARRIER_MARKS if FieldGroup.CARRIER not in groups else ()
    hidden += COST_MARKS if FieldGroup.COST not in groups else ()
    return hidden


def marks_in(text: str, groups: frozenset[FieldGroup]) -> list[str]:
    """Give the planted words that stand in a text and must not be seen."""
    return [mark for mark in hidden_from(groups) if re.search(re.escape(mark), text, re.IGNORECASE)]
