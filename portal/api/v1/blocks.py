"""Number blocks: ranges that a carrier sold as one thing."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import FieldGroup, Permission
from dids import blocks as inventory
from dids.models import NumberBlock
from dids.workflows import block_release, blocks
from portal.actor import requires
from portal.api.resource import Resource
from portal.api.schema import page_shape
from portal.api.shapes import Asked, Nothing, Shown
from portal.api.v1.handing_down import ReleaseWish
from portal.api.v1.numbers import TYPES, CarrierAccountBrief
from portal.api.work import reads, writes


class NumberBlockShape(Shown):
    """A range of numbers that belong together."""

    groups = {
        "carrier": FieldGroup.CARRIER,
        "carrier_account": FieldGroup.CARRIER,
    }

    id = serializers.UUIDField(source="uuid")
    first = serializers.CharField()
    last = serializers.CharField()
    size = serializers.IntegerField()
    country = serializers.CharField()
    type = serializers.ChoiceField(choices=TYPES)
    divisible = serializers.BooleanField(
        help_text="Whether its numbers may be released one by one; otherwise all or none."
    )
    numbers = serializers.IntegerField(source="live_numbers", help_text="Numbers of it we have.")
    free = serializers.IntegerField(source="free_numbers", help_text="Of these, in stock.")
    leaving = serializers.IntegerField(
        source="leaving_numbers", help_text="Of these, being released."
    )
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(
        allow_null=True, help_text="When it was dissolved, or the last of it released."
    )
    carrier = serializers.CharField(source="carrier_account.carrier")
    carrier_account = CarrierAccountBrief()


class NumberBlockFilters(Asked):
    """What narrows the list of blocks."""

    ended = serializers.BooleanField(
        required=False, default=False, help_text="Those that ended instead of the live ones."
    )


class NumberBlockWish(Asked):
    """The range that is to become a block."""

    first = serializers.CharField(max_length=16, help_text="In E.164.")
    last = serializers.CharField(max_length=16, help_text="In E.164, of the same length.")
    divisible = serializers.BooleanField(
        help_text="False where the carrier takes the numbers back only all together."
    )


class NumberBlockResource(Resource):
    """What all resources about one block share."""

    def block(self, uuid: UUID) -> NumberBlock:
        """
        Give a block, ended ones too.

        :raises Http404: if the actor may not see it
        """
        rows = inventory.counted(NumberBlock.objects.visible_to(self.actor))
        return self.find(rows, uuid=uuid)

    def told(self, uuid: UUID, *, status: int = 200) -> Response:
        """Answer with the block as it is now."""
        return self.shown(NumberBlockShape, self.block(uuid), status=status)


class NumberBlocks(NumberBlockResource):
    """Number blocks."""

    @extend_schema(parameters=[NumberBlockFilters], responses=page_shape(NumberBlockShape))
    @requires(Permission.VIEW_NUMBERS)
    @reads
    def get(self, request: Request) -> Response:
        """List the blocks at one's own carriers, newest first."""
        filters = self.filters(NumberBlockFilters)
        return self.page(NumberBlockShape, inventory.blocks(self.actor, **filters))

    @extend_schema(request=NumberBlockWish, responses={201: NumberBlockShape})
    @requires(Permission.MANAGE_CARRIERS)
    @writes(dry_run=True)
    def post(self, request: Request) -> Response:
        """Make one block of a range of numbers in stock."""
        wish = self.body(NumberBlockWish)
        block = blocks.define(**wish, actor=self.actor, now=timezone.now())
        return self.told(block.uuid, status=201)


class OneNumberBlock(NumberBlockResource):
    """One block."""

    @extend_schema(responses=NumberBlockShape)
    @requires(Permission.VIEW_NUMBERS)
    @reads
    def get(self, request: Request, block: UUID) -> Response:
        """Give one block."""
        return self.told(block)


class Dissolution(NumberBlockResource):
    """The end of a block whose numbers stay."""

    @extend_schema(request=None, responses=NumberBlockShape)
    @requires(Permission.MANAGE_CARRIERS)
    @writes(dry_run=True)
    def post(self, request: Request, block: UUID) -> Response:
        """Take a divisible block apart."""
        self.body(Nothing)
        blocks.dissolve(block=self.block(block), actor=self.actor, now=timezone.now())
        return self.told(block)


class NumberBlockRelease(NumberBlockResource):
    """The release of a whole block."""

    @extend_schema(request=ReleaseWish, responses={202: NumberBlockShape})
    @requires(Permission.RELEASE_NUMBERS)
    @writes(dry_run=True)
    def post(self, request: Request, block: UUID) -> Response:
        """Schedule the return of all numbers of a block to their carrier, or of none."""
        wish = self.body(ReleaseWish)
        block_release.schedule(
            block=self.block(block), on=wish["on"], actor=self.actor, now=timezone.now()
        )
        return self.told(block, status=202)


class NumberBlockReleaseCancellation(NumberBlockResource):
    """The end of a block's scheduled release."""

    @extend_schema(request=None, responses=NumberBlockShape)
    @requires(Permission.RELEASE_NUMBERS)
    @writes(dry_run=True)
    def post(self, request: Request, block: UUID) -> Response:
        """Keep all numbers of a block after all, as long as the carrier was told of none."""
        self.body(Nothing)
        block_release.cancel(block=self.block(block), actor=self.actor, now=timezone.now())
        return self.told(block)
