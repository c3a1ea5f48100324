"""Trunks that a person made at the carrier: described, changed, tested."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from lib.e164 import DidFormat
from portal.actor import requires
from portal.api.resource import Resource
from portal.api.shapes import Asked, Nothing, Shown
from portal.api.v1.trunks import (
    FORMATS,
    TRANSPORTS,
    GatewayWish,
    TrunkShape,
    gateway_from,
)
from portal.api.work import reads, writes
from trunks.description import Auth, Carries, Codec, Header, TrunkDescription
from trunks.models import CarrierAccount, Trunk
from trunks.profiles import PROFILES
from trunks.workflows import static_trunks, trunk_tests


class CarrierHostShape(Shown):
    """A host of the carrier; of several, the lowest priority is tried first."""

    host = serializers.CharField()
    port = serializers.IntegerField()
    transport = serializers.ChoiceField(choices=TRANSPORTS)
    priority = serializers.IntegerField()
    answers = serializers.BooleanField(
        allow_null=True, help_text="Whether it answered the last test; null before the first."
    )
    test_says = serializers.CharField(allow_blank=True)


class AgreedShape(Shown):
    """What is agreed with the carrier about a trunk."""

    registered_addresses = serializers.ListField(
        child=serializers.CharField(), help_text="Ours, by which the carrier knows us."
    )
    cli_format = serializers.ChoiceField(
        choices=FORMATS, help_text="How the carrier wants the caller's number."
    )
    caller_id_in = serializers.ListField(
        child=serializers.ChoiceField(choices=Header.choices),
        help_text="Headers of our calls whose user part is the caller's number.",
    )
    asserts_carrier_host = serializers.BooleanField(
        help_text="Whether P-Asserted-Identity names the carrier's host instead of ours."
    )
    codecs = serializers.ListField(
        child=serializers.ChoiceField(choices=Codec.choices), help_text="The preferred one first."
    )
    channels = serializers.IntegerField(allow_null=True)
    sender_id = serializers.CharField(allow_blank=True)
    takes_emergency_calls = serializers.BooleanField()
    attestation = serializers.CharField(allow_blank=True)


class OneTrunkShape(AgreedShape, TrunkShape):
    """A trunk, with what is known of one that was made by hand."""

    hosts = CarrierHostShape(many=True)
    has_credentials = serializers.SerializerMethodField()
    test_asked_at = serializers.DateTimeField(
        allow_null=True, help_text="Since when a test is under way."
    )
    tested_at = serializers.DateTimeField(allow_null=True)
    test_says = serializers.CharField(
        allow_blank=True, help_text="Whether the carrier's interface knows its reference."
    )

    def get_has_credentials(self, trunk: Trunk) -> bool:
        """Tell whether username and password are stored; they are never shown."""
        return bool(trunk.credentials)


class CredentialsOfTrunk(Asked):
    """Username and password of whoever registers."""

    username = serializers.CharField(max_length=200)
    password = serializers.CharField(max_length=200)


class StaticTrunkChange(Asked):
    """A trunk as it is at the carrier, whole: what is not sent is what stands here as default."""

    name = serializers.CharField(max_length=60)
    carrier_reference = serializers.CharField(
        max_length=80,
        default="",
        allow_blank=True,
        help_text="By which the carrier knows it. Carriers with an interface need it.",
    )
    auth = serializers.ChoiceField(choices=Auth.choices, default=Auth.IP)
    hosts = serializers.ListField(
        child=GatewayWish(), default=list, max_length=static_trunks.MOST_PLACES
    )
    gateways = serializers.ListField(
        child=GatewayWish(), default=list, max_length=static_trunks.MOST_PLACES
    )
    source_addresses = serializers.ListField(
        child=serializers.IPAddressField(), default=list, max_length=static_trunks.MOST_ADDRESSES
    )
    registered_addresses = serializers.ListField(
        child=serializers.IPAddressField(), default=list, max_length=static_trunks.MOST_ADDRESSES
    )
    credentials = CredentialsOfTrunk(
        default=None, allow_null=True, help_text="Null leaves those that are stored."
    )
    did_format = serializers.ChoiceField(choices=FORMATS, default=DidFormat.PLUS_E164)
    cli_format = serializers.ChoiceField(choices=FORMATS, default=DidFormat.PLUS_E164)
    caller_id_in = serializers.ListField(
        child=serializers.ChoiceField(choices=Header.choices), default=lambda: [Header.FROM]
    )
    asserts_carrier_host = serializers.BooleanField(default=False)
    codecs = serializers.ListField(
        child=serializers.ChoiceField(choices=Codec.choices), default=list
    )
    channels = serializers.IntegerField(default=None, allow_null=True, min_value=1)
    sender_id = serializers.CharField(max_length=30, default="", allow_blank=True)
    takes_emergency_calls = serializers.BooleanField(default=False)
    attestation = serializers.CharField(max_length=200, default="", allow_blank=True)


class StaticTrunkWish(StaticTrunkChange):
    """A trunk that a person made at the carrier."""

    carrier_account = serializers.UUIDField()
    carries = serializers.ChoiceField(
        choices=Carries.choices, default=Carries.VOICE, help_text="Never changes."
    )


class ProfileDescriptionShape(AgreedShape):
    """What all trunks of a carrier have alike."""

    carries = serializers.ChoiceField(choices=Carries.choices)
    auth = serializers.ChoiceField(choices=Auth.choices)
    did_format = serializers.ChoiceField(choices=FORMATS)


class TrunkProfileShape(Shown):
    """What is known of the trunks of one carrier."""

    slug = serializers.CharField()
    name = serializers.CharField()
    carrier = serializers.CharField(help_text="As accounts name it.")
    note = serializers.CharField(help_text="What to mind.")
    description = ProfileDescriptionShape()


class TrunkProfilesShape(Shown):
    """All profiles."""

    results = TrunkProfileShape(many=True)


class OneTrunk(Resource):
    """One trunk."""

    @extend_schema(responses=OneTrunkShape)
    @requires(Permission.MANAGE_CARRIERS)
    @reads
    def get(self, request: Request, trunk: UUID) -> Response:
        """Give one trunk with all that is known of it."""
        rows = Trunk.objects.visible_to(self.actor).select_related("carrier_account")
        return self.shown(OneTrunkShape, self.find(rows, uuid=trunk))


class TrunkTest(Resource):
    """The test of a trunk."""

    @extend_schema(request=None, responses={202: OneTrunkShape})
    @requires(Permission.MANAGE_CARRIERS)
    @writes()
    def post(self, request: Request, trunk: UUID) -> Response:
        """Have the carrier's hosts asked by SIP OPTIONS whether they answer; no call is placed."""
        self.body(Nothing)
        rows = Trunk.objects.visible_to(self.actor).select_related("carrier_account__owner")
        found = self.find(rows, uuid=trunk)
        trunk_tests.want(trunk=found, actor=self.actor, now=timezone.now())
        found.refresh_from_db(fields=["test_asked_at"])
        return self.shown(OneTrunkShape, found, status=202)


class StaticTrunks(Resource):
    """Trunks that were made by hand."""

    @extend_schema(request=StaticTrunkWish, responses={201: OneTrunkShape})
    @requires(Permission.MANAGE_CARRIERS)
    @writes()
    def post(self, request: Request) -> Response:
        """Take in a trunk that a person made at the carrier; it is ready at once."""
        wish = self.body(StaticTrunkWish)
        own = CarrierAccount.objects.visible_to(self.actor)
        account = self.named(own, wish.pop("carrier_account"), field="carrier_account")
        carries = Carries(wish.pop("carries"))
        trunk = static_trunks.describe(
            account=account,
            wish=replace(_description(wish), carries=carries),
            actor=self.actor,
            now=timezone.now(),
        )
        return self.shown(OneTrunkShape, trunk, status=201)


class OneStaticTrunk(Resource):
    """One trunk that was made by hand."""

    @extend_schema(request=StaticTrunkChange, responses=OneTrunkShape)
    @requires(Permission.MANAGE_CARRIERS)
    @writes()
    def put(self, request: Request, trunk: UUID) -> Response:
        """Say how the trunk is at the carrier now; nothing is changed there."""
        wish = self.body(StaticTrunkChange)
        rows = Trunk.objects.visible_to(self.actor).filter(is_static=True)
        found = self.find(rows.select_related("carrier_account__owner"), uuid=trunk)
        static_trunks.change(
            trunk=found,
            wish=replace(_description(wish), carries=Carries(found.carries)),
            actor=self.actor,
            now=timezone.now(),
        )
        return self.shown(OneTrunkShape, found)


class TrunkProfiles(Resource):
    """What is known of the trunks of carriers at which a person makes them."""

    @extend_schema(responses=TrunkProfilesShape)
    @requires(Permission.MANAGE_CARRIERS)
    @reads
    def get(self, request: Request) -> Response:
        """List the profiles: take one for a start of `POST static-trunks`."""
        self.filters(Asked, paged=False)
        return self.shown(TrunkProfilesShape, {"results": list(PROFILES.values())})


def _description(wish: dict[str, Any]) -> TrunkDescription:
    """Give what was sent in the vocabulary of the trunks."""
    words: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in wish.items()
    }
    for field in ("hosts", "gateways"):
        words[field] = tuple(map(gateway_from, words[field]))
    words["auth"] = Auth(words["auth"])
    words["did_format"] = DidFormat(words["did_format"])
    words["cli_format"] = DidFormat(words["cli_format"])
    words["caller_id_in"] = tuple(map(Header, words["caller_id_in"]))
    words["codecs"] = tuple(map(Codec, words["codecs"]))
    return TrunkDescription(**words)
