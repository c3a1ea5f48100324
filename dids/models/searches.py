"""Questions to carriers, and what they offered."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import Q

from accounts.reach import ReachQuerySet
from dids.sieve import Sieve
from dids.states import SearchStatus
from lib.fields import E164Field
from lib.money import Money
from trunks.models import CarrierAccount
from trunks.numbering import Capability, NumberType
from trunks.offers import Wanted

CHOSEN = "carrier_accounts"
"""In what is wanted: the ids of the accounts to ask, where the caller chose some."""


class NumberSearchQuerySet(ReachQuerySet["NumberSearch"]):
    """Searches, seen by the organization that asked and those above it."""

    owner = "organization"


class NumberSearch(models.Model):
    """
    One question to several carrier accounts.

    Whom it asks and what they answer streams through `dids.search_stream`.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.CASCADE, related_name="number_searches"
    )
    wanted = models.JSONField()
    narrowed = models.JSONField(default=dict, blank=True)
    """What we choose from the answers ourselves, see `dids.sieve`."""
    months = models.PositiveSmallIntegerField()
    """The term over which offers are compared."""
    currency = models.CharField(max_length=3, blank=True, default="")
    """The currency of whoever asked, in which offers are compared; empty: each in its own."""
    rates = models.JSONField(default=dict, blank=True)
    """How others are converted into it, as of the question; see `dids.pricing.kept`."""
    fees = models.JSONField(default=dict, blank=True)
    """What the accounts ask besides their prices, as of the question; see `dids.extras`."""
    status = models.CharField(
        max_length=20, choices=SearchStatus.choices, default=SearchStatus.OPEN
    )
    status_since = models.DateTimeField()
    asked_at = models.DateTimeField()
    quote_of = models.ForeignKey(
        "trunks.CarrierAccount",
        on_delete=models.CASCADE,
        related_name="+",
        null=True,
        blank=True,
    )
    """The account by hand whose quote somebody entered; nobody was asked then."""
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
        asked = {name: value for name, value in self.wanted.items() if name != CHOSEN}
        asked["type"] = NumberType(asked["type"])
        asked["capabilities"] = frozenset(map(Capability, asked["capabilities"]))
        return Wanted(**asked)

    def sieve(self) -> Sieve:
        """Give what of the answers is let through."""
        return Sieve(**self.narrowed)


class FoundOfferQuerySet(ReachQuerySet["FoundOffer"]):
    """Found offers, seen by whoever may see the search."""

    owner = "search__organization"

    def keep(self, search: NumberSearch, account: CarrierAccount, offers: str) -> None:
        """
        Store what an account answered, once; an answer that comes twice changes nothing.

        One statement with one parameter: twenty rows of sixteen parameters each take Django and
        psycopg ten times as long as the database (measured with Django 5.2).

        :param offers: JSON, a list of `dids.search_stream.StreamedOffer`
        """
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, [search.pk, account.pk, search.expires_at, offers])


_KEEP = """
    INSERT INTO dids_foundoffer
           (search_id, carrier_account_id, expires_at, uuid, e164, country, type, region, locality,
            rate_center, capabilities, setup, monthly, currency, needs_documents)
    SELECT %s, %s, %s, id, number, country, type, region, locality,
           rate_center, capabilities, setup, monthly, currency, needs_documents
      FROM jsonb_to_recordset(%s::jsonb) AS
           (id uuid, number text, country text, type text, region text, locality text,
            rate_center text, capabilities text[], setup numeric, monthly numeric, currency text,
            needs_documents boolean)
        ON CONFLICT DO NOTHING
"""


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
        return Money(over_term(self.setup, self.monthly, months), self.currency)


def over_term(setup: Decimal | None, monthly: Decimal | None, months: int) -> Decimal:
    """Add up what a number costs over so many months; a price that was not told counts nothing."""
    return (setup or Decimal(0)) + (monthly or Decimal(0)) * months
