"""The name that a number's calls show, and the names of those who call it."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import FieldGroup, Permission
from dids.models import CallerName, PhoneNumber
from dids.states import FeatureStatus
from dids.workflows import caller_names
from portal.actor import requires
from portal.api.shapes import Asked, Shown
from portal.api.v1.numbers import NumberResource
from portal.api.work import reads, writes


class CallerNameWish(Asked):
    """What is wanted; empty text and false take everything off."""

    text = serializers.CharField(
        max_length=60,
        allow_blank=True,
        help_text="At most 15 letters, digits and spaces; empty lists no name.",
    )
    shows_callers = serializers.BooleanField(
        required=False, default=False, help_text="Whether the names of callers are looked up."
    )


class CallerNameShape(Shown):
    """How far a caller name stands."""

    groups = {"failure": FieldGroup.CARRIER}

    number = serializers.CharField(source="number.e164")
    text = serializers.CharField(allow_blank=True)
    shows_callers = serializers.BooleanField()
    status = serializers.ChoiceField(choices=FeatureStatus.choices)
    status_since = serializers.DateTimeField()
    then = serializers.CharField(help_text="What happens next.")
    failure = serializers.CharField(allow_blank=True, help_text="The carrier's last words.")


class NumberCallerName(NumberResource):
    """The caller name of one number."""

    @extend_schema(responses=CallerNameShape)
    @requires(Permission.VIEW_NUMBERS)
    @reads
    def get(self, request: Request, e164: str) -> Response:
        """Tell the caller name of a number; 404 where its holder has never asked for one."""
        self.filters(Asked, paged=False)
        return self._told(self.number(e164))

    @extend_schema(request=CallerNameWish, responses={202: CallerNameShape})
    @requires(Permission.ASSIGN_NUMBERS)
    @writes(dry_run=True)
    def put(self, request: Request, e164: str) -> Response:
        """Ask for a caller name; the carrier, or a person there, is asked afterwards."""
        wish, number = self.body(CallerNameWish), self.number(e164)
        caller_names.want(
            number=number,
            text=wish["text"],
            shows_callers=wish["shows_callers"],
            actor=self.actor,
            now=timezone.now(),
        )
        answer = self._told(number)
        answer.status_code = 202
        return answer

    def _told(self, number: PhoneNumber) -> Response:
        rows = CallerName.objects.visible_to(self.actor).select_related("number")
        row = self.find(rows, number=number, organization=number.holder_id)
        return self.shown(CallerNameShape, row)
