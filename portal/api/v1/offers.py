"""Offers: stock that one buyer, or anybody below, may claim."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor
from accounts.limits import UnableToTake
from accounts.permissions import Permission
from dids.models import Offer
from dids.states import OfferStatus
from dids.workflows import holding
from dids.workflows.offering import UnableToClaim
from portal.actor import requires
from portal.api.problems import naming
from portal.api.resource import Resource
from portal.api.schema import page_shape
from portal.api.shapes import Asked, Nothing, OrganizationBrief, Shown
from portal.api.v1.assignments import DestinationWish, destination_from
from portal.api.v1.numbers import TYPES, NumberResource, NumberShape
from portal.api.work import reads, writes


class OfferShape(Shown):
    """An offer."""

    id = serializers.UUIDField(source="uuid")
    number = serializers.CharField(source="number.e164")
    country = serializers.CharField(source="number.country")
    type = serializers.ChoiceField(choices=TYPES, source="number.type")
    region = serializers.CharField(source="number.region", allow_blank=True)
    locality = serializers.CharField(source="number.locality", allow_blank=True)
    offered_by = OrganizationBrief()
    to = OrganizationBrief(allow_null=True, help_text="Null where it is made to all below.")
    to_all = serializers.BooleanField()
    claimed_by = serializers.SerializerMethodField(
        help_text="Null until it is claimed, and for those who do not know the buyer."
    )
    status = serializers.ChoiceField(choices=OfferStatus.choices)
    offered_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()

    @extend_schema_field(OrganizationBrief(allow_null=True))
    def get_claimed_by(self, offer: Offer) -> object:
        """Give who took it; of an offer to all the others learn only that it is gone."""
        buyer, reach = offer.claimed_by, self.context["actor"].reach
        known = buyer is not None and reach is not None and reach.reaches(buyer)
        return OrganizationBrief(buyer).data if known else None


class OfferFilters(Asked):
    """What narrows the list of offers."""

    status = serializers.ChoiceField(choices=OfferStatus.choices, required=False)


class ClaimWish(Asked):
    """How a claimed number shall start."""

    destination = DestinationWish(required=False, allow_null=True, default=None)
    label = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")  # type: ignore[assignment]


def offers_of(actor: Actor) -> models.QuerySet[Offer]:
    """Give the offers an actor may see, with what their shape needs."""
    return Offer.objects.visible_to(actor).select_related(
        "number", "offered_by", "to", "claimed_by"
    )


class Offers(Resource):
    """Offers."""

    @extend_schema(parameters=[OfferFilters], responses=page_shape(OfferShape))
    @requires(Permission.VIEW_NUMBERS)
    @reads
    def get(self, request: Request) -> Response:
        """List the offers made or received within reach, newest first."""
        return self.page(OfferShape, offers_of(self.actor).filter(**self.filters(OfferFilters)))


class Claim(NumberResource):
    """The claim of an offered number."""

    @extend_schema(request=ClaimWish, responses=NumberShape)
    @requires(Permission.CLAIM_NUMBERS)
    @writes(dry_run=True)
    def post(self, request: Request, offer: UUID) -> Response:
        """Claim an offered number and point it somewhere in the same step."""
        wish = self.body(ClaimWish)
        found = self.find(offers_of(self.actor), uuid=offer)
        with naming("offer", UnableToTake, UnableToClaim):
            holding.claim(
                offer=found,
                destination=destination_from(wish["destination"]),
                label=wish["label"],
                actor=self.actor,
                now=timezone.now(),
            )
        return self.told(found.number.e164)


class OfferWithdrawal(Resource):
    """The end of an open offer."""

    @extend_schema(request=None, responses=OfferShape)
    @requires(Permission.ALLOT_NUMBERS)
    @writes(dry_run=True)
    def post(self, request: Request, offer: UUID) -> Response:
        """Withdraw an open offer."""
        self.body(Nothing)
        found = self.find(offers_of(self.actor), uuid=offer)
        holding.withdraw(offer=found, actor=self.actor, now=timezone.now())
        return self.shown(OfferShape, self.find(offers_of(self.actor), uuid=offer))
