"""Lists of numbers for the stock: uploaded, checked line by line, applied."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import FieldGroup, Permission
from dids import imports
from dids.import_columns import FIELDS
from dids.import_files import LARGEST
from dids.models import Import, ImportRow, Verdict
from dids.states import ImportStatus
from dids.workflows import importing
from portal.actor import requires
from portal.api.parsing import CsvBody, JsonBody, SentList
from portal.api.resource import Resource
from portal.api.schema import page_shape
from portal.api.shapes import Asked, Nothing, Shown
from portal.api.v1.numbers import CarrierAccountBrief
from portal.api.work import alone, reads, writes
from trunks.models import CarrierAccount

COSTS = frozenset({"setup", "monthly", "currency"})
VERDICTS = (*Verdict.choices, (imports.WARNED, "Worth a look"))


class ImportShape(Shown):
    """A list on its way into stock."""

    id = serializers.UUIDField(source="uuid")
    carrier_account = CarrierAccountBrief(source="account")
    file_name = serializers.CharField()
    sha256 = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    lines = serializers.IntegerField()
    uploaded_at = serializers.DateTimeField()
    status = serializers.ChoiceField(choices=ImportStatus.choices)
    status_since = serializers.DateTimeField()
    names = serializers.SerializerMethodField(help_text="Its columns, as its first line says.")
    columns = serializers.SerializerMethodField(
        help_text="The place of each field in a line, counted from 0: chosen, or proposed before."
    )
    country = serializers.CharField(help_text="Of numbers without a country code.")
    currency = serializers.CharField(help_text="Of prices that name none.")
    is_full_list = serializers.BooleanField()
    divisible = serializers.BooleanField()
    checked_lines = serializers.IntegerField(help_text="How far the check has come.")
    new = serializers.IntegerField(help_text="Numbers that come into stock.")
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    refused = serializers.IntegerField()
    warned = serializers.IntegerField(help_text="Numbers that are taken, but worth a look.")
    ours = serializers.IntegerField(help_text="Our numbers at the account; of a full list.")
    missing = serializers.IntegerField(help_text="Those of ours that a full list lacks.")
    applied_before = serializers.SerializerMethodField(
        help_text="The import by which the same file was applied before; null for none."
    )
    failure = serializers.CharField(allow_blank=True)

    def get_names(self, source: Import) -> list[str]:
        """Give the names of the columns."""
        return [str(name) for name in source.sample[0]]

    def get_columns(self, source: Import) -> dict[str, int]:
        """Give the columns."""
        return imports.columns_for(source)

    def get_applied_before(self, source: Import) -> UUID | None:
        """Give the earlier import of the same file."""
        earlier = imports.earlier_of(source)
        return earlier.uuid if earlier else None


class ImportBrief(Shown):
    """A list where others stand beside it."""

    id = serializers.UUIDField(source="uuid")
    file_name = serializers.CharField()
    sha256 = serializers.CharField()
    lines = serializers.IntegerField()
    uploaded_at = serializers.DateTimeField()
    status = serializers.ChoiceField(choices=ImportStatus.choices)
    status_since = serializers.DateTimeField()


class ImportRowShape(Shown):
    """What was found of one number of a list."""

    groups = {"text": FieldGroup.COST}

    line = serializers.IntegerField()
    text = serializers.CharField(help_text="The line as it came.")
    number = serializers.CharField(source="e164", allow_blank=True)
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    field = serializers.SerializerMethodField(help_text="What the reason is about.")
    reason = serializers.CharField(
        allow_blank=True, help_text="Why it is refused, or what to look at."
    )
    changes = serializers.SerializerMethodField(
        help_text="For each field that would change: its value before and after."
    )

    def get_field(self, row: ImportRow) -> str:
        """Name the field; a shape has something else of that name."""
        return row.field

    def get_changes(self, row: ImportRow) -> dict[str, list[Any]]:
        """Give the changes that the caller may see."""
        sees = self.context["actor"].sees(FieldGroup.COST)
        return {name: pair for name, pair in row.changes.items() if sees or name not in COSTS}


class ListText(Asked):
    """A list in JSON, for short ones."""

    file_name = serializers.CharField(required=False, max_length=200, default="list.csv")
    content = serializers.CharField(
        max_length=2_000_000,
        trim_whitespace=False,
        help_text="The lines as CSV, the names of the columns first.",
    )


class ListFile(Asked):
    """A list as a file."""

    file = serializers.FileField()


class UploadFilters(Asked):
    """What an address of an upload says."""

    file_name = serializers.CharField(
        required=False, max_length=200, help_text="Of a body that is the list itself."
    )


class CheckWish(Asked):
    """How a list is to be read."""

    columns = serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=10_000),
        required=False,
        help_text=f"The place of each field, counted from 0; of {', '.join(FIELDS)}.",
    )
    country = serializers.CharField(required=False, max_length=2)
    currency = serializers.CharField(required=False, max_length=3)
    is_full_list = serializers.BooleanField(
        required=False,
        help_text="Whether our numbers that it lacks are to be looked at: they may have gone.",
    )
    divisible = serializers.BooleanField(
        required=False, help_text="Whether numbers of its ranges may be released one by one."
    )


class ApplyWish(Asked):
    """How a list is to be applied."""

    believes_short_list = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Whether a full list that lacks many of our numbers is to be believed.",
    )


class RowFilters(Asked):
    """What narrows the rows of a list."""

    verdict = serializers.ChoiceField(choices=VERDICTS, required=False)
    number = serializers.CharField(required=False, max_length=16, help_text="In E.164.")


class Imports(Resource):
    """Imports of an account."""

    parser_classes = [JsonBody, CsvBody, MultiPartParser]

    @extend_schema(responses=page_shape(ImportBrief))
    @requires(Permission.MANAGE_CARRIERS)
    @reads
    def get(self, request: Request, account: UUID) -> Response:
        """List the lists that were uploaded for an account, newest first."""
        self.filters(Asked)
        found = self.find(CarrierAccount.objects.visible_to(self.actor), uuid=account)
        return self.page(ImportBrief, imports.imports(self.actor, account=found))

    @extend_schema(
        parameters=[UploadFilters],
        request={
            "application/json": ListText,
            "text/csv": {"schema": {"type": "string"}},
            "multipart/form-data": ListFile,
        },
        responses={201: ImportShape},
    )
    @requires(Permission.MANAGE_CARRIERS)
    @alone
    def post(self, request: Request, account: UUID) -> Response:
        """Upload a list of numbers, which changes nothing yet: have it checked, then apply it."""
        accounts = CarrierAccount.objects.visible_to(self.actor).select_related("owner")
        found = self.find(accounts, uuid=account)
        named = self.filters(UploadFilters, paged=False).get("file_name")
        name, content = self._list()
        source = importing.upload(
            account=found,
            file_name=named or name,
            content=content,
            actor=self.actor,
            now=timezone.now(),
        )
        return self.shown(
            ImportShape, source, status=201, location=f"/api/v1/imports/{source.uuid}"
        )

    def _list(self) -> tuple[str, Iterable[bytes]]:
        sent = self.request.data
        body = sent.get(CsvBody.media_type) if isinstance(sent, dict) else None
        if isinstance(body, SentList):
            return "list.csv", body.pieces
        if self.request.FILES:
            file = self.request.FILES.get("file")
            if not isinstance(file, UploadedFile) or (file.size or 0) > LARGEST:
                raise ValidationError({"file": ["Send one file of at most 50 MB as “file”."]})
            return file.name or "list.csv", file.chunks()
        wish = self.body(ListText)
        return wish["file_name"], [wish["content"].encode()]


class ImportResource(Resource):
    """What all resources about one list share."""

    def source(self, uuid: UUID) -> Import:
        """
        Give a list.

        :raises Http404: if the actor may not see it
        """
        return self.find(imports.imports(self.actor), uuid=uuid)

    def told(self, uuid: UUID, *, status: int = 200) -> Response:
        """Answer with the list as it is now."""
        return self.shown(ImportShape, self.source(uuid), status=status)


class OneImport(ImportResource):
    """One list."""

    @extend_schema(responses=ImportShape)
    @requires(Permission.MANAGE_CARRIERS)
    @reads
    def get(self, request: Request, source: UUID) -> Response:
        """Give a list with its counts."""
        self.filters(Asked, paged=False)
        return self.told(source)


class ImportRows(ImportResource):
    """The rows of a list."""

    @extend_schema(parameters=[RowFilters], responses=page_shape(ImportRowShape))
    @requires(Permission.MANAGE_CARRIERS)
    @reads
    def get(self, request: Request, source: UUID) -> Response:
        """List what was found of each number of a list, in its order."""
        found = imports.rows(self.source(source), **self.filters(RowFilters))
        return self.page(ImportRowShape, found, by="pk")


class ImportCheck(ImportResource):
    """A list, judged."""

    @extend_schema(request=CheckWish, responses={202: ImportShape})
    @requires(Permission.MANAGE_CARRIERS)
    @writes()
    def post(self, request: Request, source: UUID) -> Response:
        """Have every line of a list judged; nothing changes by it."""
        options = self.body(CheckWish)
        found = self.source(source)
        columns = options.pop("columns", None) or imports.columns_for(found)
        importing.check(
            source=found, columns=columns, options=options, actor=self.actor, now=timezone.now()
        )
        return self.told(source, status=202)


class ImportApplication(ImportResource):
    """A list, applied."""

    @extend_schema(request=ApplyWish, responses={202: ImportShape})
    @requires(Permission.MANAGE_CARRIERS)
    @writes(dry_run=True)
    def post(self, request: Request, source: UUID) -> Response:
        """Have a checked list applied to the stock, whole."""
        importing.apply(
            source=self.source(source),
            **self.body(ApplyWish),
            actor=self.actor,
            now=timezone.now(),
        )
        return self.told(source, status=202)


class ImportDiscard(ImportResource):
    """A list, put aside."""

    @extend_schema(request=None, responses=ImportShape)
    @requires(Permission.MANAGE_CARRIERS)
    @writes()
    def post(self, request: Request, source: UUID) -> Response:
        """Put a list aside that was not applied."""
        self.body(Nothing)
        importing.discard(source=self.source(source), actor=self.actor, now=timezone.now())
        return self.told(source)
