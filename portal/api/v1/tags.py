"""An organization's own words on numbers."""

from __future__ import annotations

from django.db.models import Count
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from dids import inventory
from dids.models import NumberTag, PhoneNumber
from dids.workflows import many, tagging
from portal.actor import requires
from portal.api.resource import Resource
from portal.api.shapes import Asked, Shown
from portal.api.v1.many_numbers import UNKNOWN, Chosen
from portal.api.work import reads, writes

MOST_SHOWN = 500


class TaggingWish(Chosen):
    """Words to put on numbers and to take off them."""

    add = serializers.ListField(
        child=serializers.CharField(max_length=100), default=list, max_length=tagging.MOST_TAGS
    )
    remove = serializers.ListField(
        child=serializers.CharField(max_length=100), default=list, max_length=tagging.MOST_TAGS
    )


class TaggedRow(Shown):
    """What became of one number."""

    number = serializers.CharField()
    tags = serializers.ListField(child=serializers.CharField())
    problem = serializers.CharField(allow_blank=True, help_text="Why nothing was done; else empty.")


class TaggedShape(Shown):
    """What became of each number, in the order in which they were sent."""

    results = TaggedRow(many=True)


class TagShape(Shown):
    """A word, and on how many numbers it is."""

    tag = serializers.CharField(source="word")
    numbers = serializers.IntegerField()


class TagsShape(Shown):
    """All words of one's own organization."""

    results = TagShape(many=True)


class Tags(Resource):
    """Tags of one's own organization."""

    @extend_schema(responses=TagsShape)
    @requires(Permission.VIEW_NUMBERS)
    @reads
    def get(self, request: Request) -> Response:
        """Give the tags of one's own organization with the count of their numbers, at most 500."""
        self.filters(Asked, paged=False)
        within = PhoneNumber.objects.visible_to(self.actor).live()
        rows = (
            NumberTag.objects.visible_to(self.actor)
            .filter(number__in=within)
            .values("word")
            .annotate(numbers=Count("pk"))
            .order_by("word")[:MOST_SHOWN]
        )
        return self.shown(TagsShape, {"results": list(rows)})

    @extend_schema(request=TaggingWish, responses={200: TaggedShape})
    @requires(Permission.ASSIGN_NUMBERS)
    @writes(dry_run=True)
    def post(self, request: Request) -> Response:
        """Put words on numbers and take words off; what cannot is named, the rest go on."""
        wish = self.body(TaggingWish)
        asked = list(dict.fromkeys(wish["numbers"]))
        rows = PhoneNumber.objects.visible_to(self.actor).live().filter(e164__in=asked)
        there = {row.e164: row for row in rows}
        refusals: many.Refusals = {}
        tagging.tag(
            numbers=list(there.values()),
            add=wish["add"],
            remove=wish["remove"],
            actor=self.actor,
            now=timezone.now(),
            refusals=refusals,
        )
        words = inventory.tags(self.organization, there.values())
        results = [
            {
                "number": e164,
                "tags": words.get(there[e164].pk, []) if e164 in there else [],
                "problem": str(refusals.get(e164, "")) if e164 in there else UNKNOWN,
            }
            for e164 in asked
        ]
        return self.shown(TaggedShape, {"results": results})
