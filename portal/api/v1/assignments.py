"""Where a number rings."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from dids import inventory
from dids.destinations import Destination, DestinationKind
from dids.workflows import assignment, swapping
from portal.actor import requires
from portal.api.shapes import Asked
from portal.api.v1.numbers import NumberResource, NumberShape
from portal.api.work import writes


class DestinationWish(Asked):
    """A place where calls shall ring."""

    kind = serializers.ChoiceField(choices=DestinationKind.choices)
    value = serializers.CharField(
        max_length=64,
        required=False,
        allow_blank=True,
        default="",
        help_text="As the PBX knows it, such as 101; empty to hang up.",
    )


class AssignmentWish(Asked):
    """An assignment."""

    destination = DestinationWish()
    label = serializers.CharField(  # type: ignore[assignment]
        max_length=100, required=False, allow_blank=True, help_text="Kept as it is if left out."
    )


def destination_from(wish: Mapping[str, str] | None) -> Destination | None:
    """Give the destination that a body names."""
    return Destination(wish["kind"], wish["value"]) if wish else None


EXAMPLE = OpenApiExample(
    "Ring at extension 101",
    value={"destination": {"kind": "EXTENSION", "value": "101"}, "label": "Reception"},
    request_only=True,
)


class NumberAssignment(NumberResource):
    """The assignment of one number."""

    @extend_schema(request=AssignmentWish, responses=NumberShape, examples=[EXAMPLE])
    @requires(Permission.ASSIGN_NUMBERS)
    @writes(dry_run=True)
    def put(self, request: Request, e164: str) -> Response:
        """Point a number at a destination, or move it to another one."""
        wish = self.body(AssignmentWish)
        assignment.assign(
            number=self.number(e164),
            destination=Destination(wish["destination"]["kind"], wish["destination"]["value"]),
            label=wish.get("label"),
            actor=self.actor,
            now=timezone.now(),
        )
        return self.told(e164)

    @extend_schema(responses={200: NumberShape})
    @requires(Permission.ASSIGN_NUMBERS)
    @writes(dry_run=True)
    def delete(self, request: Request, e164: str) -> Response:
        """Point a number nowhere."""
        assignment.unassign(number=self.number(e164), actor=self.actor, now=timezone.now())
        return self.told(e164)


class SwapWish(Asked):
    """The number to exchange destinations with."""

    other = serializers.CharField(max_length=16, help_text="In E.164, of the same holder.")


class Swapping(NumberResource):
    """The exchange of two numbers' destinations."""

    @extend_schema(request=SwapWish, responses=NumberShape)
    @requires(Permission.ASSIGN_NUMBERS)
    @writes(dry_run=True)
    def post(self, request: Request, e164: str) -> Response:
        """Let two numbers of one tenant ring where the other rang; both routes change together."""
        number, wanted = self.number(e164), self.body(SwapWish)["other"]
        other = inventory.numbers(self.actor).filter(e164=wanted).first()
        if other is None:
            message = "There is no such number that you may use. Check it."
            raise serializers.ValidationError({"other": [message]})
        swapping.swap(number=number, other=other, actor=self.actor, now=timezone.now())
        return self.told(e164)
