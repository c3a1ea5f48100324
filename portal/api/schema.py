"""The OpenAPI document: what every endpoint has in common is added here, once."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers

from portal.actor import ACT_FOR
from portal.api.answers import HEADER as IDEMPOTENCY_KEY
from portal.api.paging import LIMIT, MAXIMUM
from portal.api.problems import CONTENT_TYPE
from portal.api.shapes import Shown
from portal.api.work import DRY_RUN
from portal.endpoints import API

PAGE = "Page"
PROBLEM_REF = {"$ref": "#/components/schemas/Problem"}
PROBLEM = {
    "type": "object",
    "description": "Why a request was not carried out (RFC 9457).",
    "required": ["type", "title", "status", "detail", "errors", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence for people, with the next step."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "detail"],
                "properties": {"field": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
        "request_id": {"type": "string"},
    },
    "examples": [
        {
            "type": "/problems/invalid",
            "title": "Unprocessable Entity",
            "status": 422,
            "detail": "The request was not carried out. Correct and send it again: to.",
            "errors": [
                {
                    "field": "to",
                    "detail": "There is no organization with this id that you may use. "
                    "Check the id.",
                }
            ],
            "request_id": "5f0c9b1e8e0f4a7f9a3a6a8e2a5d4c1b",
        }
    ],
}
PROBLEMS = {
    "400": "The request cannot be read.",
    "401": "Nobody is signed in.",
    "403": "The caller's role does not include the right.",
    "404": "There is nothing at this address that the caller may see.",
    "406": "The answer is JSON, which the Accept header rules out.",
    "409": "Something else stands in the way at the moment.",
    "413": "The body is too large.",
    "415": "The body is not JSON.",
    "422": "The input, or what it asks for, is refused.",
    "429": "Too many wrong tokens from this address.",
    "503": "Nothing was done: something that the portal needs is away or busy. Send it again.",
}
FOR_READS = ("400", "401", "403", "404", "406", "422", "429", "503")


@cache
def operation_ids() -> dict[tuple[str, str], str]:
    """Give the names of the endpoints by method and address."""
    return {
        (endpoint.method, "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", endpoint.path)): endpoint.name
        for endpoint in API
    }


@cache
def page_shape(shape: type[Shown]) -> serializers.Serializer[Any]:
    """Describe one page of things."""
    return inline_serializer(
        name=f"{shape.__name__.removesuffix('Shape')}{PAGE}",
        fields={
            "results": shape(many=True),
            "next": serializers.URLField(allow_null=True),
            "previous": serializers.URLField(allow_null=True),
        },
    )


class PortalSchema(AutoSchema):
    """Describes endpoints by what their decorators say about them."""

    @property
    def handler(self) -> Any:
        """The method that answers."""
        return getattr(self.view, self.method.lower())

    def get_operation_id(self) -> str:
        """Name the operation as the table of endpoints does."""
        return str(operation_ids()[self.method, self.path])

    def _get_serializer_name(
        self,
        serializer: Any,
        direction: Any,
        bypass_extensions: bool = False,
    ) -> str:
        name = str(super()._get_serializer_name(serializer, direction, bypass_extensions))
        return name.removesuffix("Request").removesuffix("Shape")

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        told = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        # Columns of a field group may be absent, also where they are computed.
        hidden = getattr(serializer, "groups", {})
        required = [name for name in told.get("required", []) if name not in hidden]
        return {**told, "required": required} if required else told

    def get_tags(self) -> list[str]:
        """Group by resource."""
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def get_summary(self) -> str:
        """Take the first line of the method's own words."""
        return (self.handler.__doc__ or "").strip().splitlines()[0]

    def get_description(self) -> str:  # type: ignore[override]
        """Add which right is needed."""
        permission = getattr(self.handler, "required_permission", None)
        return f"Needs the right {permission}." if permission else "Needs a valid token only."

    def get_override_parameters(self) -> list[Any]:
        """Add the headers and parameters that many endpoints take."""
        found: list[Any] = [
            OpenApiParameter(
                ACT_FOR,
                OpenApiTypes.UUID,
                OpenApiParameter.HEADER,
                description="Act for this organization below your own; it is journaled.",
            )
        ]
        if self.method == "POST" and getattr(self.handler, "keeps_answers", False):
            found.append(
                OpenApiParameter(
                    IDEMPOTENCY_KEY,
                    OpenApiTypes.STR,
                    OpenApiParameter.HEADER,
                    description="Any text of your own, once per request; a repetition within 24 h "
                    "is answered as the first time and does nothing.",
                )
            )
        if getattr(self.handler, "has_dry_run", False):
            found.append(
                OpenApiParameter(
                    DRY_RUN,
                    OpenApiTypes.BOOL,
                    description="Check and answer as if it were done, and do nothing.",
                )
            )
        return found + (self._paging() if self._is_page() else [])

    def _is_page(self) -> bool:
        shape = self.get_response_serializers()
        return type(shape).__name__.endswith(PAGE)

    def _is_list_view(self, serializer: Any = None) -> bool:
        # Pages say themselves that they are lists.
        return False

    @staticmethod
    def _paging() -> list[OpenApiParameter]:
        return [
            OpenApiParameter(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": MAXIMUM, "default": LIMIT},
                description="How many rows a page has.",
            ),
            OpenApiParameter("cursor", OpenApiTypes.STR, description="Follow `next` instead."),
        ]


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes tokens."""

    target_class = "portal.api.authentication.BearerAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """Give the scheme."""
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "<prefix>.<secret>",
            "description": "The token of an API client.",
        }


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes the session of somebody who signed in to the pages."""

    target_class = "portal.api.authentication.MemberAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """Give the scheme."""
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "Writes also need the X-CSRFToken header.",
        }


def add_problems(result: dict[str, Any], **_context: object) -> dict[str, Any]:
    """Add the problem documents to every operation."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    for operations in result["paths"].values():
        for method, operation in operations.items():
            _add_rehearsal(operation)
            codes = FOR_READS if method == "get" else tuple(PROBLEMS)
            for code in codes:
                operation["responses"].setdefault(
                    code,
                    {
                        "description": PROBLEMS[code],
                        "content": {CONTENT_TYPE: {"schema": PROBLEM_REF}},
                    },
                )
    return result


def _add_rehearsal(operation: dict[str, Any]) -> None:
    names = {parameter["name"] for parameter in operation.get("parameters", [])}
    if DRY_RUN not in names or "200" in operation["responses"]:
        return
    (done,) = operation["responses"].values()
    told = {**done, "description": f"With {DRY_RUN}: what would be answered; nothing is done."}
    operation["responses"] = {"200": told, **operation["responses"]}
