"""The journal: what happened, in sentences."""

from __future__ import annotations

from typing import Any, cast

from django.db import models
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import names, sentences
from accounts.actors import Actor
from accounts.models import Event
from accounts.permissions import Permission
from dids.models import PhoneNumber
from portal.actor import requires
from portal.api.resource import Resource
from portal.api.schema import page_shape
from portal.api.shapes import Asked, OrganizationBrief, Shown
from portal.api.work import reads


class EventShape(Shown):
    """Something that happened."""

    id = serializers.UUIDField(source="uuid")
    at = serializers.DateTimeField()
    organization = OrganizationBrief()
    actor = serializers.SerializerMethodField()
    action = serializers.CharField()
    subject = serializers.CharField()
    number = serializers.CharField(allow_blank=True)
    sentence = serializers.SerializerMethodField()
    before = serializers.SerializerMethodField()
    after = serializers.SerializerMethodField()
    reason = serializers.CharField(allow_blank=True)
    on_behalf_of = serializers.SerializerMethodField()
    request_id = serializers.CharField(allow_blank=True)

    def get_actor(self, event: Event) -> str:
        """Give who did it, as far as the caller may know."""
        return names.shown(event.actor, self.context["actor"])

    def get_sentence(self, event: Event) -> str:
        """Say it in words that the caller may read."""
        return str(self.context["sentences"][event.pk])

    @extend_schema_field(OrganizationBrief(allow_null=True))
    def get_on_behalf_of(self, event: Event) -> object:
        """Give for whom it was done, null where that is somebody above the caller."""
        known = sentences.acted_for(event, self.context["actor"])
        return OrganizationBrief(known).data if known else None

    def get_before(self, event: Event) -> dict[str, Any]:
        """Give what was, without what the caller may not see."""
        return sentences.payload(event, self.context["actor"])[0]

    def get_after(self, event: Event) -> dict[str, Any]:
        """Give what is since, without what the caller may not see."""
        return sentences.payload(event, self.context["actor"])[1]


class EventFilters(Asked):
    """What narrows the journal."""

    action = serializers.CharField(required=False, max_length=60)
    subject = serializers.CharField(required=False, max_length=100)
    organization = serializers.UUIDField(required=False)


def events_of(actor: Actor) -> models.QuerySet[Event]:
    """Give the events an actor may see, with what their shape needs."""
    return Event.objects.visible_to(actor).select_related("organization", "on_behalf_of")


class EventResource(Resource):
    """What all lists of events share."""

    def context(self, **more: object) -> dict[str, object]:
        """Add the sentences, made for all rows at once."""
        context = super().context(**more)
        rows = cast(list[Event], more.get("rows", []))
        said = sentences.sentences(rows, self.actor)
        context["sentences"] = {row.pk: words for row, words in zip(rows, said, strict=True)}
        return context


class Events(EventResource):
    """The journal."""

    @extend_schema(parameters=[EventFilters], responses=page_shape(EventShape))
    @requires(Permission.VIEW_JOURNAL)
    @reads
    def get(self, request: Request) -> Response:
        """List what happened within reach, newest first."""
        filters = self.filters(EventFilters)
        if "organization" in filters:
            filters["organization__uuid"] = filters.pop("organization")
        return self.page(EventShape, events_of(self.actor).filter(**filters))


class NumberEvents(EventResource):
    """The journal of one number."""

    @extend_schema(responses=page_shape(EventShape))
    @requires(Permission.VIEW_JOURNAL)
    @reads
    def get(self, request: Request, e164: str) -> Response:
        """List what happened to a number as far as it concerns the caller, newest first."""
        self.filters(Asked)
        self.find(PhoneNumber.objects.visible_to(self.actor), e164=e164)
        return self.page(EventShape, events_of(self.actor).filter(number=e164))
