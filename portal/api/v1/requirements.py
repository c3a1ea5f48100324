"""What carriers ask for before they sell: told by their interface, or kept by hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from dids.models import DocumentType, RequirementList
from dids.suggested_requirements import SUGGESTIONS
from dids.workflows import requirement_keeping
from dids.workflows.requirement_keeping import Asked as AskedFor
from portal.actor import requires
from portal.api.resource import Resource
from portal.api.schema import page_shape
from portal.api.shapes import Asked, Shown
from portal.api.v1.numbers import TYPES
from portal.api.work import reads, writes
from trunks.models import CarrierAccount
from trunks.numbering import NumberType
from trunks.regulation import Asks

ASKS = [(one.value, one.value) for one in Asks]


class SuggestedShape(Shown):
    """One thing that is commonly asked for."""

    name = serializers.CharField()
    asks = serializers.ChoiceField(choices=ASKS, help_text="A DATE is a text such as 1980-02-29.")
    words = serializers.CharField(allow_blank=True, help_text="What is accepted.")
    accepts = serializers.ListField(
        child=serializers.CharField(), help_text="Types of document that answer it; empty for any."
    )


class RequirementShape(SuggestedShape):
    """One thing that is asked for."""

    key = serializers.CharField(help_text="By which answers name it.")


class RequirementListShape(Shown):
    """What an account asks for before it sells numbers of a country and type."""

    country = serializers.CharField()
    type = serializers.ChoiceField(choices=TYPES)
    asked_at = serializers.DateTimeField(help_text="When it was read, or written down.")
    requirements = RequirementShape(many=True)


class SuggestionShape(Shown):
    """What is commonly asked for; nothing of it counts until it is written down."""

    country = serializers.CharField()
    type = serializers.ChoiceField(choices=TYPES)
    requirements = SuggestedShape(source="asked", many=True)


class SuggestionsShape(Shown):
    """All suggestions."""

    results = SuggestionShape(many=True)


class RequirementWish(Asked):
    """One thing that a carrier asks for."""

    name = serializers.CharField(max_length=requirement_keeping.LONGEST_NAME)
    asks = serializers.ChoiceField(choices=ASKS)
    words = serializers.CharField(
        max_length=requirement_keeping.LONGEST_WORDS, required=False, default="", allow_blank=True
    )
    accepts = serializers.ListField(
        child=serializers.ChoiceField(choices=DocumentType.choices),
        required=False,
        default=list,
        max_length=len(DocumentType),
        help_text="Types of document that answer it; empty for any.",
    )


class RequirementsWish(Asked):
    """All that a carrier asks for."""

    requirements = serializers.ListField(
        child=RequirementWish(), min_length=1, max_length=requirement_keeping.MOST
    )


class AccountRequirements(Resource):
    """What an account asks for."""

    @extend_schema(responses=page_shape(RequirementListShape))
    @requires(Permission.MANAGE_CARRIERS)
    @reads
    def get(self, request: Request, account: UUID) -> Response:
        """List what is known to be asked for, by country and type."""
        self.filters(Asked)
        found = self.find(CarrierAccount.objects.visible_to(self.actor), uuid=account)
        rows = RequirementList.objects.filter(carrier_account=found).exclude(requirements=[])
        return self.page(RequirementListShape, rows)


class OneRequirementList(Resource):
    """What is asked for before numbers of a country and type are sold."""

    @extend_schema(request=RequirementsWish, responses=RequirementListShape)
    @requires(Permission.MANAGE_CARRIERS)
    @writes()
    def put(self, request: Request, account: UUID, country: str, kind: str) -> Response:
        """Write down what a carrier asks for whose interface does not tell it, all of it."""
        wish = self.body(RequirementsWish)
        row = requirement_keeping.keep(
            **self._key(account, kind),
            country=country,
            asked=[_asked(one) for one in wish["requirements"]],
            actor=self.actor,
            now=timezone.now(),
        )
        return self.shown(RequirementListShape, row)

    @extend_schema(responses={204: None})
    @requires(Permission.MANAGE_CARRIERS)
    @writes()
    def delete(self, request: Request, account: UUID, country: str, kind: str) -> Response:
        """Strike out what was written down; nothing counts as asked for from then on."""
        requirement_keeping.forget(
            **self._key(account, kind), country=country, actor=self.actor, now=timezone.now()
        )
        return Response(status=204)

    def _key(self, account: UUID, kind: str) -> dict[str, Any]:
        found = self.find(CarrierAccount.objects.visible_to(self.actor), uuid=account)
        if kind not in set(NumberType):
            raise Http404
        return {"account": found, "type_": NumberType(kind)}


class Suggestions(Resource):
    """What is commonly asked for."""

    @extend_schema(responses=SuggestionsShape)
    @requires(Permission.MANAGE_CARRIERS)
    @reads
    def get(self, request: Request) -> Response:
        """List suggestions: take one for a start, and keep what the carrier really asks for."""
        self.filters(Asked, paged=False)
        return self.shown(SuggestionsShape, {"results": list(SUGGESTIONS.values())})


def _asked(wish: dict[str, Any]) -> AskedFor:
    return AskedFor(
        name=wish["name"],
        asks=Asks(wish["asks"]),
        words=wish["words"],
        accepts=tuple(map(DocumentType, wish["accepts"])),
    )
