"""What carriers ask for before they sell a number, and what was handed in for whom."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from dids.models.features import Feature, FeatureQuerySet
from dids.states import FILING, FeatureStatus
from trunks.models import CarrierAccount
from trunks.regulation import Asks


def words_for(country: str, type_: str) -> str:
    """Name the numbers of a type in a country, as in sentences."""
    return f"{country} {type_.replace('_', '-').lower()} numbers"


class RequirementList(models.Model):
    """
    What one account asks for before it sells numbers of a country and type, as read last.

    Staff keep it where the carrier cannot be asked by its interface.
    """

    carrier_account = models.ForeignKey(
        "trunks.CarrierAccount", on_delete=models.CASCADE, related_name="+"
    )
    country = models.CharField(max_length=2)
    type = models.CharField(max_length=20)
    asked_at = models.DateTimeField()
    requirements = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["carrier_account", "country", "type"], name="requirements_kept_once"
            ),
        ]

    def __str__(self) -> str:
        return f"requirements of {self.carrier_account_id} for {self.country} {self.type}"

    @property
    def what(self) -> str:
        """Name the numbers in sentences."""
        return words_for(self.country, self.type)

    @property
    def names(self) -> str:
        """Name all that is asked for."""
        return ", ".join(one["name"] for one in self.requirements)


class Filing(Feature):
    """
    What one organization hands in at one account, so that it may have numbers of a kind.

    Its uuid is our reference at the carrier. While it is off, answers are collected.
    """

    carrier_account = models.ForeignKey(
        "trunks.CarrierAccount", on_delete=models.PROTECT, related_name="filings"
    )
    country = models.CharField(max_length=2)
    type = models.CharField(max_length=20)

    lifecycle = FILING
    objects: ClassVar[FeatureQuerySet[Filing]] = FeatureQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(Feature.Meta):
        constraints = [
            *Feature.Meta.constraints,
            models.UniqueConstraint(
                fields=["organization", "carrier_account", "country", "type"], name="filing_once"
            ),
        ]

    def __str__(self) -> str:
        return f"filing for {self.country} {self.type} ({self.pk})"

    @property
    def what(self) -> str:
        """Name it in sentences."""
        return f"the documents for {words_for(self.country, self.type)}"

    @property
    def account(self) -> CarrierAccount:
        """Give the account at which it is handed in."""
        return self.carrier_account

    @property
    def wants(self) -> dict[str, str]:
        """Say what is handed in, without what it says about people."""
        return {part.name: part.get_asks_display().lower() for part in self.parts.all()}

    @property
    def is_open(self) -> bool:
        """Tell whether answers are taken now."""
        return self.status in {FeatureStatus.OFF, FeatureStatus.REJECTED}

    def missing(self) -> list[FilingPart]:
        """Give the parts that are still to be answered, or to be answered better."""
        parts = list(self.parts.all())
        if self.status != FeatureStatus.REJECTED:
            return [part for part in parts if not part.is_answered]
        minded = {problem["field"] for problem in self.problems} - {""}
        stale = [part for part in parts if not part.is_answered or part.after != self.attempt]
        if minded:
            return [part for part in stale if part.key in minded or not part.is_answered]
        # Where the carrier names nothing, anything new is worth another try.
        return stale if len(stale) == len(parts) else []


class FilingPart(models.Model):
    """One thing that a carrier asks for, and the answer."""

    filing = models.ForeignKey(Filing, on_delete=models.CASCADE, related_name="parts")
    key = models.CharField(max_length=100)
    """The carrier's own name for it."""
    position = models.PositiveSmallIntegerField()
    asks = models.CharField(max_length=10, choices=[(one.value, one.value.title()) for one in Asks])
    name = models.CharField(max_length=150)
    words = models.CharField(max_length=500, blank=True)
    accepts = models.JSONField(default=list, blank=True)
    """Types of document that answer it; empty for any."""
    document = models.ForeignKey(
        "dids.Document", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    text = models.CharField(max_length=200, blank=True)
    """Words, or a day such as 1980-02-29."""
    address = models.JSONField(default=dict, blank=True)
    after = models.UUIDField(null=True, blank=True)
    """The attempt before which it was answered; what was refused with that one is older."""

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["filing", "key"], name="filing_part_once"),
            models.CheckConstraint(
                name="filing_part_answers_what_is_asked",
                condition=(Q(document__isnull=True) | Q(asks=Asks.DOCUMENT.value))
                & (Q(text="") | Q(asks__in=[Asks.TEXT.value, Asks.DATE.value]))
                & (Q(address={}) | Q(asks=Asks.ADDRESS.value)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.filing_id}"

    @property
    def is_answered(self) -> bool:
        """Tell whether there is an answer."""
        return bool(self.document_id or self.text or self.address)
