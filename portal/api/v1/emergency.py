"""Where help is sent: locations, and which one a number has."""

from __future__ import annotations

from dataclasses import fields
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import FieldGroup, Permission
from dids import emergency
from dids.models import EmergencyLocation, EmergencyRegistration, WaiverKind
from dids.states import FeatureStatus, LocationStatus
from dids.workflows import locations, waiving
from dids.workflows.locations import Particulars
from portal.actor import requires
from portal.api.resource import Resource
from portal.api.schema import page_shape
from portal.api.shapes import Asked, Nothing, OrganizationBrief, Shown
from portal.api.v1.numbers import NumberResource
from portal.api.work import reads, writes

_BLANK: dict[str, Any] = {"required": False, "allow_blank": True, "default": ""}


class LocationShape(Shown):
    """An emergency location."""

    groups = {"failure": FieldGroup.CARRIER}

    id = serializers.UUIDField(source="uuid")
    organization = OrganizationBrief()
    label = serializers.CharField()  # type: ignore[assignment]
    name = serializers.CharField()
    house_number = serializers.CharField()
    house_suffix = serializers.CharField(allow_blank=True)
    pre_directional = serializers.CharField(allow_blank=True)
    street = serializers.CharField()
    post_directional = serializers.CharField(allow_blank=True)
    unit_type = serializers.CharField(allow_blank=True)
    unit = serializers.CharField(allow_blank=True)
    city = serializers.CharField()
    state = serializers.CharField(allow_blank=True)
    postal_code = serializers.CharField()
    country = serializers.CharField()
    floor = serializers.CharField(allow_blank=True)
    room = serializers.CharField(allow_blank=True)
    callback = serializers.CharField(allow_blank=True)
    contacts = serializers.ListField(child=serializers.CharField())
    extensions = serializers.ListField(
        source="extension_names",
        child=serializers.CharField(),
        help_text="Whose phones stand there, as the PBX names them.",
    )
    is_default = serializers.BooleanField()
    is_test = serializers.BooleanField(
        help_text="Whether only a stand-in for a carrier has looked at it."
    )
    status = serializers.ChoiceField(choices=LocationStatus.choices)
    status_since = serializers.DateTimeField()
    problems = serializers.DictField(
        child=serializers.CharField(), help_text="What to do about each part, by its name."
    )
    suggestion = serializers.DictField(
        child=serializers.CharField(), help_text="The parts as they should be written, or empty."
    )
    failure = serializers.CharField(allow_blank=True, help_text="The carrier's own words.")
    validated_at = serializers.DateTimeField(allow_null=True)
    tested_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class LocationWish(Asked):
    """A location to be entered."""

    label = serializers.CharField(max_length=60)  # type: ignore[assignment]
    name = serializers.CharField(max_length=60, help_text="Whom the dispatcher reads.")
    house_number = serializers.CharField(max_length=10)
    house_suffix = serializers.CharField(max_length=10, **_BLANK)
    pre_directional = serializers.CharField(max_length=10, **_BLANK)
    street = serializers.CharField(max_length=80)
    post_directional = serializers.CharField(max_length=10, **_BLANK)
    unit_type = serializers.CharField(max_length=20, **_BLANK)
    unit = serializers.CharField(max_length=20, **_BLANK)
    city = serializers.CharField(max_length=60)
    state = serializers.CharField(max_length=30, **_BLANK)
    postal_code = serializers.CharField(max_length=12)
    country = serializers.RegexField(r"^[A-Z]{2}$")
    floor = serializers.CharField(max_length=20, **_BLANK)
    room = serializers.CharField(max_length=20, **_BLANK)
    callback = serializers.CharField(
        max_length=16, **_BLANK, help_text="One of one's own numbers, in E.164."
    )
    contacts = serializers.ListField(
        child=serializers.EmailField(),
        default=list,
        max_length=locations.MOST_CONTACTS,
        help_text="Who is told that somebody called for help.",
    )


class LocationFilters(Asked):
    """What narrows the list of locations."""

    status = serializers.ChoiceField(choices=LocationStatus.choices, required=False)


class LocationResource(Resource):
    """What all resources about one location share."""

    def location(self, uuid: UUID) -> EmergencyLocation:
        """Give the location that the actor may see."""
        rows = EmergencyLocation.objects.visible_to(self.actor).select_related("organization")
        return self.find(rows.prefetch_related("extensions"), uuid=uuid)

    def told(self, uuid: UUID) -> Response:
        """Answer with the location as it is now."""
        return self.shown(LocationShape, self.location(uuid))


class Locations(Resource):
    """Emergency locations."""

    @extend_schema(parameters=[LocationFilters], responses=page_shape(LocationShape))
    @requires(Permission.VIEW_NUMBERS)
    @reads
    def get(self, request: Request) -> Response:
        """List the emergency locations within reach, the newest first."""
        filters = self.filters(LocationFilters)
        rows = EmergencyLocation.objects.visible_to(self.actor).filter(**filters)
        rows = rows.select_related("organization").prefetch_related("extensions")
        return self.page(LocationShape, rows)

    @extend_schema(request=LocationWish, responses={201: LocationShape})
    @requires(Permission.ASSIGN_NUMBERS)
    @writes()
    def post(self, request: Request) -> Response:
        """Enter a location of one's own organization; have it checked before numbers use it."""
        made = locations.create(
            organization=self.organization,
            particulars=Particulars(**self.body(LocationWish)),
            actor=self.actor,
            now=timezone.now(),
        )
        return self.shown(LocationShape, made, status=201)


class OneLocation(LocationResource):
    """One emergency location."""

    @extend_schema(responses=LocationShape)
    @requires(Permission.VIEW_NUMBERS)
    @reads
    def get(self, request: Request, location: UUID) -> Response:
        """Give one location."""
        return self.told(location)

    @extend_schema(request=LocationWish, responses=LocationShape)
    @requires(Permission.ASSIGN_NUMBERS)
    @writes()
    def patch(self, request: Request, location: UUID) -> Response:
        """Correct a location; of an active one only label, callback and contacts may change."""
        wish = self.body(LocationWish, partial=True)
        found = self.location(location)
        there = {field.name: getattr(found, field.name) for field in fields(Particulars)}
        locations.change(
            location=found,
            particulars=Particulars(**{**there, **wish}),
            actor=self.actor,
            now=timezone.now(),
        )
        return self.told(location)

    @extend_schema(responses={200: LocationShape})
    @requires(Permission.ASSIGN_NUMBERS)
    @writes()
    def delete(self, request: Request, location: UUID) -> Response:
        """Keep a location only as history; refused while numbers lean on it."""
        locations.retire(location=self.location(location), actor=self.actor, now=timezone.now())
        return self.told(location)


class LocationCheck(LocationResource):
    """The check of an address."""

    @extend_schema(request=None, responses={202: LocationShape})
    @requires(Permission.ASSIGN_NUMBERS)
    @writes()
    def post(self, request: Request, location: UUID) -> Response:
        """Have an address looked at; the answer comes a moment later."""
        self.body(Nothing)
        found = self.location(location)
        locations.check(location=found, actor=self.actor, now=timezone.now())
        return self.shown(LocationShape, self.location(location), status=202)


class LocationAcceptance(LocationResource):
    """A suggestion taken over."""

    @extend_schema(request=None, responses={202: LocationShape})
    @requires(Permission.ASSIGN_NUMBERS)
    @writes()
    def post(self, request: Request, location: UUID) -> Response:
        """Write an address as it was suggested, and have it looked at again."""
        self.body(Nothing)
        found = self.location(location)
        locations.accept(location=found, actor=self.actor, now=timezone.now())
        return self.shown(LocationShape, self.location(location), status=202)


class LocationDefault(LocationResource):
    """The location of all numbers that name none."""

    @extend_schema(request=None, responses=LocationShape)
    @requires(Permission.ASSIGN_NUMBERS)
    @writes()
    def post(self, request: Request, location: UUID) -> Response:
        """Have a location cover all numbers of its country that name no other one."""
        self.body(Nothing)
        locations.make_default(
            location=self.location(location), actor=self.actor, now=timezone.now()
        )
        return self.told(location)


class LocationTest(LocationResource):
    """A test call."""

    @extend_schema(request=None, responses=LocationShape)
    @requires(Permission.ASSIGN_NUMBERS)
    @writes()
    def post(self, request: Request, location: UUID) -> Response:
        """Note that a test call, such as to 933, read the address back."""
        self.body(Nothing)
        locations.note_test(location=self.location(location), actor=self.actor, now=timezone.now())
        return self.told(location)


class LocationExtension(LocationResource):
    """The phone of one extension."""

    @extend_schema(request=None, responses=LocationShape)
    @requires(Permission.ASSIGN_NUMBERS)
    @writes()
    def put(self, request: Request, location: UUID, extension: str) -> Response:
        """Note that the phone of an extension stands there, and at no other location."""
        self.body(Nothing)
        locations.place_extension(
            location=self.location(location),
            extension=extension,
            actor=self.actor,
            now=timezone.now(),
        )
        return self.told(location)

    @extend_schema(responses={200: LocationShape})
    @requires(Permission.ASSIGN_NUMBERS)
    @writes()
    def delete(self, request: Request, location: UUID, extension: str) -> Response:
        """Note that the phone of an extension stands there no more."""
        locations.take_extension(
            location=self.location(location),
            extension=extension,
            actor=self.actor,
            now=timezone.now(),
        )
        return self.told(location)


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
