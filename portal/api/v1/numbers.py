"""Numbers: who holds them, where they ring, how live they are."""

from __future__ import annotations

from typing import Any, cast

from django.db import models
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor
from accounts.models import Organization
from accounts.permissions import FieldGroup, Permission
from dids import inventory
from dids.destinations import DestinationKind
from dids.models import NumberBlock, PhoneNumber
from dids.states import BindingStatus, NumberStatus
from dids.waiting import Waiting, reasons
from dids.workflows import assignment
from portal.actor import requires
from portal.api.resource import Resource
from portal.api.schema import page_shape
from portal.api.shapes import Asked, OrganizationBrief, Shown
from portal.api.work import reads, writes
from provisioning import live
from trunks.models import CarrierAccount, Trunk
from trunks.numbering import Capability, NumberType

TYPES = [(kind.value, kind.value) for kind in NumberType]
CAPABILITIES = [(capability.value, capability.value) for capability in Capability]


class DestinationShape(Shown):
    """A place where calls ring."""

    kind = serializers.ChoiceField(choices=DestinationKind.choices)
    value = serializers.CharField(allow_blank=True)


class AssignmentShape(Shown):
    """Where a number rings."""

    destination = DestinationShape()
    assigned_at = serializers.DateTimeField()


class TrunkBrief(Shown):
    """A trunk where another thing mentions it."""

    id = serializers.UUIDField(source="uuid")
    name = serializers.CharField()


class BindingShape(Shown):
    """Where the carrier delivers a number."""

    status = serializers.ChoiceField(choices=BindingStatus.choices)
    trunk = TrunkBrief()
    failure = serializers.CharField(allow_blank=True)


class LiveShape(Shown):
    """Whether calls to the number ring where the portal says."""

    state = serializers.CharField()
    live_on = serializers.IntegerField(help_text="Routers that have the route.")
    of = serializers.IntegerField(help_text="Routers that are up.")
    waiting_for = serializers.CharField(allow_blank=True)


class WaitingShape(Shown):
    """Why something is not done yet."""

    what = serializers.CharField(help_text="What is not done yet.")
    who = serializers.CharField(help_text="Who is awaited.")
    since = serializers.DateTimeField()
    next = serializers.CharField(help_text="What happens then.")
    again_at = serializers.DateTimeField(
        allow_null=True, help_text="When it is looked at again; null where that is up to somebody."
    )


class CostShape(Shown):
    """What the carrier takes."""

    setup = serializers.DecimalField(max_digits=12, decimal_places=4, allow_null=True)
    monthly = serializers.DecimalField(max_digits=12, decimal_places=4, allow_null=True)
    currency = serializers.CharField(allow_blank=True)


class CarrierAccountBrief(Shown):
    """A carrier account where another thing mentions it."""

    id = serializers.UUIDField(source="uuid")
    name = serializers.CharField()


class NumberBlockBrief(Shown):
    """A block where one of its numbers mentions it."""

    id = serializers.UUIDField(source="uuid")
    first = serializers.CharField()
    last = serializers.CharField()
    divisible = serializers.BooleanField()


class NumberShape(Shown):
    """A number."""

    groups = {
        "binding": FieldGroup.CARRIER,
        # Its ends may be numbers of somebody else.
        "block": FieldGroup.CARRIER,
        "carrier": FieldGroup.CARRIER,
        "carrier_account": FieldGroup.CARRIER,
        "carrier_reference": FieldGroup.CARRIER,
        "contract_ends_on": FieldGroup.CARRIER,
        "cost": FieldGroup.COST,
    }

    number = serializers.CharField(source="e164")
    status = serializers.ChoiceField(choices=NumberStatus.choices)
    status_since = serializers.DateTimeField()
    country = serializers.CharField()
    type = serializers.ChoiceField(choices=TYPES)
    region = serializers.CharField(allow_blank=True)
    locality = serializers.CharField(allow_blank=True)
    rate_center = serializers.CharField(allow_blank=True)
    capabilities = serializers.ListField(child=serializers.ChoiceField(choices=CAPABILITIES))
    holder = OrganizationBrief()
    label = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    tags = serializers.SerializerMethodField()
    quarantine_until = serializers.DateTimeField(allow_null=True)
    assignment = serializers.SerializerMethodField()
    live = serializers.SerializerMethodField()
    waiting = serializers.SerializerMethodField()
    binding = serializers.SerializerMethodField()
    block = NumberBlockBrief(allow_null=True)
    carrier = serializers.CharField(source="carrier_account.carrier")
    carrier_account = CarrierAccountBrief()
    carrier_reference = serializers.CharField(allow_blank=True)
    contract_ends_on = serializers.DateField(
        allow_null=True, help_text="Until when the carrier is bound to us, where it is known."
    )
    cost = CostShape(source="*")

    def get_tags(self, number: PhoneNumber) -> list[str]:
        """Give the words that the caller's organization has put on it."""
        words: list[str] = self.context["tags"].get(number.pk, [])
        return words

    @extend_schema_field(AssignmentShape(allow_null=True))
    def get_assignment(self, number: PhoneNumber) -> object:
        """Give where it rings, null while it points nowhere."""
        assignment = getattr(number, "assignment", None)
        return AssignmentShape(assignment).data if assignment else None

    @extend_schema_field(BindingShape(allow_null=True))
    def get_binding(self, number: PhoneNumber) -> object:
        """Give where the carrier delivers it, null while that was never asked for."""
        binding = getattr(number, "binding", None)
        return BindingShape(binding).data if binding else None

    @extend_schema_field(LiveShape(allow_null=True))
    def get_live(self, number: PhoneNumber) -> object:
        """Give how many routers have its route."""
        state = self.context["live"].get(number.e164)
        return LiveShape(state).data if state else None

    @extend_schema_field(WaitingShape(allow_null=True))
    def get_waiting(self, number: PhoneNumber) -> object:
        """Give who is awaited, null where nobody is."""
        waiting = reasons_of(number, self.context["live"].get(number.e164))
        return WaitingShape(waiting[0]).data if waiting else None


def reasons_of(number: PhoneNumber, state: live.LiveState | None) -> list[Waiting]:
    """Give everything a number waits for: at the carrier, by a person, and on the routers."""
    found = reasons(number)
    if state and state.since and state.live_on < max(state.of, 1):
        found.append(Waiting("The route", "the routers", state.since, state.waiting_for))
    return found


class NumberFilters(Asked):
    """What narrows the list of numbers."""

    search = serializers.CharField(
        required=False,
        max_length=60,
        help_text="A number in any format, some of its digits, or a part of the label.",
    )
    status = serializers.ChoiceField(choices=NumberStatus.choices, required=False)
    holder = serializers.UUIDField(required=False)
    country = serializers.RegexField(r"^[A-Z]{2}$", required=False)
    type = serializers.ChoiceField(choices=TYPES, required=False)
    block = serializers.UUIDField(required=False)
    tag = serializers.CharField(
        required=False, max_length=40, help_text="A word of one's own organization."
    )
    rings = serializers.BooleanField(
        required=False, help_text="Whether it points at a destination."
    )
    destination = serializers.ChoiceField(
        choices=DestinationKind.choices, required=False, help_text="The kind of where it rings."
    )
    offered = serializers.BooleanField(required=False, help_text="Whether an offer of it is open.")
    located = serializers.BooleanField(
        required=False,
        help_text="False for numbers in use that need an emergency location and have neither that "
        "nor a waiver.",
    )
    carrier_account = serializers.UUIDField(required=False)
    trunk = serializers.UUIDField(required=False)


class NumberChange(Asked):
    """What may be changed on a number itself."""

    label = serializers.CharField(max_length=100, allow_blank=True)  # type: ignore[assignment]


class NumberResource(Resource):
    """What all resources about one number share."""

    def number(self, e164: str) -> PhoneNumber:
        """
        Give the number, the newest row where an earlier life of it was released.

        :raises Http404: if the actor may see none
        """
        for found in numbers_of(self.actor).filter(e164=e164).order_by("-pk")[:1]:
            return found
        raise Http404

    def told(self, e164: str) -> Response:
        """Answer with the number as it is now."""
        number = self.number(e164)
        return self.shown(NumberShape, number)

    def context(self, **more: object) -> dict[str, object]:
        """Add what every number's shape needs, for all rows at once."""
        context = super().context(**more)
        rows = cast(list[object], more.get("rows", []))
        numbers = [row for row in rows if isinstance(row, PhoneNumber)]
        context["live"] = live.state_of([number.e164 for number in numbers])
        context["tags"] = inventory.tags(self.organization, numbers)
        return context


def numbers_of(actor: Actor) -> models.QuerySet[PhoneNumber]:
    """Give the numbers an actor may see, released ones too, with what their shape needs."""
    return inventory.shown(PhoneNumber.objects.visible_to(actor))


_ROWS: dict[str, Any] = {
    "holder": Organization.objects,
    "block": NumberBlock.objects,
    "carrier_account": CarrierAccount.objects,
    "trunk": Trunk.objects,
}
"""What the list is narrowed by the public id of."""


class Numbers(NumberResource):
    """Numbers."""

    @extend_schema(parameters=[NumberFilters], responses=page_shape(NumberShape))
    @requires(Permission.VIEW_NUMBERS)
    @reads
    def get(self, request: Request) -> Response:
        """List the numbers within reach by E.164, without those released for good."""
        filters = self.filters(NumberFilters)
        for name, rows in _ROWS.items():
            if name in filters:
                known = rows.visible_to(self.actor)
                filters[name] = self.named(known, filters[name], field=name)
        return self.page(NumberShape, inventory.numbers(self.actor, **filters), by="e164")


class OneNumber(NumberResource):
    """One number."""

    @extend_schema(responses=NumberShape)
    @requires(Permission.VIEW_NUMBERS)
    @reads
    def get(self, request: Request, e164: str) -> Response:
        """Give one number."""
        return self.told(e164)

    @extend_schema(request=NumberChange, responses=NumberShape)
    @requires(Permission.ASSIGN_NUMBERS)
    @writes()
    def patch(self, request: Request, e164: str) -> Response:
        """Write the holder's own words on a number."""
        words = self.body(NumberChange)["label"]
        number = self.number(e164)
        assignment.label(number=number, label=words, actor=self.actor, now=timezone.now())
        return self.told(e164)
