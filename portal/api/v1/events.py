"""The journal: what happened, in sentences."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.db import models
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import names, reading, sentences
from accounts.actors import Actor
from accounts.catalogue import named
from accounts.models import Event, Organization
from accounts.permissions import Permission
from accounts.reading import Position, Wanted
from dids.models import PhoneNumber
from portal.actor import requires
from portal.api.paging import NEXT, PREVIOUS, limit_of, link, start_of, unusable
from portal.api.resource import Resource
from portal.api.schema import page_shape
from portal.api.shapes import Asked, OrganizationBrief, Shown
from portal.api.work import reads

LARGEST = 2**63 - 1
"""A key of the database is no larger."""


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

    actor = serializers.CharField(
        required=False,
        max_length=100,
        help_text="As events name it, or all of a kind: `member`, `client`, `system`, `carrier`.",
    )
    action = serializers.CharField(
        required=False,
        max_length=60,
        help_text="What happened, or the thing it happened to: `dids.order`.",
    )
    subject = serializers.CharField(required=False, max_length=100)
    number = serializers.CharField(required=False, max_length=16, help_text="In E.164.")
    organization = serializers.UUIDField(
        required=False, help_text="With the organizations below it."
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Add the bounds of time: `from` is no name that a class may give."""
        since = serializers.DateTimeField(required=False, help_text="From this moment on.")
        until = serializers.DateTimeField(required=False, help_text="Before this moment.")
        return {**super().get_fields(), "from": since, "to": until}


def wanted_by(filters: dict[str, Any], actor: Actor) -> Wanted | None:
    """Read the filters as the journal takes them; None where nothing is within reach."""
    number, there = filters.get("number", ""), None
    if "organization" in filters:
        within = Organization.objects.visible_to(actor)
        there = within.filter(uuid=filters["organization"]).first()
        if there is None:
            return None
    return Wanted(
        since=filters.get("from"),
        until=filters.get("to"),
        actor=filters.get("actor", ""),
        actions=named(what) | {what} if (what := filters.get("action")) else None,
        organization=there,
        # A plus that was not written as %2B arrives as a space, and is trimmed.
        number=f"+{number.removeprefix('+')}" if number else "",
        subject=filters.get("subject", ""),
    )


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
        wanted = wanted_by(self.filters(EventFilters), self.actor)
        limit, (way, start) = limit_of(request), _start(request)
        found, has_previous = reading.Page(), start is not None
        if wanted and start and way == PREVIOUS:
            found, has_previous = reading.page_back(self.actor, wanted, after=start, size=limit)
        elif wanted:
            found = reading.page(self.actor, wanted, before=start, size=limit)
        events = found.events
        data = EventShape(events, many=True, context=self.context(rows=events)).data
        links: dict[str, str | None] = {"next": None, "previous": None}
        if found.before:
            links["next"] = link(request, NEXT, _place(events[-1]))
        if has_previous and events:
            links["previous"] = link(request, PREVIOUS, _place(events[0]))
        return Response({"results": data, **links})


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


def _place(event: Event) -> list[Any]:
    return [event.at.isoformat(), event.pk]


def _start(request: Request) -> tuple[str, Position | None]:
    way, start = start_of(request)
    if start is None:
        return way, None
    try:
        moment, pk = start
        at = datetime.fromisoformat(moment)
    except (TypeError, ValueError):
        raise unusable() from None
    if type(pk) is not int or abs(pk) > LARGEST or timezone.is_naive(at):
        raise unusable()
    return way, (at, pk)
