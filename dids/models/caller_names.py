"""Names of callers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from dids.models.features import Feature, FeatureQuerySet
from dids.states import CALLER_NAME
from trunks.models import CarrierAccount

LONGEST_NAME = 15
"""Characters; the databases in which called networks look hold no more."""


class CallerName(Feature):
    """The name that a number's calls may show, and whether its callers' names are looked up."""

    number = models.OneToOneField(
        "dids.PhoneNumber", on_delete=models.CASCADE, related_name="caller_name"
    )
    text = models.CharField(max_length=LONGEST_NAME, blank=True)
    shows_callers = models.BooleanField(default=False)

    lifecycle = CALLER_NAME
    objects: ClassVar[FeatureQuerySet[CallerName]] = FeatureQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(Feature.Meta):
        constraints = [
            *Feature.Meta.constraints,
            models.CheckConstraint(
                name="%(class)s_text_can_be_listed",
                condition=Q(text="") | Q(text__regex="^[A-Z0-9]([A-Z0-9 ]*[A-Z0-9])?$"),
            ),
        ]

    def __str__(self) -> str:
        return f"caller name of {self.number_id} ({self.pk})"

    @property
    def what(self) -> str:
        """Name it in sentences."""
        return f"the caller name of {self.number.e164}"

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
        """Say what is to be set."""
        return {
            "listed name": self.text or "none",
            "look up the names of callers": "yes" if self.shows_callers else "no",
        }
