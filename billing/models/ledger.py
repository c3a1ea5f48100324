from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.reach import ReachQuerySet
from billing.models.accounts import Account


class EntryKind(models.TextChoices):
    """How an entry moves its account: RESERVE and RELEASE reserved, POST and CREDIT posted."""

    RESERVE = "RESERVE", "Reserved"
    POST = "POST", "Charged"
    RELEASE = "RELEASE", "Reservation ended"
    CREDIT = "CREDIT", "Credited"


class LedgerEntryQuerySet(ReachQuerySet["LedgerEntry"]):
    """Ledger entries."""

    owner = "account__organization"


class LedgerEntry(models.Model):
    """One movement of an account, written in the transaction that moves it, never changed."""

    append_only: ClassVar[bool] = True

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=7, choices=EntryKind.choices)
    amount = models.DecimalField(max_digits=16, decimal_places=4)
    subject = models.CharField(max_length=100)
    at = models.DateTimeField()
    actor = models.CharField(max_length=100)

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="entry_amount_is_positive"),
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="entry_kind_known"),
        ]
        indexes = [
            models.Index(fields=["account", "subject"], name="entry_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} (#{self.pk})"
