"""What pages read of the features of a number."""

from __future__ import annotations

from accounts.actors import Actor
from dids.models import (
    CallerName,
    Campaign,
    MessagingRoute,
    NumberCampaign,
    PhoneNumber,
    TollFreeVerification,
)
from dids.models.features import FeatureQuerySet
from dids.states import FeatureStatus


def caller_name_of(actor: Actor, number: PhoneNumber) -> CallerName | None:
    """Give the names of callers on a number, unless they are those of an earlier holder."""
    rows = CallerName.objects.visible_to(actor).filter(number=number, organization=number.holder_id)
    # The page has the number, with its carrier account, already.
    found = rows.first()
    if found is not None:
        found.number = number
    return found


def route_of(actor: Actor, number: PhoneNumber) -> MessagingRoute | None:
    """Give where messages to a number go, as its holder of now has said."""
    rows = MessagingRoute.objects.visible_to(actor).select_related("carrier_account")
    return rows.filter(number=number, organization=number.holder_id).first()


def link_of(actor: Actor, number: PhoneNumber) -> NumberCampaign | None:
    """Give the campaign for which a number sends, as its holder of now has said."""
    rows = NumberCampaign.objects.visible_to(actor).select_related("campaign")
    return rows.filter(number=number, organization=number.holder_id).first()


def verification_of(actor: Actor, number: PhoneNumber) -> TollFreeVerification | None:
    """Give the verification of a toll-free number, as its holder of now has asked for it."""
    rows = TollFreeVerification.objects.visible_to(actor)
    return rows.filter(number=number, organization=number.holder_id).first()


def campaigns_for(actor: Actor, number: PhoneNumber) -> FeatureQuerySet[Campaign]:
    """Give the campaigns that a number's holder may choose."""
    rows = Campaign.objects.visible_to(actor).filter(organization=number.holder_id)
    over = (FeatureStatus.OFF, FeatureStatus.UNWANTED, FeatureStatus.REMOVING)
    return rows.exclude(status__in=over).order_by("name")
