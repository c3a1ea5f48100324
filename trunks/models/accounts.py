"""Accounts at carriers."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models

from accounts.reach import ReachQuerySet
from lib.money import Money
from lib.sealed import SealedJSONField, SealedTextField


class CarrierAccountQuerySet(ReachQuerySet["CarrierAccount"]):
    """Carrier accounts belong to the organization that signed the contract."""

    owner = "owner"


class CarrierAccount(models.Model):
    """One account at one carrier, with the credentials to use it."""

    class Status(models.TextChoices):
        """Whether the account may be used."""

        ACTIVE = "ACTIVE", "active"
        PAUSED = "PAUSED", "paused by a person"
        BROKEN = "BROKEN", "needs a person: the carrier refuses our credentials"

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    carrier = models.CharField(max_length=40)
    """The slug of the adapter, see `trunks.registry`."""
    name = models.CharField(max_length=80)
    owner = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="carrier_accounts"
    )
    credentials = SealedJSONField()
    webhook_secret = SealedTextField(default="", blank=True)
    """For carriers whose messages are signed by a secret of their own."""
    base_url = models.CharField(max_length=200, default="", blank=True)
    """Where a stand-in listens; empty for the carrier's own hosts."""
    rate_per_second = models.FloatField(default=10.0)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    status_since = models.DateTimeField()
    checked_at = models.DateTimeField(null=True, blank=True)
    health = models.CharField(max_length=300, default="", blank=True)
    """What the last check found, as a sentence; empty when all was well."""
    reachable = models.BooleanField(null=True, blank=True)
    """Whether the carrier answered the last check; None before the first."""
    authenticated = models.BooleanField(null=True, blank=True)
    """Whether it last accepted our credentials; None while it never said so."""
    trouble_since = models.DateTimeField(null=True, blank=True)
    """When the first of the checks that failed in a row was made; None while all is well."""
    balance_at = models.DateTimeField(null=True, blank=True)
    balance_amount = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    balance_currency = models.CharField(max_length=3, default="", blank=True)
    warn_below = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    """From what balance down staff are warned, in its currency; None: once nothing is left."""
    needs_second = models.BooleanField(default=False)
    """Whether a second person must confirm that a number is ceased there by hand."""
    created_at = models.DateTimeField()

    objects = CarrierAccountQuerySet.as_manager()

    class Meta:
        verbose_name = "carrier account"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="carrier_account_name_once",
                violation_error_message="There is a carrier account of that name.",
            ),
            models.CheckConstraint(
                condition=models.Q(rate_per_second__gt=0), name="carrier_account_rate_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["ACTIVE", "PAUSED", "BROKEN"]),
                name="carrier_account_status_known",
            ),
            models.CheckConstraint(
                condition=models.Q(warn_below__isnull=True) | models.Q(warn_below__gt=0),
                name="carrier_account_warning_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.carrier}) #{self.pk}"

    @property
    def balance(self) -> Money | None:
        """What could still be spent, as the last check said or a person wrote down."""
        if self.balance_amount is None:
            return None
        return Money(self.balance_amount, self.balance_currency)

    @property
    def is_low(self) -> bool:
        """Tell whether so little may still be spent that somebody should pay it up."""
        return self.balance_amount is not None and self.balance_amount <= (self.warn_below or 0)

    @property
    def webhook_url(self) -> str:
        """The public address at which the carrier's messages about the account arrive."""
        return f"{settings.PUBLIC_URL}/webhooks/{self.uuid}"

    @property
    def subject(self) -> str:
        """The name of this row in the journal."""
        return f"trunks.account:{self.uuid}"
