"""Who sends text messages, and what: brands, campaigns, and the numbers that take part."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from dids.models.features import Feature, FeatureQuerySet
from dids.states import BRAND, CAMPAIGN, NUMBER_CAMPAIGN
from lib.sealed import SealedTextField
from trunks.messaging import SECTORS, USE_CASES
from trunks.models import CarrierAccount


class BrandKind(models.TextChoices):
    """What sort of business a brand belongs to."""

    PRIVATE_PROFIT = "PRIVATE_PROFIT", "Private company"
    PUBLIC_PROFIT = "PUBLIC_PROFIT", "Company on a stock exchange"
    NON_PROFIT = "NON_PROFIT", "Non-profit organization"
    GOVERNMENT = "GOVERNMENT", "Government"


class Brand(Feature):
    """An organization as the registry of text messages knows it, at one carrier account."""

    carrier_account = models.ForeignKey(
        "trunks.CarrierAccount", on_delete=models.PROTECT, related_name="brands"
    )
    kind = models.CharField(max_length=20, choices=BrandKind.choices)
    name = models.CharField(max_length=100)
    """Under which its customers know it."""
    legal_name = models.CharField(max_length=100)
    tax_id = SealedTextField(blank=True, default="")
    sector = models.CharField(max_length=30, choices=[(word, word) for word in SECTORS])
    website = models.CharField(max_length=100, blank=True)
    email = SealedTextField(blank=True, default="")
    phone = SealedTextField(blank=True, default="")
    street = models.CharField(max_length=100)
    city = models.CharField(max_length=100)
    region = models.CharField(max_length=20)
    postal_code = models.CharField(max_length=10)
    country = models.CharField(max_length=2)
    stock_symbol = models.CharField(max_length=10, blank=True)
    stock_exchange = models.CharField(max_length=10, blank=True)
    first_name = SealedTextField(blank=True, default="")
    """Of whoever answers for it, where the registry asks for a person."""
    last_name = SealedTextField(blank=True, default="")

    lifecycle = BRAND
    erased_when_off = ("tax_id", "email", "phone", "first_name", "last_name")
    objects: ClassVar[FeatureQuerySet[Brand]] = FeatureQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(Feature.Meta):
        constraints = [
            *Feature.Meta.constraints,
            models.UniqueConstraint(fields=["organization", "name"], name="brand_named_once"),
            models.CheckConstraint(name="brand_kind_known", condition=Q(kind__in=BrandKind.values)),
        ]

    def __str__(self) -> str:
        return f"brand {self.name} ({self.pk})"

    @property
    def what(self) -> str:
        """Name it in sentences."""
        return f"the brand {self.name}"

    @property
    def account(self) -> CarrierAccount:
        """Give the account at which it is registered."""
        return self.carrier_account

    @property
    def wants(self) -> dict[str, str]:
        """Say what is registered, without what only the registry must know."""
        return {"legal name": self.legal_name, "sector": self.sector, "website": self.website}


class Campaign(Feature):
    """What a brand sends, and how people come to agree to it."""

    brand = models.ForeignKey("dids.Brand", on_delete=models.PROTECT, related_name="campaigns")
    name = models.CharField(max_length=100)
    """The organization's own word for it."""
    use_case = models.CharField(max_length=40, choices=[(word, word) for word in USE_CASES])
    description = models.CharField(max_length=500)
    opt_in = models.CharField(max_length=1000)
    samples = models.JSONField(default=list)
    opt_in_words = models.CharField(max_length=255, blank=True)
    opt_out_words = models.CharField(max_length=255, default="STOP")
    help_words = models.CharField(max_length=255, default="HELP")
    help_answer = models.CharField(max_length=255)
    opt_in_answer = models.CharField(max_length=255, blank=True, default="")
    opt_out_answer = models.CharField(max_length=255, blank=True, default="")
    terms = models.CharField(max_length=255, blank=True, default="")
    """The web address of its terms."""

    lifecycle = CAMPAIGN
    objects: ClassVar[FeatureQuerySet[Campaign]] = FeatureQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(Feature.Meta):
        constraints = [
            *Feature.Meta.constraints,
            models.UniqueConstraint(fields=["organization", "name"], name="campaign_named_once"),
        ]

    def __str__(self) -> str:
        return f"campaign {self.name} ({self.pk})"

    @property
    def what(self) -> str:
        """Name it in sentences."""
        return f"the campaign {self.name}"

    @property
    def account(self) -> CarrierAccount:
        """Give the account of its brand."""
        return self.brand.carrier_account

    @property
    def wants(self) -> dict[str, str]:
        """Say what is registered."""
        return {"brand": self.brand.name, "use case": self.use_case}


class NumberCampaign(Feature):
    """A number that sends for a campaign."""

    number = models.OneToOneField(
        "dids.PhoneNumber", on_delete=models.CASCADE, related_name="number_campaign"
    )
    campaign = models.ForeignKey("dids.Campaign", on_delete=models.PROTECT, related_name="numbers")

    lifecycle = NUMBER_CAMPAIGN
    objects: ClassVar[FeatureQuerySet[NumberCampaign]] = FeatureQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(Feature.Meta):
        pass

    def __str__(self) -> str:
        return f"number {self.number_id} in campaign {self.campaign_id} ({self.pk})"

    @property
    def what(self) -> str:
        """Name it in sentences."""
        return f"the campaign of {self.number.e164}"

    @property
    def account(self) -> CarrierAccount:
        """Give the account at which its campaign is registered."""
        return self.campaign.brand.carrier_account

    @property
    def e164(self) -> str:
        """Give the number."""
        return self.number.e164

    @property
    def wants(self) -> dict[str, str]:
        """Say for what it shall send."""
        return {"campaign": self.campaign.name, "brand": self.campaign.brand.name}
