"""Text messages: brands, campaigns, and where those to a number go."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import FieldGroup, Permission
from dids.models import Brand, BrandKind, Campaign, MessagesTo, MessagingRoute, NumberCampaign
from dids.states import FeatureStatus
from dids.workflows import brands, messaging
from portal.actor import requires
from portal.api.resource import Resource
from portal.api.schema import page_shape
from portal.api.shapes import Asked, Nothing, OrganizationBrief, Shown
from portal.api.v1.numbers import CarrierAccountBrief, NumberResource
from portal.api.work import reads, writes
from trunks.messaging import SECTORS, USE_CASES
from trunks.models import CarrierAccount


def _text(most: int, **more: Any) -> serializers.CharField:
    return serializers.CharField(max_length=most, **more)


def _optional(most: int, default: str = "") -> serializers.CharField:
    return _text(most, required=False, allow_blank=True, default=default)


class BrandWish(Asked):
    """Who sends text messages, as the registry wants to know it."""

    kind = serializers.ChoiceField(choices=BrandKind.choices)
    name = _text(100)
    legal_name = _text(100)
    tax_id = _optional(20)
    sector = serializers.ChoiceField(choices=[(word, word) for word in SECTORS])
    website = _optional(100)
    email = serializers.EmailField(max_length=100)
    phone = _text(16, help_text="In E.164.")
    street = _text(100)
    city = _text(100)
    region = _text(20)
    postal_code = _text(10)
    country = _text(2)
    stock_symbol = _optional(10)
    stock_exchange = _optional(10)
    first_name = _optional(100)
    last_name = _optional(100)


class CampaignWords(Asked):
    """What a brand sends, and how people agree to it."""

    name = _text(100)
    use_case = serializers.ChoiceField(choices=[(word, word) for word in USE_CASES])
    description = _text(500)
    opt_in = _text(1000)
    samples = serializers.ListField(child=_text(255), max_length=brands.MOST_SAMPLES)
    opt_in_words = _optional(255)
    opt_out_words = _optional(255, "STOP")
    help_words = _optional(255, "HELP")
    help_answer = _text(255)
    opt_in_answer = _optional(255)
    opt_out_answer = _optional(255)
    terms = serializers.URLField(
        max_length=255, required=False, allow_blank=True, default="", help_text="Of your messages."
    )


class CampaignWish(CampaignWords):
    """A campaign of a brand."""

    brand = serializers.UUIDField()


class MessagesWish(Asked):
    """Where the text messages to a number shall go."""

    to = serializers.ChoiceField(choices=MessagesTo.choices)
    address = _optional(300)
    account = serializers.UUIDField(
        required=False,
        allow_null=True,
        help_text="The carrier account that carries them; null for that of the number. Without "
        "it, whoever carries them goes on.",
    )


class JoinWish(Asked):
    """The campaign for which a number shall send; null for none."""

    campaign = serializers.UUIDField(allow_null=True)


class MindedShape(Shown):
    """One thing that the carrier minds."""

    groups = {"words": FieldGroup.CARRIER}

    field = serializers.CharField(allow_blank=True, help_text="Which field must change.")
    words = serializers.CharField()


class FeatureShape(Shown):
    """How something stands at a carrier."""

    groups = {"failure": FieldGroup.CARRIER}

    status = serializers.ChoiceField(choices=FeatureStatus.choices)
    status_since = serializers.DateTimeField()
    then = serializers.CharField(help_text="What happens next.")
    failure = serializers.CharField(allow_blank=True, help_text="The carrier's last words.")


class BrandShape(FeatureShape):
    """A brand, without its tax id."""

    id = serializers.UUIDField(source="uuid")
    organization = OrganizationBrief()
    name = serializers.CharField()
    legal_name = serializers.CharField()
    problems = MindedShape(many=True)


class CampaignShape(FeatureShape):
    """A campaign."""

    id = serializers.UUIDField(source="uuid")
    brand = serializers.UUIDField(source="brand.uuid")
    organization = OrganizationBrief()
    name = serializers.CharField()
    use_case = serializers.CharField()
    problems = MindedShape(many=True)


class MessagesShape(FeatureShape):
    """Where the text messages to a number go; the carrier sends each there by itself."""

    groups = {**FeatureShape.groups, "carrier_account": FieldGroup.CARRIER}

    number = serializers.CharField(source="number.e164")
    to = serializers.ChoiceField(choices=MessagesTo.choices, source="target")
    address = serializers.CharField(allow_blank=True)
    carrier_account = CarrierAccountBrief()


class NumberCampaignShape(FeatureShape):
    """The campaign for which a number sends."""

    number = serializers.CharField(source="number.e164")
    campaign = serializers.UUIDField(source="campaign.uuid")


def _brands(resource: Resource) -> Any:
    return Brand.objects.visible_to(resource.actor).select_related("organization")


def _campaigns(resource: Resource) -> Any:
    return Campaign.objects.visible_to(resource.actor).select_related("organization", "brand")


class Brands(Resource):
    """Brands."""

    @extend_schema(responses=page_shape(BrandShape))
    @requires(Permission.VIEW_NUMBERS)
    @reads
    def get(self, request: Request) -> Response:
        """List the brands within reach, the newest first."""
        self.filters(Asked)
        return self.page(BrandShape, _brands(self))

    @extend_schema(request=BrandWish, responses={201: BrandShape})
    @requires(Permission.ASSIGN_NUMBERS)
    @writes(dry_run=True)
    def post(self, request: Request) -> Response:
        """Register a brand, at the carrier account with most of one's numbers."""
        wish = self.body(BrandWish)
        made = brands.register_brand(actor=self.actor, now=timezone.now(), words=wish)
        return self.shown(BrandShape, made, status=201, location=f"brands/{made.uuid}")


class OneBrand(Resource):
    """One brand."""

    @extend_schema(responses=BrandShape)
    @requires(Permission.VIEW_NUMBERS)
    @reads
    def get(self, request: Request, brand: UUID) -> Response:
        """Give one brand."""
        self.filters(Asked, paged=False)
        return self.shown(BrandShape, self.find(_brands(self), uuid=brand))

    @extend_schema(request=BrandWish, responses=BrandShape)
    @requires(Permission.ASSIGN_NUMBERS)
    @writes(dry_run=True)
    def put(self, request: Request, brand: UUID) -> Response:
        """Register a brand once more with corrected words."""
        row, wish = self.find(_brands(self), uuid=brand), self.body(BrandWish)
        there = brands.register_brand(brand=row, actor=self.actor, now=timezone.now(), words=wish)
        return self.shown(BrandShape, there)


class BrandEnd(Resource):
    """The end of a brand."""

    @extend_schema(request=Nothing, responses={202: BrandShape})
    @requires(Permission.ASSIGN_NUMBERS)
    @writes()
    def post(self, request: Request, brand: UUID) -> Response:
        """Take a brand out of the registry."""
        self.body(Nothing)
        brands.end(row=self.find(_brands(self), uuid=brand), actor=self.actor, now=timezone.now())
        return self.shown(BrandShape, self.find(_brands(self), uuid=brand), status=202)


class Campaigns(Resource):
    """Campaigns."""

    @extend_schema(responses=page_shape(CampaignShape))
    @requires(Permission.VIEW_NUMBERS)
    @reads
    def get(self, request: Request) -> Response:
        """List the campaigns within reach, the newest first."""
        self.filters(Asked)
        return self.page(CampaignShape, _campaigns(self))

    @extend_schema(request=CampaignWish, responses={201: CampaignShape})
    @requires(Permission.ASSIGN_NUMBERS)
    @writes(dry_run=True)
    def post(self, request: Request) -> Response:
        """Register what a brand sends."""
        wish = self.body(CampaignWish)
        brand = self.named(_brands(self), wish.pop("brand"), field="brand")
        made = brands.register_campaign(
            brand=brand, actor=self.actor, now=timezone.now(), words=wish
        )
        return self.shown(CampaignShape, made, status=201, location=f"campaigns/{made.uuid}")


class OneCampaign(Resource):
    """One campaign."""

    @extend_schema(responses=CampaignShape)
    @requires(Permission.VIEW_NUMBERS)
    @reads
    def get(self, request: Request, campaign: UUID) -> Response:
        """Give one campaign."""
        self.filters(Asked, paged=False)
        return self.shown(CampaignShape, self.find(_campaigns(self), uuid=campaign))

    @extend_schema(request=CampaignWords, responses=CampaignShape)
    @requires(Permission.ASSIGN_NUMBERS)
    @writes(dry_run=True)
    def put(self, request: Request, campaign: UUID) -> Response:
        """Register a campaign once more with corrected words."""
        row, wish = self.find(_campaigns(self), uuid=campaign), self.body(CampaignWords)
        brands.register_campaign(
            brand=row.brand, campaign=row, actor=self.actor, now=timezone.now(), words=wish
        )
        return self.shown(CampaignShape, self.find(_campaigns(self), uuid=campaign))


class CampaignEnd(Resource):
    """The end of a campaign."""

    @extend_schema(request=Nothing, responses={202: CampaignShape})
    @requires(Permission.ASSIGN_NUMBERS)
    @writes()
    def post(self, request: Request, campaign: UUID) -> Response:
        """End a campaign for which no number sends any more."""
        self.body(Nothing)
        row = self.find(_campaigns(self), uuid=campaign)
        brands.end(row=row, actor=self.actor, now=timezone.now())
        fresh = self.find(_campaigns(self), uuid=campaign)
        return self.shown(CampaignShape, fresh, status=202)


class NumberMessages(NumberResource):
    """The text messages of one number."""

    @extend_schema(responses=MessagesShape)
    @requires(Permission.VIEW_NUMBERS)
    @reads
    def get(self, request: Request, e164: str) -> Response:
        """Tell where text messages go; 404 where its holder has never asked for any."""
        self.filters(Asked, paged=False)
        number = self.number(e164)
        rows = MessagingRoute.objects.visible_to(self.actor)
        rows = rows.select_related("number", "carrier_account")
        row = self.find(rows, number=number, organization=number.holder_id)
        return self.shown(MessagesShape, row)

    @extend_schema(request=MessagesWish, responses={202: MessagesShape})
    @requires(Permission.ASSIGN_NUMBERS)
    @writes(dry_run=True)
    def put(self, request: Request, e164: str) -> Response:
        """Say where text messages go; the carrier is told afterwards."""
        number, wish = self.number(e164), self.body(MessagesWish)
        if "account" in wish:
            wish["account"] = self._account(wish["account"]) or number.carrier_account
        row = messaging.route(number=number, actor=self.actor, now=timezone.now(), **wish)
        return self.shown(MessagesShape, row, status=202)

    def _account(self, given: UUID | None) -> CarrierAccount | None:
        mine = CarrierAccount.objects.visible_to(self.actor)
        return self.named(mine, given, field="account") if given else None


class NumberInCampaign(NumberResource):
    """The campaign of one number."""

    @extend_schema(responses=NumberCampaignShape)
    @requires(Permission.VIEW_NUMBERS)
    @reads
    def get(self, request: Request, e164: str) -> Response:
        """Tell the campaign for which a number sends; 404 where it was never in one."""
        self.filters(Asked, paged=False)
        return self._told(e164)

    @extend_schema(request=JoinWish, responses={202: NumberCampaignShape})
    @requires(Permission.ASSIGN_NUMBERS)
    @writes(dry_run=True)
    def put(self, request: Request, e164: str) -> Response:
        """Let a number send for a campaign, or for none; the carrier is told afterwards."""
        number, given = self.number(e164), self.body(JoinWish)["campaign"]
        campaign = self.named(_campaigns(self), given, field="campaign") if given else None
        messaging.join(number=number, campaign=campaign, actor=self.actor, now=timezone.now())
        answer = self._told(e164)
        answer.status_code = 202
        return answer

    def _told(self, e164: str) -> Response:
        number = self.number(e164)
        rows = NumberCampaign.objects.visible_to(self.actor).select_related("number", "campaign")
        row = self.find(rows, number=number, organization=number.holder_id)
        return self.shown(NumberCampaignShape, row)
