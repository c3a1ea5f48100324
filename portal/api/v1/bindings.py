"""Where the carrier delivers a number."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from dids.models import CarrierBinding, PhoneNumber
from dids.states import BindingStatus
from dids.workflows import binding
from dids.workflows.deletion_lock import LockState, standing
from portal.actor import requires
from portal.api.shapes import Asked, Shown
from portal.api.v1.numbers import NumberResource, TrunkBrief
from portal.api.work import reads, writes
from trunks.models import Trunk


class DeliveryWish(Asked):
    """The trunk to which the carrier shall deliver a number."""

    trunk = serializers.UUIDField()


class DeliveryShape(Shown):
    """How far a carrier is with delivering a number."""

    number = serializers.CharField(source="number.e164")
    status = serializers.ChoiceField(choices=BindingStatus.choices)
    status_since = serializers.DateTimeField()
    trunk = TrunkBrief()
    failure = serializers.CharField(allow_blank=True)
    next_attempt_at = serializers.DateTimeField(allow_null=True)
    deletion_lock = serializers.SerializerMethodField()

    @extend_schema_field(
        serializers.ChoiceField(choices=[(state.value, state.value) for state in LockState])
    )
    def get_deletion_lock(self, row: CarrierBinding) -> str:
        """Tell whether it is locked against deletion at the carrier."""
        return standing(row).value


class NumberDelivery(NumberResource):
    """The delivery of one number."""

    @extend_schema(responses=DeliveryShape)
    @requires(Permission.MANAGE_CARRIERS)
    @reads
    def get(self, request: Request, e164: str) -> Response:
        """Tell where the carrier delivers a number; 404 where it was never asked to."""
        self.filters(Asked, paged=False)
        return self._told(self.number(e164))

    @extend_schema(request=DeliveryWish, responses={202: DeliveryShape})
    @requires(Permission.MANAGE_CARRIERS)
    @writes(dry_run=True)
    def put(self, request: Request, e164: str) -> Response:
        """Have the carrier deliver a number to a trunk, once more where that has failed."""
        wanted = self.body(DeliveryWish)["trunk"]
        trunk = self.named(Trunk.objects.visible_to(self.actor), wanted, field="trunk")
        number = self.number(e164)
        binding.want(number=number, trunk=trunk, actor=self.actor, now=timezone.now())
        answer = self._told(number)
        answer.status_code = 202
        return answer

    def _told(self, number: PhoneNumber) -> Response:
        rows = CarrierBinding.objects.visible_to(self.actor)
        rows = rows.select_related("trunk", "number__carrier_account")
        return self.shown(DeliveryShape, self.find(rows, number=number))
