from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import Organization
from accounts.reach import ReachQuerySet


class AccountQuerySet(ReachQuerySet["Account"]):
    """Accounts."""


class Account(models.Model):
    """
    What an organization has with us, in one currency; the provider has no such row.

    ``posted`` is the balance (credits less charges), ``reserved`` what running orders hold of it.
    A reservation may take ``posted - reserved`` down to minus ``credit_limit``, a posting further.
    """

    organization = models.OneToOneField(
        Organization, on_delete=models.PROTECT, related_name="account"
    )
    currency = models.CharField(max_length=3)
    posted = models.DecimalField(max_digits=16, decimal_places=4, default=Decimal(0))
    reserved = models.DecimalField(max_digits=16, decimal_places=4, default=Decimal(0))
    credit_limit = models.DecimalField(max_digits=16, decimal_places=4, default=Decimal(0))
    opened_at = models.DateTimeField(db_default=Now())

    objects = AccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reserved__gte=0), name="account_reserved_is_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(credit_limit__gte=0), name="account_credit_limit_is_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="account_currency_code"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} account (#{self.pk})"

    @property
    def available(self) -> Decimal:
        """What may still be reserved, in the account's currency."""
        return self.posted - self.reserved + self.credit_limit
