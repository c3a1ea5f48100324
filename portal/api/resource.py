"""The base of every resource: reading requests, scoping rows, shaping answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import models
from django.http import Http404
from django.utils import timezone
from rest_framework.exceptions import ParseError
from rest_framework.response import Response
from rest_framework.serializers import ValidationError
from rest_framework.views import APIView

from accounts.actors import Actor
from accounts.models import Organization
from portal.actor import known_actor
from portal.api.paging import page_of
from portal.api.shapes import Asked, Shown
from portal.api.work import DRY_RUN

Row = TypeVar("Row", bound=models.Model)

PAGING = ("limit", "cursor")


class Resource(APIView):
    """A resource; each method is one endpoint with `requires` and a unit of work around it."""

    @property
    def actor(self) -> Actor:
        """Who asks."""
        return known_actor(self.request)

    @property
    def organization(self) -> Organization:
        """The organization the caller acts as: its own, or the one it acts for."""
        reach = self.actor.reach
        if reach is None:
            # Only the portal's own tasks and carriers have none, and those do not call the API.
            raise Http404
        return reach

    def body(self, shape: type[Asked], **options: Any) -> dict[str, Any]:
        """
        Read the body.

        :raises ValidationError: naming each field that is wrong, missing or unknown
        """
        sent = self.request.data
        if not isinstance(sent, dict):
            raise ParseError("Send one JSON object as the body.")
        asked = shape(data=sent, context={"actor": self.actor}, **options)
        asked.is_valid(raise_exception=True)
        given: dict[str, Any] = asked.validated_data
        return given

    def filters(self, shape: type[Asked], *, paged: bool = True) -> dict[str, Any]:
        """
        Read the query parameters.

        :raises ValidationError: naming each parameter that is wrong, repeated or unknown
        """
        params = self.request.query_params
        doubled = [name for name in params if len(params.getlist(name)) > 1]
        if doubled:
            raise ValidationError({name: ["Send this parameter once."] for name in doubled})
        general = {*(PAGING if paged else ()), DRY_RUN}
        asked = shape(data={name: params[name] for name in params if name not in general})
        asked.is_valid(raise_exception=True)
        given: dict[str, Any] = asked.validated_data
        return given

    def find(self, rows: models.QuerySet[Row], **lookup: object) -> Row:
        """
        Give the one row that the actor may see; of several any one, whatever the order of the rows.

        :raises Http404: if there is none, for strangers as for typing errors
        """
        # Not `first()`: to sort the one row takes longer to write down than to ask for it.
        for found in rows.filter(**lookup).order_by():
            return found
        raise Http404

    def named(self, rows: models.QuerySet[Row], given: object, *, field: str) -> Row:
        """
        Give the row that a field of the body names by its public id.

        :raises ValidationError: if there is none that the actor may see
        """
        found = rows.filter(uuid=given).first()
        if found is None:
            kind = rows.model._meta.verbose_name
            message = f"There is no {kind} with this id that you may use. Check the id."
            raise ValidationError({field: [message]})
        return found

    def shown(
        self, shape: type[Shown], thing: object, *, status: int = 200, location: str = ""
    ) -> Response:
        """Answer with one thing."""
        data = shape(thing, context=self.context(rows=[thing])).data
        headers = {"Location": self.request.build_absolute_uri(location)} if location else None
        return Response(data, status=status, headers=headers)

    def page(
        self, shape: type[Shown], rows: models.QuerySet[Row], *, by: str | Sequence[str] = "-pk"
    ) -> Response:
        """Answer with one page of things."""
        found, links = page_of(self.request, rows, by=by)
        data = shape(found, many=True, context=self.context(rows=found)).data
        return Response({"results": data, **links})

    def context(self, **more: object) -> dict[str, object]:
        """Give what the shapes need to know."""
        return {"actor": self.actor, "now": timezone.now(), **more}
