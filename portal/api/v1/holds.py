"""Holds: found numbers that their carrier keeps for us until they are ordered."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import models
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor
from accounts.permissions import FieldGroup, Permission
from dids.models import CarrierHold, FoundOffer
from dids.states import HoldStatus
from dids.waiting import why_not_yet
from dids.workflows import carrier_holds
from portal.actor import requires
from portal.api.resource import Resource
from portal.api.schema import page_shape
from portal.api.shapes import Asked, Nothing, OrganizationBrief, Shown
from portal.api.v1.numbers import CarrierAccountBrief, WaitingShape
from portal.api.work import reads, writes


class HoldShape(Shown):
    """A hold."""

    groups = {"carrier_account": FieldGroup.CARRIER, "carrier_says": FieldGroup.CARRIER}

    id = serializers.UUIDField(source="uuid")
    number = serializers.CharField(source="e164")
    status = serializers.ChoiceField(choices=HoldStatus.choices)
    until = serializers.DateTimeField(
        allow_null=True, help_text="Until then the carrier keeps the number for us."
    )
    organization = OrganizationBrief()
    held_by = serializers.CharField()
    failure = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    waiting = serializers.SerializerMethodField()
    carrier_account = CarrierAccountBrief()
    carrier_says = serializers.CharField(allow_blank=True)

    @extend_schema_field(WaitingShape(allow_null=True))
    def get_waiting(self, hold: CarrierHold) -> object:
        """Give who is awaited, null where nobody is."""
        waiting = why_not_yet(hold)
        return WaitingShape(waiting).data if waiting else None


class HoldsShape(Shown):
    """The holds that were asked for."""

    results = HoldShape(many=True)


class HoldWish(Asked):
    """Found offers to be held."""

    offers = serializers.ListField(
        child=serializers.UUIDField(help_text="The id of an offer that a search found."),
        min_length=1,
        max_length=carrier_holds.MOST,
    )


class HoldFilters(Asked):
    """What narrows the list of holds."""

    status = serializers.ChoiceField(choices=HoldStatus.choices, required=False)


def holds_of(actor: Actor) -> models.QuerySet[CarrierHold]:
    """Give the holds an actor may see, with what their shape needs."""
    rows = CarrierHold.objects.visible_to(actor).select_related("organization", "carrier_account")
    return rows.order_by("-created_at", "-pk")


class Holds(Resource):
    """Holds."""

    @extend_schema(parameters=[HoldFilters], responses=page_shape(HoldShape))
    @requires(Permission.ORDER_NUMBERS)
    @reads
    def get(self, request: Request) -> Response:
        """List holds, newest first."""
        return self.page(HoldShape, holds_of(self.actor).filter(**self.filters(HoldFilters)))

    @extend_schema(request=HoldWish, responses={202: HoldsShape})
    @requires(Permission.ORDER_NUMBERS)
    @writes(dry_run=True)
    def post(self, request: Request) -> Response:
        """Have the carriers hold found numbers, so that nobody else takes them meanwhile."""
        asked = list(dict.fromkeys(self.body(HoldWish)["offers"]))
        there = FoundOffer.objects.visible_to(self.actor).filter(uuid__in=asked)
        offers = {offer.uuid: offer for offer in there.select_related("carrier_account")}
        wanted = carrier_holds.want(
            offers=[self.offer(offers, uuid, at=place) for place, uuid in enumerate(asked)],
            organization=self.organization,
            actor=self.actor,
            now=timezone.now(),
        )
        rows = holds_of(self.actor).filter(pk__in=[row.pk for row in wanted]).order_by("e164")
        return self.shown(HoldsShape, {"results": list(rows)}, status=202)

    def offer(self, offers: Mapping[UUID, FoundOffer], uuid: UUID, *, at: int) -> FoundOffer:
        """
        Give the offer that a place of the list names.

        :raises ValidationError: if the actor may not see it
        """
        if uuid not in offers:
            message = "There is no found offer with this id that you may use. Check the id."
            raise ValidationError({f"offers[{at}]": [message]})
        return offers[uuid]


class OneHold(Resource):
    """One hold."""

    @extend_schema(responses=HoldShape)
    @requires(Permission.ORDER_NUMBERS)
    @reads
    def get(self, request: Request, hold: UUID) -> Response:
        """Give one hold: whether the number is held, until when and by whom."""
        return self.shown(HoldShape, self.find(holds_of(self.actor), uuid=hold))


class LettingGo(Resource):
    """The end of a hold that is not needed."""

    @extend_schema(request=None, responses=HoldShape)
    @requires(Permission.ORDER_NUMBERS)
    @writes(dry_run=True)
    def post(self, request: Request, hold: UUID) -> Response:
        """Let a number go; a carrier that ends no holds keeps it for us until its time is over."""
        self.body(Nothing)
        found = self.find(holds_of(self.actor), uuid=hold)
        carrier_holds.let_go(hold=found, actor=self.actor, now=timezone.now())
        return self.shown(HoldShape, self.find(holds_of(self.actor), uuid=hold))
