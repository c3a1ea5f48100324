"""Values about people in the journal, which can be erased on their request."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from accounts.workflows import erasing
from portal.actor import requires
from portal.api.resource import Resource
from portal.api.shapes import Asked, Shown
from portal.api.work import writes


class ErasureWish(Asked):
    """Whose values are to be erased."""

    value = serializers.CharField(
        max_length=erasing.LONGEST, help_text="An e-mail address or a name, in whole."
    )


class ErasureShape(Shown):
    """What was erased."""

    erased = serializers.IntegerField(help_text="Events that said it.")


class Erasure(Resource):
    """The erasure of a person's values."""

    @extend_schema(request=ErasureWish, responses={200: ErasureShape})
    @requires(Permission.MANAGE_PEOPLE)
    @writes(dry_run=True)
    def post(self, request: Request) -> Response:
        """Erase a person's e-mail address or name from the journal within reach; its seals hold."""
        erased = erasing.erase(
            value=self.body(ErasureWish)["value"], actor=self.actor, now=timezone.now()
        )
        return self.shown(ErasureShape, {"erased": erased})
