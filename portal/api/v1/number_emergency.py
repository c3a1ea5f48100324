"""Where help is sent for a number: its location or its waiver, and whether its carrier knows."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import FieldGroup, Permission
from dids import emergency
from dids.models import EmergencyLocation, EmergencyRegistration, WaiverKind
from dids.states import FeatureStatus
from dids.workflows import waiving
from portal.actor import requires
from portal.api.shapes import Asked, Shown
from portal.api.v1.emergency import LocationShape
from portal.api.v1.numbers import NumberResource
from portal.api.work import reads, writes


class WaiverShape(Shown):
    """Somebody's word that a number needs no location."""

    kind = serializers.ChoiceField(choices=WaiverKind.choices)
    reason = serializers.CharField()
    location = serializers.UUIDField(source="location.uuid", allow_null=True, default=None)
    at = serializers.DateTimeField()


class RegistrationShape(Shown):
    """Whether the number's carrier knows."""

    groups = {"failure": FieldGroup.CARRIER}

    status = serializers.ChoiceField(choices=FeatureStatus.choices)
    status_since = serializers.DateTimeField()
    location = serializers.UUIDField(source="location.uuid")
    failure = serializers.CharField(allow_blank=True)


class EmergencyShape(Shown):
    """What a number has for calls for help."""

    needed = serializers.BooleanField(help_text="Whether it may be used only with one of these.")
    location = LocationShape(allow_null=True)
    is_own = serializers.BooleanField(help_text="Whether it was chosen for this number.")
    waiver = WaiverShape(allow_null=True)
    registration = RegistrationShape(allow_null=True)


class LocationChoice(Asked):
    """The location of a number."""

    location = serializers.UUIDField(allow_null=True, help_text="Null for the holder's default.")


class WaiverWish(Asked):
    """Why a number needs no location."""

    kind = serializers.ChoiceField(choices=WaiverKind.choices)
    reason = serializers.CharField(max_length=waiving.LONGEST_REASON)
    location = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="Which one covers it, if one does."
    )


class EmergencyResource(NumberResource):
    """What the resources about one number's location share."""

    def emergency_of(self, e164: str) -> Response:
        """Answer with what the number has now."""
        number = self.number(e164)
        cover = emergency.covers([number]).get(number.pk)
        rows = EmergencyRegistration.objects.visible_to(self.actor).select_related("location")
        told = {
            "needed": cover is not None,
            "location": cover.location if cover else None,
            "is_own": bool(cover and cover.is_own),
            "waiver": cover.waiver if cover else None,
            "registration": rows.filter(number=number).first(),
        }
        return self.shown(EmergencyShape, told)

    def chosen(self, uuid: UUID | None) -> EmergencyLocation | None:
        """
        Give the location that a body names.

        :raises ValidationError: if there is none that the actor may see
        """
        if uuid is None:
            return None
        rows = EmergencyLocation.objects.visible_to(self.actor)
        return self.named(rows, uuid, field="location")


class NumberEmergency(EmergencyResource):
    """The emergency location of one number."""

    @extend_schema(responses=EmergencyShape)
    @requires(Permission.VIEW_NUMBERS)
    @reads
    def get(self, request: Request, e164: str) -> Response:
        """Give where help is sent for a number, and whether its carrier knows."""
        return self.emergency_of(e164)

    @extend_schema(request=LocationChoice, responses=EmergencyShape)
    @requires(Permission.ASSIGN_NUMBERS)
    @writes(dry_run=True)
    def put(self, request: Request, e164: str) -> Response:
        """Choose where help is sent for a number; its carrier is told if it is in use."""
        wish, number = self.body(LocationChoice), self.number(e164)
        waiving.choose(
            number=number,
            location=self.chosen(wish["location"]),
            actor=self.actor,
            now=timezone.now(),
        )
        return self.emergency_of(e164)


class NumberWaiver(EmergencyResource):
    """The waiver of one number's location."""

    @extend_schema(request=WaiverWish, responses=EmergencyShape)
    @requires(Permission.ASSIGN_NUMBERS)
    @writes(dry_run=True)
    def put(self, request: Request, e164: str) -> Response:
        """Say that a number may be used without a location, and why."""
        wish, number = self.body(WaiverWish), self.number(e164)
        waiving.waive(
            number=number,
            kind=wish["kind"],
            reason=wish["reason"],
            location=self.chosen(wish["location"]),
            actor=self.actor,
            now=timezone.now(),
        )
        return self.emergency_of(e164)

    @extend_schema(responses={200: EmergencyShape})
    @requires(Permission.ASSIGN_NUMBERS)
    @writes(dry_run=True)
    def delete(self, request: Request, e164: str) -> Response:
        """Take one's word back; refused while the number is in use and has no location."""
        waiving.end(number=self.number(e164), actor=self.actor, now=timezone.now())
        return self.emergency_of(e164)
