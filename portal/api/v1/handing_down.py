"""Numbers on their way down the chain of organizations, and back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.limits import UnableToTake
from accounts.models import Organization
from accounts.permissions import Permission
from dids.states import NumberStatus
from dids.workflows import holding, release, taking_back
from portal.actor import requires
from portal.api.problems import naming
from portal.api.shapes import Asked, Nothing, Shown
from portal.api.v1.assignments import DestinationWish, destination_from
from portal.api.v1.numbers import NumberResource, NumberShape
from portal.api.v1.offers import OfferShape
from portal.api.work import writes


class Recipient(Asked):
    """Who is to get a number."""

    to = serializers.UUIDField(help_text="The id of an organization below your own.")


class OfferWish(Asked):
    """Who may claim a number: one organization, or all of them by an explicit word."""

    to = serializers.UUIDField(
        required=False,
        allow_null=True,
        default=None,
        help_text="The id of an organization below your own; either this or `to_all`.",
    )
    to_all = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Whether all organizations below your own may claim it, later ones included.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse both and neither: what was forgotten offers nothing to anybody."""
        if attrs["to"] and attrs["to_all"]:
            raise serializers.ValidationError(
                {"to_all": ["Leave out `to` or `to_all`: an offer is made to one or to all."]}
            )
        if not attrs["to"] and not attrs["to_all"]:
            raise serializers.ValidationError(
                {"to": ["Name an organization, or set `to_all` to offer it to all below."]}
            )
        return attrs


class ReleaseWish(Asked):
    """When a number goes back to its carrier."""

    on = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="By default at once."
    )


class GivenBackShape(Shown):
    """A number that its former holder can no longer look at."""

    number = serializers.CharField(source="e164")
    status = serializers.ChoiceField(choices=NumberStatus.choices)


class HandingDown(NumberResource):
    """What hands a number to an organization."""

    def recipient(self, wanted: UUID) -> Organization:
        """
        Give the organization that the body names.

        :raises ValidationError: if the actor may not see it
        """
        return self.named(Organization.objects.visible_to(self.actor), wanted, field="to")


class Allotment(HandingDown):
    """The allotment of a number."""

    @extend_schema(request=Recipient, responses=NumberShape)
    @requires(Permission.ALLOT_NUMBERS)
    @writes(dry_run=True)
    def post(self, request: Request, e164: str) -> Response:
        """Hand a number of one's stock to an organization below."""
        number = self.number(e164)
        to = self.recipient(self.body(Recipient)["to"])
        with naming("to", UnableToTake):
            holding.allot(number=number, to=to, actor=self.actor, now=timezone.now())
        return self.told(e164)


class NumberOffer(HandingDown):
    """The offer of a number."""

    @extend_schema(request=OfferWish, responses={201: OfferShape})
    @requires(Permission.ALLOT_NUMBERS)
    @writes(dry_run=True)
    def post(self, request: Request, e164: str) -> Response:
        """Offer a number of one's stock to one organization below, or to all: they may claim it."""
        number, wish, now = self.number(e164), self.body(OfferWish), timezone.now()
        if wish["to_all"]:
            offer = holding.offer_to_all(number=number, actor=self.actor, now=now)
        else:
            to = self.recipient(wish["to"])
            offer = holding.offer(number=number, to=to, actor=self.actor, now=now)
        return self.shown(OfferShape, offer, status=201)


class GivingBack(NumberResource):
    """The return of a number to where it came from."""

    @extend_schema(request=None, responses=GivenBackShape)
    @requires(Permission.GIVE_BACK_NUMBERS)
    @writes(dry_run=True)
    def post(self, request: Request, e164: str) -> Response:
        """Give a number back; it rests in quarantine if it was in use."""
        self.body(Nothing)
        number = self.number(e164)
        holding.give_back(number=number, actor=self.actor, now=timezone.now())
        return self.shown(GivenBackShape, number)


class Recall(NumberResource):
    """The return of a number to whoever handed it down."""

    @extend_schema(request=None, responses=NumberShape)
    @requires(Permission.ALLOT_NUMBERS)
    @writes(dry_run=True)
    def post(self, request: Request, e164: str) -> Response:
        """Take a number back into stock that one handed down and that nobody has used there."""
        self.body(Nothing)
        taking_back.recall(number=self.number(e164), actor=self.actor, now=timezone.now())
        return self.told(e164)


class ReclaimWish(Asked):
    """How a number shall be as it was."""

    destination = DestinationWish(
        required=False, allow_null=True, default=None, help_text="Where it rings at once."
    )
    label = serializers.CharField(  # type: ignore[assignment]
        max_length=100, required=False, allow_blank=True, default=""
    )


class Reclaiming(NumberResource):
    """A number that is taken again by whoever gave it back."""

    @extend_schema(request=ReclaimWish, responses=NumberShape)
    @requires(Permission.CLAIM_NUMBERS)
    @writes(dry_run=True)
    def post(self, request: Request, e164: str) -> Response:
        """Take a number again that one gave back, as long as it rests."""
        wish = self.body(ReclaimWish)
        with naming("number", UnableToTake):
            taking_back.reclaim(
                number=taking_back.given_back(self.actor, e164) or self.number(e164),
                destination=destination_from(wish["destination"]),
                label=wish["label"],
                actor=self.actor,
                now=timezone.now(),
            )
        return self.told(e164)


class Releasing(NumberResource):
    """The release of a number."""

    @extend_schema(request=ReleaseWish, responses={202: NumberShape})
    @requires(Permission.RELEASE_NUMBERS)
    @writes(dry_run=True)
    def post(self, request: Request, e164: str) -> Response:
        """Schedule the return of a number to its carrier."""
        wish = self.body(ReleaseWish)
        release.schedule(
            number=self.number(e164), on=wish["on"], actor=self.actor, now=timezone.now()
        )
        answer = self.told(e164)
        answer.status_code = 202
        return answer


class ReleaseCancellation(NumberResource):
    """The end of a scheduled release."""

    @extend_schema(request=None, responses=NumberShape)
    @requires(Permission.RELEASE_NUMBERS)
    @writes(dry_run=True)
    def post(self, request: Request, e164: str) -> Response:
        """Keep a number after all, as long as the carrier was not told."""
        self.body(Nothing)
        release.cancel(number=self.number(e164), actor=self.actor, now=timezone.now())
        return self.told(e164)
