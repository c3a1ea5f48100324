"""Whether balances are what the ledger adds up to."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Case, F, OuterRef, Q, Subquery, Sum, When
from django.db.models.functions import Coalesce

from billing.models import Account, EntryKind, LedgerEntry

_SIGNED = {
    "posted": ({EntryKind.CREDIT}, {EntryKind.POST}),
    "reserved": ({EntryKind.RESERVE}, {EntryKind.RELEASE}),
}


def ledger() -> list[str]:
    """Say what does not add up: rows that are not their sums, reservations ended twice."""
    return [*_rows_that_are_not_their_sums(), *_reservations_ended_twice()]


def _rows_that_are_not_their_sums() -> list[str]:
    accounts = Account.objects.annotate(
        posted_sum=_sum("posted"), reserved_sum=_sum("reserved"), name=F("organization__name")
    )
    off = accounts.exclude(posted=F("posted_sum"), reserved=F("reserved_sum"))
    return [
        f"Account #{row['pk']} of {row['name']}: posted {row['posted']}, ledger "
        f"{row['posted_sum']}; reserved {row['reserved']}, ledger {row['reserved_sum']}."
        for row in off.order_by("pk").values(
            "pk", "name", "posted", "reserved", "posted_sum", "reserved_sum"
        )
    ]


def _sum(column: str) -> Coalesce:
    plus, minus = _SIGNED[column]
    entries = LedgerEntry.objects.filter(account=OuterRef("pk"), kind__in=plus | minus)
    signed = Case(When(kind__in=plus, then=F("amount")), default=-F("amount"))
    total = entries.order_by().values("account").annotate(total=Sum(signed)).values("total")
    return Coalesce(Subquery(total), Decimal(0))


def _reservations_ended_twice() -> list[str]:
    subjects = (
        LedgerEntry.objects.order_by()
        .values("account", "subject")
        .annotate(
            taken=Sum("amount", filter=Q(kind=EntryKind.RESERVE), default=Decimal(0)),
            ended=Sum("amount", filter=Q(kind=EntryKind.RELEASE), default=Decimal(0)),
        )
        .filter(ended__gt=F("taken"))
    )
    return [
        f"{row['subject']}: {row['ended']} released or posted of {row['taken']} reserved."
        for row in subjects
    ]
