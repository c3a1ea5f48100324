"""Ranges of numbers that a carrier sold as one thing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar
from uuid import uuid4

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, RangeOperators
from django.db import models
from django.db.models import Func, Q, Value
from django.db.models.functions import Cast, Length, Substr
from django.db.models.lookups import Exact

from accounts.reach import ReachQuerySet
from lib.e164 import digits
from lib.fields import E164Field
from trunks.numbering import NumberType

AT_MOST = 1_000
"""Numbers of a block."""


class NumberBlockQuerySet(ReachQuerySet["NumberBlock"]):
    """Blocks, seen by the organization that signed the carrier's contract and those above it."""

    owner = "carrier_account__owner"

    def live(self) -> NumberBlockQuerySet:
        """Narrow to those that were neither dissolved nor released."""
        return self.filter(ended_at=None)


class NumberBlock(models.Model):
    """
    All numbers from the first to the last, of one length, country, type and carrier account.

    Live blocks never overlap. Triggers keep their numbers inside the range and the range as it is.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    first = E164Field()
    last = E164Field()
    span = models.GeneratedField(
        # The whole number says the length as well: blocks of two lengths never meet.
        expression=Func(
            Cast(Substr("first", 2), models.BigIntegerField()),
            Cast(Substr("last", 2), models.BigIntegerField()),
            Value("[]"),
            function="int8range",
            output_field=BigIntegerRangeField(),
        ),
        output_field=BigIntegerRangeField(),
        db_persist=True,
    )
    country = models.CharField(max_length=2)
    type = models.CharField(max_length=20, choices=[(t.value, t.value) for t in NumberType])
    carrier_account = models.ForeignKey(
        "trunks.CarrierAccount", on_delete=models.PROTECT, related_name="blocks"
    )
    divisible = models.BooleanField()
    """Whether its numbers may be released one by one; otherwise all go together or none."""
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[NumberBlockQuerySet] = NumberBlockQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "number block"
        constraints = [
            ExclusionConstraint(
                name="block_never_overlaps",
                expressions=[("span", RangeOperators.OVERLAPS)],
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="block_of_one_length", condition=Exact(Length("last"), Length("first"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.words} ({self.pk})"

    @property
    def subject(self) -> str:
        """Name it in the journal."""
        return f"dids.block:{self.uuid}"

    @property
    def words(self) -> str:
        """Name it for people."""
        return f"{self.first} to {self.last}"

    @property
    def size(self) -> int:
        """How many numbers the range has."""
        return int(digits(self.last)) - int(digits(self.first)) + 1


def numbers_between(first: str, last: str) -> Iterator[str]:
    """Give every E.164 number from the first to the last."""
    return (f"+{each}" for each in range(int(digits(first)), int(digits(last)) + 1))
