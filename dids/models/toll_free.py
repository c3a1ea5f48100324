"""Verification of toll-free numbers, without which networks block their text messages."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from dids.models.features import Feature, FeatureQuerySet
from dids.states import TOLL_FREE
from lib.sealed import SealedTextField
from trunks.models import CarrierAccount
from trunks.toll_free import KINDS, OPT_INS, USE_CASES, VOLUMES


class TollFreeVerification(Feature):
    """Who sends from a toll-free number, what, and the evidence that people agreed to it."""

    number = models.OneToOneField(
        "dids.PhoneNumber", on_delete=models.CASCADE, related_name="toll_free_verification"
    )
    kind = models.CharField(max_length=20, choices=[(word, word) for word in KINDS])
    business = models.CharField(max_length=100)
    """The legal name."""
    website = models.CharField(max_length=200)
    street = models.CharField(max_length=100)
    city = models.CharField(max_length=100)
    region = models.CharField(max_length=20)
    postal_code = models.CharField(max_length=10)
    country = models.CharField(max_length=2)
    registration = SealedTextField(blank=True, default="")
    """The number of the business in its register, in the United States the EIN."""
    first_name = SealedTextField(blank=True, default="")
    last_name = SealedTextField(blank=True, default="")
    email = SealedTextField(blank=True, default="")
    phone = SealedTextField(blank=True, default="")
    use_case = models.CharField(max_length=30, choices=[(word, word) for word in USE_CASES])
    summary = models.CharField(max_length=500)
    sample = models.CharField(max_length=1000)
    volume = models.PositiveIntegerField(choices=[(count, f"{count:,}") for count in VOLUMES])
    opt_in_by = models.CharField(max_length=20, choices=[(word, word) for word in OPT_INS])
    opt_in = models.CharField(max_length=500)
    opt_in_urls = models.JSONField(default=list)

    lifecycle = TOLL_FREE
    erased_when_off = ("registration", "first_name", "last_name", "email", "phone")
    objects: ClassVar[FeatureQuerySet[TollFreeVerification]] = FeatureQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(Feature.Meta):
        constraints = [
            *Feature.Meta.constraints,
            models.CheckConstraint(
                name="tollfreeverification_volume_known", condition=Q(volume__in=VOLUMES)
            ),
        ]

    def __str__(self) -> str:
        return f"verification of {self.number_id} ({self.pk})"

    @property
    def what(self) -> str:
        """Name it in sentences."""
        return f"the toll-free verification of {self.number.e164}"

    @property
    def account(self) -> CarrierAccount:
        """Give the account of the number."""
        return self.number.carrier_account

    @property
    def e164(self) -> str:
        """Give the number."""
        return self.number.e164

    @property
    def wants(self) -> dict[str, str]:
        """Say what is verified, without anybody's name and address."""
        return {
            "business": self.business,
            "use case": self.use_case,
            "messages a month": f"{self.volume:,}",
        }

    @property
    def told(self) -> str:
        """Say all of it to the person who hands it in."""
        told = {
            **self.wants,
            "kind": self.kind,
            "website": self.website,
            "address": f"{self.street}, {self.city}, {self.region} {self.postal_code}",
            "country": self.country,
            "registration": self.registration or "none",
            "contact": f"{self.first_name} {self.last_name}, {self.email}, {self.phone}",
            "what is sent": self.summary,
            "sample": self.sample,
            "how people agree": f"{self.opt_in_by}: {self.opt_in}",
            "evidence": ", ".join(self.opt_in_urls),
        }
        return "\n".join([self.e164, *(f"{name}: {value}" for name, value in told.items())])
