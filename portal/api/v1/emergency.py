"""Where help is sent: locations."""

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
from dids.models import EmergencyLocation
from dids.states import LocationStatus
from dids.workflows import locations
from dids.workflows.locations import Particulars
from portal.actor import requires
from portal.api.resource import Resource
from portal.api.schema import page_shape
from portal.api.shapes import Asked, Nothing, OrganizationBrief, Shown
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
