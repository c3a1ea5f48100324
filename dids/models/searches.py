"""Questions to carriers, and what they offered."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.reach import ReachQuerySet
from dids.states import SearchStatus
from lib.fields import E164Field
from lib.money import Money
from trunks.numbering import Capability, NumberType
from trunks.offers import Wanted


class NumberSearchQuerySet(ReachQuerySet["NumberSearch"]):
    """Searches, seen by the organization that asked and those above it."""

    owner = "organization"


class NumberSearch(models.Model):
    """One question to several carrier accounts; its answers stream through `dids.search_stream`."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.CASCADE, related_name="number_searches"
    )
    wanted = models.JSONField()
    months = models.PositiveSmallIntegerField()
    """The term over which offers are compared."""
    accounts = models.ManyToManyField("trunks.CarrierAccount", related_name="number_searches")
    status = models.CharField(
        max_length=20, choices=SearchStatus.choices, default=SearchStatus.OPEN
    )
    status_since = models.DateTimeField()
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    objects: ClassVar[NumberSearchQuerySet] = NumberSearchQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="search_status_known", condition=Q(status__in=SearchStatus.values)
            ),
        ]

    def __str__(self) -> str:
        return f"Search {self.uuid} ({self.pk})"

    def question(self) -> Wanted:
        """Give what was asked, as carriers take it."""
        asked = dict(self.wanted)
        asked["type"] = NumberType(asked["type"])
        asked["capabilities"] = frozenset(map(Capability, asked["capabilities"]))
        return Wanted(**asked)


class FoundOfferQuerySet(ReachQuerySet["FoundOffer"]):
    """Found offers, seen by whoever may see the search."""

    owner = "search__organization"


class FoundOffer(models.Model):
    """A number that a carrier offered a moment ago; short-lived, until an order freezes it."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    search = models.ForeignKey(NumberSearch, on_delete=models.CASCADE, related_name="offers")
    carrier_account = models.ForeignKey(
        "trunks.CarrierAccount", on_delete=models.CASCADE, related_name="+"
    )
    e164 = E164Field()
    country = models.CharField(max_length=2)
    type = models.CharField(max_length=20)
    region = models.CharField(max_length=100, blank=True)
    locality = models.CharField(max_length=100, blank=True)
    rate_center = models.CharField(max_length=100, blank=True)
    capabilities = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    setup = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    monthly = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    needs_documents = models.BooleanField(default=False)
    expires_at = models.DateTimeField()

    objects: ClassVar[FoundOfferQuerySet] = FoundOfferQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["search", "carrier_account", "e164"], name="found_offer_once_per_search"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.e164} found in {self.search_id} ({self.pk})"

    def total(self, months: int) -> Money | None:
        """Give the cost over a term; None where the carrier names no price."""
        if not self.currency or (self.setup is None and self.monthly is None):
            return None
        zero = Decimal(0)
        return Money((self.setup or zero) + (self.monthly or zero) * months, self.currency)
