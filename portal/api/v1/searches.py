"""Live searches: every carrier is asked at once, and offers come as they are found."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any
from uuid import UUID

from django.db import connection
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import FieldGroup, Permission
from dids import search_stream
from dids.models import NumberSearch
from dids.search_stream import CarrierState
from dids.sieve import Sieve
from dids.workflows import searching
from lib import keypad
from portal.actor import requires
from portal.api.event_stream import (
    MEDIA_TYPE,
    STILL_HERE,
    EventRenderer,
    event,
    streamed,
    wants_events,
)
from portal.api.resource import Resource
from portal.api.shapes import Asked, Shown, discreet
from portal.api.v1.numbers import CAPABILITIES, TYPES
from portal.api.work import alone, writes
from trunks.fees import FeeFor
from trunks.models import CarrierAccount
from trunks.numbering import Capability, NumberType
from trunks.offers import Wanted

DIGITS = r"^[0-9]*$"
LAST_EVENT_ID = "Last-Event-ID"
STILL_HERE_SECONDS = 1.0
"""A stream says so often that it lives; a reader that left is noticed after twice that."""

_SERIAL = re.compile(r"[0-9]{1,6}")


class Question(Asked):
    """What is looked for."""

    country = serializers.RegexField(r"^[A-Z]{2}$", help_text="ISO 3166 code, such as US.")
    type = serializers.ChoiceField(choices=TYPES, default=NumberType.LOCAL)
    area_code = serializers.RegexField(DIGITS, max_length=8, default="", allow_blank=True)
    prefix = serializers.RegexField(DIGITS, max_length=12, default="", allow_blank=True)
    contains = serializers.RegexField(DIGITS, max_length=12, default="", allow_blank=True)
    locality = serializers.CharField(max_length=100, default="", allow_blank=True)
    region = serializers.CharField(max_length=100, default="", allow_blank=True)
    capabilities = serializers.ListField(
        child=serializers.ChoiceField(choices=CAPABILITIES), default=list, max_length=10
    )
    pattern = serializers.CharField(
        max_length=keypad.LONGEST,
        default="",
        allow_blank=True,
        help_text="Digits, or a word as on the keys; `*` is any digits, `?` or X one, N one from 2 "
        "to 9. With a `*` it describes the whole national number, else it stands anywhere.",
    )
    rate_center = serializers.CharField(
        max_length=100,
        default="",
        allow_blank=True,
        help_text="As it begins; carriers that name none offer nothing then.",
    )
    needs_documents = serializers.BooleanField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Only offers for which the carrier asks for documents, or only others.",
    )
    limit = serializers.IntegerField(default=20, min_value=1, max_value=100)


class SearchWish(Question):
    """What is looked for, and whom to ask."""

    months = serializers.IntegerField(
        default=12, min_value=1, max_value=120, help_text="Offers are compared over so many months."
    )
    carrier_accounts = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        max_length=50,
        help_text="By default every active account.",
    )
    carriers = serializers.ListField(
        child=serializers.SlugField(max_length=50),
        required=False,
        max_length=50,
        help_text="Only accounts at these carriers, such as telnyx.",
    )


class ExtraShape(Shown):
    """What the carrier asks besides: compared, and not charged with an order."""

    what = serializers.ChoiceField(choices=FeeFor.choices)
    name = serializers.CharField()
    once = serializers.CharField(allow_null=True)
    monthly = serializers.CharField(allow_null=True)
    currency = serializers.CharField()


class FoundShape(Shown):
    """A number that a carrier offers now."""

    groups = {
        "carrier": FieldGroup.CARRIER,
        "carrier_account": FieldGroup.CARRIER,
        "carrier_account_name": FieldGroup.CARRIER,
        "setup": FieldGroup.COST,
        "monthly": FieldGroup.COST,
        "total": FieldGroup.COST,
        "currency": FieldGroup.COST,
        "cost": FieldGroup.COST,
        "cost_currency": FieldGroup.COST,
        "rate": FieldGroup.COST,
        "rate_on": FieldGroup.COST,
        "rate_via": FieldGroup.COST,
        "no_rate_from": FieldGroup.COST,
        "extras": FieldGroup.COST,
    }

    id = serializers.UUIDField(help_text="To be named by a line of an order.")
    number = serializers.CharField()
    country = serializers.CharField()
    type = serializers.ChoiceField(choices=TYPES)
    region = serializers.CharField(allow_blank=True)
    locality = serializers.CharField(allow_blank=True)
    rate_center = serializers.CharField(allow_blank=True)
    capabilities = serializers.ListField(child=serializers.ChoiceField(choices=CAPABILITIES))
    needs_documents = serializers.BooleanField()
    carrier = serializers.CharField()
    carrier_account = serializers.UUIDField()
    carrier_account_name = serializers.CharField()
    setup = serializers.CharField(allow_null=True)
    monthly = serializers.CharField(allow_null=True)
    total = serializers.CharField(allow_null=True, help_text="Set-up and months, without extras.")
    currency = serializers.CharField(allow_blank=True)
    cost = serializers.CharField(
        allow_null=True,
        help_text="The total with the extras in your currency; null without a price, or without a "
        "rate.",
    )
    cost_currency = serializers.CharField(allow_blank=True)
    rate = serializers.CharField(
        allow_blank=True, help_text="By which the total was converted; empty where it was not."
    )
    rate_on = serializers.CharField(allow_blank=True, help_text="The day of that rate.")
    rate_via = serializers.CharField(
        allow_blank=True, help_text="The currency through which it was counted, if any."
    )
    no_rate_from = serializers.CharField(
        allow_blank=True,
        help_text="The currency from which no rate leads to yours; empty where one does.",
    )
    extras = ExtraShape(many=True)


class ProgressShape(Shown):
    """How far one carrier account is."""

    name = serializers.CharField()
    state = serializers.ChoiceField(choices=[(state.value, state.value) for state in CarrierState])
    milliseconds = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)


class SearchShape(Shown):
    """A search that runs."""

    id = serializers.UUIDField(source="uuid")
    asked_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(help_text="Until then its offers can be ordered.")
    months = serializers.IntegerField()


class SearchPageShape(Shown):
    """What a search has found since the last look."""

    groups = {"carriers": FieldGroup.CARRIER}

    id = serializers.UUIDField()
    offers = FoundShape(many=True)
    next = serializers.IntegerField(help_text="To be sent as `after` next time.")
    carriers = ProgressShape(many=True)
    done = serializers.BooleanField()


class LookFilters(Asked):
    """From where a look goes on, and how long it waits."""

    after = serializers.IntegerField(default=0, min_value=0, max_value=1_000_000)
    wait = serializers.FloatField(
        default=0.0,
        min_value=0.0,
        max_value=search_stream.LONGEST_POLL,
        help_text="Seconds to wait for something new.",
    )


_WORDS = ("country", "area_code", "prefix", "contains", "locality", "region", "limit")


def sieve_from(wish: dict[str, Any]) -> Sieve:
    """Give what is chosen from the answers."""
    return Sieve(
        pattern=wish["pattern"],
        rate_center=wish["rate_center"],
        documents=wish["needs_documents"],
    )


def wanted_from(wish: dict[str, Any]) -> Wanted:
    """Give the question in the carriers' vocabulary."""
    words = {name: wish[name] for name in _WORDS}
    words["type"] = NumberType(wish["type"])
    words["capabilities"] = frozenset(map(Capability, wish["capabilities"]))
    return Wanted(**words)


STREAM = OpenApiResponse(OpenApiTypes.STR, description="Server-sent events; `data` is JSON.")
LAST_EVENT = OpenApiParameter(
    LAST_EVENT_ID,
    location=OpenApiParameter.HEADER,
    description="Of a stream: the `id` of the last event that was read; counts before `after`.",
)
EXAMPLE = OpenApiExample(
    "Ten numbers in Chicago",
    value={"country": "US", "area_code": "312", "capabilities": ["VOICE"], "limit": 10},
    request_only=True,
)


class Following(Resource):
    """Looks at a search as its offers come in."""

    renderer_classes = (JSONRenderer, EventRenderer)

    def look(self, search: UUID, *, after: int, wait: float) -> dict[str, Any]:
        """Give what was found since the last look; waits so many seconds if that is nothing yet."""
        if not connection.in_atomic_block:
            # Many look at once, and each mostly waits: none holds a database connection meanwhile.
            connection.close()
        page = search_stream.read(search, after=after, wait=wait)
        if page.lost:
            found = self.find(NumberSearch.objects.visible_to(self.actor), uuid=search)
            searching.resume(search=found, actor=self.actor, now=timezone.now())
            page = search_stream.read(search, after=0, wait=0.0)
        shown = {
            "id": str(search),
            # In shape already: many look at many offers, and a serializer would copy each field.
            "offers": discreet(FoundShape, page.offers, self.actor),
            "next": page.next,
            "carriers": [
                {
                    "name": carrier.name,
                    "state": carrier.state.value,
                    "milliseconds": carrier.milliseconds,
                    "reason": carrier.reason,
                }
                for carrier in page.carriers
            ],
            "done": page.done,
        }
        return discreet(SearchPageShape, [shown], self.actor)[0]

    def pages(self, search: UUID, *, after: int) -> Iterator[bytes]:
        """Give every look as an event until nothing more comes: at most for `LOST_AFTER`."""
        while True:
            page = self.look(search, after=after, wait=STILL_HERE_SECONDS)
            is_news = page["next"] != after or page["done"]
            yield event("page", page, serial=page["next"]) if is_news else STILL_HERE
            if page["done"]:
                return
            after = page["next"]


def followed(
    begin: Callable[[Searches, Request], Response],
) -> Callable[[Searches, Request], HttpResponseBase]:
    """Go on with what comes of the search that was begun, for callers who ask for a stream."""

    @functools.wraps(begin)
    def going_on(view: Searches, request: Request) -> HttpResponseBase:
        begun = begin(view, request)
        if not wants_events(request):
            return begun
        pages = view.pages(UUID(begun.data["id"]), after=0)
        headers = {"Location": begun["Location"]}
        return streamed(request, chain([event("search", begun.data)], pages), headers)

    return going_on


class Searches(Following):
    """Live searches."""

    @extend_schema(
        request=SearchWish,
        responses={(202, "application/json"): SearchShape, (200, MEDIA_TYPE): STREAM},
        examples=[EXAMPLE],
    )
    @requires(Permission.SEARCH_NUMBERS)
    @followed
    @writes()
    def post(self, request: Request) -> Response:
        """
        Ask the carriers what numbers they would sell.

        With `Accept: text/event-stream` the answer goes on: an event `search` with what is
        answered otherwise, then an event `page` for each carrier's answer, as its own endpoint
        gives it, until nothing more comes.
        """
        wish = self.body(SearchWish)
        search = searching.start(
            wanted=wanted_from(wish),
            sieve=sieve_from(wish),
            accounts=self.accounts(wish.get("carrier_accounts"), wish.get("carriers")),
            months=wish["months"],
            actor=self.actor,
            now=timezone.now(),
        )
        location = f"/api/v1/searches/{search.uuid}"
        return self.shown(SearchShape, search, status=202, location=location)

    def accounts(
        self, wanted: list[UUID] | None, carriers: list[str] | None
    ) -> list[CarrierAccount] | None:
        """
        Give the accounts that the body names, None for all of them.

        :param carriers: the carriers at which they must be; None for any
        :raises ValidationError: if the actor may not see one
        """
        rows = CarrierAccount.objects.visible_to(self.actor)
        if carriers is not None:
            rows = rows.filter(carrier__in=carriers)
        if wanted is None:
            return None if carriers is None else list(rows.order_by("pk"))
        return [
            self.named(rows, uuid, field=f"carrier_accounts[{place}]")
            for place, uuid in enumerate(wanted)
        ]


class OneSearch(Following):
    """One live search."""

    @extend_schema(
        parameters=[LookFilters, LAST_EVENT],
        responses={(200, "application/json"): SearchPageShape, (200, MEDIA_TYPE): STREAM},
    )
    @requires(Permission.SEARCH_NUMBERS)
    @alone
    def get(self, request: Request, search: UUID) -> HttpResponseBase:
        """
        Give what was found since the last look; waits a moment if that is nothing yet.

        With `Accept: text/event-stream` every look comes as an event `page` until nothing more
        comes; a reader that was cut off goes on where it was.
        """
        look = self.filters(LookFilters, paged=False)
        found = self.find(NumberSearch.objects.visible_to(self.actor), uuid=search)
        if wants_events(request):
            seen = request.headers.get(LAST_EVENT_ID, "")
            after = int(seen) if _SERIAL.fullmatch(seen) else look["after"]
            return streamed(request, self.pages(found.uuid, after=after))
        return Response(self.look(found.uuid, after=look["after"], wait=look["wait"]))
