"""Filings: what carriers ask for before they sell numbers of a kind, and the answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import FieldGroup, Permission
from dids import papers
from dids.models import Document, Filing
from dids.states import FeatureStatus
from dids.workflows import filing as workflow
from portal.actor import requires
from portal.api.resource import Resource
from portal.api.schema import page_shape
from portal.api.shapes import Asked, OrganizationBrief, Shown
from portal.api.v1.numbers import TYPES, CarrierAccountBrief
from portal.api.work import reads, writes
from trunks.regulation import Asks

_ASKS = [(one.value, one.value) for one in Asks]


class FilingPartShape(Shown):
    """One thing that is asked for."""

    key = serializers.CharField()
    asks = serializers.ChoiceField(choices=_ASKS)
    name = serializers.CharField()
    words = serializers.CharField(allow_blank=True, help_text="What is accepted.")
    accepts = serializers.ListField(
        child=serializers.CharField(), help_text="Types of document that answer it; empty for any."
    )
    document = serializers.UUIDField(source="document.uuid", allow_null=True, default=None)
    text = serializers.CharField(allow_blank=True)
    address = serializers.DictField(child=serializers.CharField(allow_blank=True))


class FilingShape(Shown):
    """What one organization hands in so that it may have numbers of a kind."""

    groups = {"carrier_account": FieldGroup.CARRIER, "carrier_says": FieldGroup.CARRIER}

    id = serializers.UUIDField(source="uuid")
    organization = OrganizationBrief()
    country = serializers.CharField()
    type = serializers.ChoiceField(choices=TYPES)
    status = serializers.ChoiceField(
        choices=FeatureStatus.choices,
        help_text="OFF: answers are collected. REJECTED: what is missing must be answered again.",
    )
    status_since = serializers.DateTimeField()
    parts = FilingPartShape(source="parts.all", many=True)
    missing = serializers.SerializerMethodField(help_text="The keys that wait for an answer.")
    carrier_account = CarrierAccountBrief()
    carrier_says = serializers.CharField(source="failure", allow_blank=True)

    def get_missing(self, filing: Filing) -> list[str]:
        """Give what is still to be answered."""
        return [part.key for part in filing.missing()] if filing.is_open else []


class FilingFilters(Asked):
    """What narrows the list of filings."""

    organization = serializers.UUIDField(required=False)
    status = serializers.ChoiceField(choices=FeatureStatus.choices, required=False)


class AddressWish(Asked):
    """A postal address."""

    name = serializers.CharField(max_length=workflow.LONGEST_TEXT)
    street = serializers.CharField(max_length=workflow.LONGEST_TEXT)
    locality = serializers.CharField(max_length=workflow.LONGEST_TEXT)
    region = serializers.CharField(
        max_length=workflow.LONGEST_TEXT, required=False, allow_blank=True, default=""
    )
    postal_code = serializers.CharField(max_length=workflow.LONGEST_TEXT)
    country = serializers.RegexField(r"^[A-Za-z]{2}$", max_length=2)


class AnswerWish(Asked):
    """An answer, in the form that is asked for."""

    key = serializers.CharField(max_length=100)
    document = serializers.UUIDField(required=False, allow_null=True, default=None)
    text = serializers.CharField(
        max_length=workflow.LONGEST_TEXT,
        required=False,
        allow_blank=True,
        default="",
        help_text="Words, or the day where a DATE is asked for, such as 1980-02-29.",
    )
    address = AddressWish(required=False, allow_null=True, default=None)


class Filings(Resource):
    """Filings."""

    @extend_schema(parameters=[FilingFilters], responses=page_shape(FilingShape))
    @requires(Permission.KEEP_DOCUMENTS)
    @reads
    def get(self, request: Request) -> Response:
        """List the filings of organizations within reach, newest first."""
        filters = self.filters(FilingFilters)
        named = {"organization": "organization__uuid", "status": "status"}
        wanted = {named[name]: value for name, value in filters.items()}
        return self.page(FilingShape, papers.filings(self.actor).filter(**wanted))


class OneFiling(Resource):
    """One filing."""

    @extend_schema(responses=FilingShape)
    @requires(Permission.KEEP_DOCUMENTS)
    @reads
    def get(self, request: Request, filing: UUID) -> Response:
        """Say what is asked for, what there is and what is missing."""
        return self.shown(FilingShape, self.find(papers.filings(self.actor), uuid=filing))


class FilingAnswers(Resource):
    """Answers to what is asked for."""

    @extend_schema(request=AnswerWish, responses=FilingShape)
    @requires(Permission.KEEP_DOCUMENTS)
    @writes()
    def post(self, request: Request, filing: UUID) -> Response:
        """Answer one thing; once nothing is missing, everything is handed in."""
        wish = self.body(AnswerWish)
        found = self.find(papers.filings(self.actor), uuid=filing)
        workflow.answer(
            filing=found,
            key=wish["key"],
            document=self._document(wish),
            text=wish["text"],
            address=wish["address"],
            actor=self.actor,
            now=timezone.now(),
        )
        return self.shown(FilingShape, self.find(papers.filings(self.actor), uuid=filing))

    def _document(self, wish: dict[str, Any]) -> Document | None:
        if wish["document"] is None:
            return None
        rows = Document.objects.visible_to(self.actor).shown()
        return self.named(rows, wish["document"], field="document")
