"""Documents: the papers of organizations, in a vault."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor
from accounts.models import Organization
from accounts.permissions import Permission
from dids.models import Document, DocumentType
from dids.states import DocumentStatus
from dids.workflows import vault
from portal.actor import requires
from portal.api.resource import Resource
from portal.api.schema import page_shape
from portal.api.shapes import Asked, OrganizationBrief, Shown
from portal.api.work import alone, reads, writes
from portal.files import attached


class DocumentShape(Shown):
    """A document; its content has an address of its own."""

    id = serializers.UUIDField(source="uuid")
    organization = OrganizationBrief(help_text="Whose document it is.")
    type = serializers.ChoiceField(choices=DocumentType.choices)
    name = serializers.CharField(help_text="As whoever put it in called the file.")
    media_type = serializers.CharField()
    size = serializers.IntegerField(help_text="In bytes.")
    sha256 = serializers.CharField()
    signer = serializers.CharField(allow_blank=True)
    signed_on = serializers.DateField(allow_null=True)
    issued_on = serializers.DateField(allow_null=True)
    expires_on = serializers.DateField(allow_null=True)
    keep_until = serializers.DateField(
        allow_null=True, help_text="It cannot be deleted before, and is erased after that day."
    )
    status = serializers.ChoiceField(
        choices=DocumentStatus.choices,
        help_text="UNSCANNED: nobody looks for malware here. Only it and CLEAN can be read.",
    )
    uploaded_at = serializers.DateTimeField()


class DocumentFilters(Asked):
    """What narrows the list of documents."""

    organization = serializers.UUIDField(required=False, help_text="Whose documents.")
    type = serializers.ChoiceField(choices=DocumentType.choices, required=False)


class DocumentWish(Asked):
    """A document to be kept: a form with a file in it."""

    organization = serializers.UUIDField(
        required=False, help_text="Your own organization unless said, or one below it."
    )
    type = serializers.ChoiceField(choices=DocumentType.choices)
    file = serializers.FileField(
        max_length=vault.LONGEST_NAME, help_text="PDF, JPEG, PNG or TIFF of at most 10 MB."
    )
    signer = serializers.CharField(
        max_length=100, required=False, allow_blank=True, default="", help_text="Who signed it."
    )
    signed_on = serializers.DateField(required=False, default=None)
    issued_on = serializers.DateField(required=False, default=None)
    expires_on = serializers.DateField(required=False, default=None)
    keep_until = serializers.DateField(required=False, default=None)


def documents_of(actor: Actor) -> models.QuerySet[Document]:
    """Give the documents an actor may see, with what their shape needs."""
    return Document.objects.visible_to(actor).shown().select_related("organization")


class Documents(Resource):
    """Documents."""

    parser_classes = (MultiPartParser,)

    @extend_schema(parameters=[DocumentFilters], responses=page_shape(DocumentShape))
    @requires(Permission.KEEP_DOCUMENTS)
    @reads
    def get(self, request: Request) -> Response:
        """List the documents of organizations within reach, newest first."""
        filters = self.filters(DocumentFilters)
        named = {"organization": "organization__uuid", "type": "type"}
        wanted = {named[name]: value for name, value in filters.items()}
        return self.page(DocumentShape, documents_of(self.actor).filter(**wanted))

    @extend_schema(
        request={"multipart/form-data": DocumentWish},
        responses={200: DocumentShape, 201: DocumentShape},
    )
    @requires(Permission.KEEP_DOCUMENTS)
    @alone
    def post(self, request: Request) -> Response:
        """Put a document into the vault; the same file once more is the one that is there."""
        wish, now = self.body(DocumentWish), timezone.now()
        file = wish["file"]
        document = vault.store(
            organization=self._organization(wish),
            paper=vault.Paper(
                type=DocumentType(wish["type"]),
                name=file.name or "",
                **{name: wish[name] for name in vault.TOLD},
            ),
            content=file.read(),
            actor=self.actor,
            now=now,
        )
        is_new = document.uploaded_at == now
        return self.shown(
            DocumentShape,
            document,
            status=201 if is_new else 200,
            location=f"/api/v1/documents/{document.uuid}" if is_new else "",
        )

    def _organization(self, wish: dict[str, Any]) -> Organization:
        if "organization" not in wish:
            return self.organization
        rows = Organization.objects.visible_to(self.actor)
        return self.named(rows, wish["organization"], field="organization")


class OneDocument(Resource):
    """One document."""

    @extend_schema(responses=DocumentShape)
    @requires(Permission.KEEP_DOCUMENTS)
    @reads
    def get(self, request: Request, document: UUID) -> Response:
        """Say what is known about a document."""
        return self.shown(DocumentShape, self.find(documents_of(self.actor), uuid=document))

    @extend_schema(responses={204: None})
    @requires(Permission.KEEP_DOCUMENTS)
    @writes(dry_run=True)
    def delete(self, request: Request, document: UUID) -> Response:
        """Delete a document that nothing depends on and that need not be kept."""
        found = self.find(documents_of(self.actor), uuid=document)
        vault.delete(document=found, actor=self.actor, now=timezone.now())
        return Response(status=204)


class DocumentContent(Resource):
    """What a document holds."""

    @extend_schema(
        responses={
            (200, "application/octet-stream"): OpenApiResponse(
                OpenApiTypes.BINARY, description="The file, as an attachment."
            ),
            409: OpenApiResponse(description="It is not scanned yet, or infected."),
        }
    )
    @requires(Permission.KEEP_DOCUMENTS)
    @alone
    def get(self, request: Request, document: UUID) -> HttpResponse:
        """Take a document out; who did is written into the journal."""
        found = self.find(documents_of(self.actor), uuid=document)
        content = vault.content_of(document=found, actor=self.actor, now=timezone.now())
        return attached(content, name=vault.file_name(found))
