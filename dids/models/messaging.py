"""Where the text messages to a number go."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from dids.models.features import Feature, FeatureQuerySet
from dids.states import MESSAGING_ROUTE
from trunks.models import CarrierAccount


class MessagesTo(models.TextChoices):
    """What takes the text messages to a number."""

    OFF = "OFF", "Nobody: no messages"
    PBX = "PBX", "The phone system"
    WEBHOOK = "WEBHOOK", "A web address of your own"


class MessagingRoute(Feature):
    """Where a carrier hands on the text messages to a number; it may be another than for calls."""

    number = models.OneToOneField(
        "dids.PhoneNumber", on_delete=models.CASCADE, related_name="messaging_route"
    )
    target = models.CharField(max_length=10, choices=MessagesTo.choices, default=MessagesTo.OFF)
    address = models.CharField(max_length=300, blank=True)
    """The web address to which the carrier sends each message by itself."""
    carrier_account = models.ForeignKey(
        "trunks.CarrierAccount", on_delete=models.PROTECT, related_name="messaging_routes"
    )

    lifecycle = MESSAGING_ROUTE
    objects: ClassVar[FeatureQuerySet[MessagingRoute]] = FeatureQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(Feature.Meta):
        constraints = [
            *Feature.Meta.constraints,
            models.CheckConstraint(
                name="messagingroute_target_known", condition=Q(target__in=MessagesTo.values)
            ),
            models.CheckConstraint(
                name="messagingroute_goes_somewhere",
                condition=Q(target=MessagesTo.OFF, address="")
                | ~Q(target=MessagesTo.OFF) & ~Q(address=""),
            ),
        ]

    def __str__(self) -> str:
        return f"messages of {self.number_id} ({self.pk})"

    @property
    def what(self) -> str:
        """Name it in sentences."""
        return f"the route of messages of {self.number.e164}"

    @property
    def account(self) -> CarrierAccount:
        """Give the account that carries its messages."""
        return self.carrier_account

    @property
    def e164(self) -> str:
        """Give the number."""
        return self.number.e164

    @property
    def wants(self) -> dict[str, str]:
        """Say where they shall go."""
        return {"messages": self.get_target_display(), "address": self.address or "none"}

    @property
    def reference_there(self) -> str:
        """Give the carrier's reference of the number, where this carrier has the number."""
        is_same = self.carrier_account_id == self.number.carrier_account_id
        return self.number.carrier_reference if is_same else ""
