"""What was said to carriers and what they answered, without secrets."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from accounts.reach import ReachQuerySet
from lib.fields import E164Field
from trunks.models.accounts import CarrierAccount


class ExchangeQuerySet(ReachQuerySet["Exchange"]):
    """Exchanges belong to whoever owns the carrier account."""

    owner = "account__owner"


class Exchange(models.Model):
    """One request and its answer, or what came instead of one."""

    account = models.ForeignKey(CarrierAccount, on_delete=models.CASCADE, related_name="exchanges")
    purpose = models.CharField(max_length=60)
    """What it was for, such as "order" or "dids.carrier_order:<uuid>"."""
    numbers = ArrayField(E164Field(), default=list, blank=True)
    """The numbers that it was about, where that is known."""
    method = models.CharField(max_length=8)
    url = models.TextField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    request_headers = models.JSONField(default=dict)
    request_body = models.TextField(default="", blank=True)
    answer_headers = models.JSONField(default=dict)
    answer_body = models.TextField(default="", blank=True)
    trouble = models.CharField(max_length=300, default="", blank=True)
    milliseconds = models.PositiveIntegerField()
    at = models.DateTimeField()

    objects = ExchangeQuerySet.as_manager()

    class Meta:
        verbose_name = "exchange"
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["account", "-at"], name="exchange_account_at"),
            models.Index(fields=["purpose", "-at"], name="exchange_purpose_at"),
            GinIndex(fields=["numbers"], name="exchange_numbers"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.url} #{self.pk}"
