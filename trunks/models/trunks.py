"""SIP trunks between carriers and us."""

from __future__ import annotations

from typing import Self
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.reach import ReachQuerySet
from lib.e164 import DidFormat
from lib.sealed import SealedJSONField
from trunks.models.accounts import CarrierAccount
from trunks.offers import GatewaySpec, Transport, TrunkSpec


class TrunkQuerySet(ReachQuerySet["Trunk"]):
    """Trunks belong to whoever owns the carrier account."""

    owner = "carrier_account__owner"

    def for_calls(self) -> Self:
        """Narrow to those that carry calls: numbers and PBXs know no others."""
        return self.filter(carries=Trunk.Carries.VOICE)


FORMATS = [(format_, format_) for format_ in DidFormat]


class Trunk(models.Model):
    """
    A way by which one carrier account delivers calls to us.

    A static one was made at the carrier by a person, and is described here: nothing makes or
    changes it there. A trunk that carries messages only is known so that nobody takes it for one
    that carries calls: the database keeps it off numbers and PBXs.
    """

    class Auth(models.TextChoices):
        """How the two sides recognise each other."""

        IP = "IP", "by address"
        REGISTER = "REGISTER", "we register there"
        ACCEPT_REGISTER = "ACCEPT_REGISTER", "they register here"

    class Carries(models.TextChoices):
        """What comes by it; never changes, since numbers and PBXs rely on it."""

        VOICE = "VOICE", "calls"
        MESSAGING = "MESSAGING", "messages only"

    class Header(models.TextChoices):
        """A header of our calls whose user part is the caller's number."""

        FROM = "FROM", "From"
        CONTACT = "CONTACT", "Contact"
        P_ASSERTED_IDENTITY = "P_ASSERTED_IDENTITY", "P-Asserted-Identity"

    class Codec(models.TextChoices):
        """How voice is coded, by its name in SDP."""

        PCMA = "PCMA", "G.711 A-law"
        PCMU = "PCMU", "G.711 µ-law"
        G722 = "G722", "G.722"
        G729 = "G729", "G.729"
        OPUS = "OPUS", "Opus"

    class Status(models.TextChoices):
        """Where the trunk stands at the carrier; see `trunks.states`."""

        WANTED = "WANTED", "to be made"
        MAKING = "MAKING", "being made"
        UNCERTAIN = "UNCERTAIN", "the carrier gave no clear answer"
        READY = "READY", "ready"
        FAILED = "FAILED", "failed"

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    """Also our reference at the carrier."""
    carrier_account = models.ForeignKey(
        CarrierAccount, on_delete=models.PROTECT, related_name="trunks"
    )
    name = models.CharField(max_length=60)
    auth = models.CharField(max_length=16, choices=Auth.choices, default=Auth.IP)
    carries = models.CharField(max_length=10, choices=Carries.choices, default=Carries.VOICE)
    is_static = models.BooleanField(default=False)
    """Whether a person made it at the carrier; what follows up to its tests describes those."""
    did_format = models.CharField(max_length=10, choices=FORMATS, default=DidFormat.PLUS_E164)
    cli_format = models.CharField(max_length=10, choices=FORMATS, default=DidFormat.PLUS_E164)
    """How the carrier wants the caller's number written."""
    caller_id_in = ArrayField(
        models.CharField(max_length=20, choices=Header.choices), default=list, blank=True
    )
    asserts_carrier_host = models.BooleanField(default=False)
    """Whether P-Asserted-Identity names the carrier's host and port instead of ours."""
    codecs = ArrayField(
        models.CharField(max_length=10, choices=Codec.choices), default=list, blank=True
    )
    """In our order of preference; empty where nothing was agreed."""
    registered_addresses = ArrayField(models.CharField(max_length=45), default=list, blank=True)
    """Addresses of ours that the carrier knows us by."""
    credentials = SealedJSONField(null=True, blank=True)
    """
    Username and password of whoever registers; the password goes in and never comes out. The
    carrier says the username of a trunk that it makes, see `login`.
    """
    sender_id = models.CharField(max_length=30, default="", blank=True)
    """In whose name messages are sent."""
    takes_emergency_calls = models.BooleanField(default=False)
    attestation = models.CharField(max_length=200, default="", blank=True)
    """How the carrier attests our callers, in words."""
    test_asked_at = models.DateTimeField(null=True, blank=True)
    """Since when a test is awaited; None while none is."""
    tested_at = models.DateTimeField(null=True, blank=True)
    test_says = models.CharField(max_length=300, default="", blank=True)
    """What the last test found about the trunk as a whole; hosts say it for themselves."""
    channels = models.PositiveIntegerField(null=True, blank=True)
    carrier_reference = models.CharField(max_length=80, default="", blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WANTED)
    status_since = models.DateTimeField()
    attempt = models.UUIDField(null=True, blank=True)
    call_before = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=300, default="", blank=True)
    created_at = models.DateTimeField()

    objects = TrunkQuerySet.as_manager()

    class Meta:
        verbose_name = "trunk"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["carrier_account", "name"],
                name="trunk_name_once",
                violation_error_message="There is a trunk of that name at this carrier account.",
            ),
            models.UniqueConstraint(
                fields=["carrier_account", "carrier_reference"],
                condition=~models.Q(carrier_reference=""),
                name="trunk_reference_once",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["WANTED", "MAKING", "UNCERTAIN", "READY", "FAILED"]),
                name="trunk_status_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="READY")
                | ~models.Q(carrier_reference="")
                | models.Q(is_static=True),
                name="trunk_ready_has_reference",
            ),
            models.CheckConstraint(
                condition=models.Q(carries__in=["VOICE", "MESSAGING"]), name="trunk_carries_known"
            ),
            models.CheckConstraint(
                condition=models.Q(is_static=False) | models.Q(status="READY"),
                name="trunk_static_is_ready",
            ),
            models.CheckConstraint(
                condition=models.Q(carries="VOICE") | models.Q(is_static=True),
                name="trunk_for_messages_is_static",
            ),
            models.CheckConstraint(
                condition=models.Q(auth="IP")
                | models.Q(is_static=True)
                | models.Q(auth="REGISTER", credentials__isnull=False),
                name="trunk_that_registers_has_password",
            ),
        ]
        indexes = [
            models.Index(
                fields=["test_asked_at"],
                name="trunk_test_asked",
                condition=models.Q(test_asked_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"

    @property
    def subject(self) -> str:
        """The name of this row in the journal."""
        return f"trunks.trunk:{self.uuid}"

    @property
    def known_as(self) -> str:
        """By what the carrier knows it; empty while that is not known."""
        return self.carrier_reference or (self.name if self.is_static else "")

    @property
    def login(self) -> str:
        """The name by which we register at a trunk that the carrier made for us; else empty."""
        return "" if self.is_static else str((self.credentials or {}).get("username", ""))

    @property
    def spec(self) -> TrunkSpec:
        """Say what the carrier should have."""
        return TrunkSpec(
            name=self.name,
            gateways=tuple(gateway.spec for gateway in self.gateways.order_by("priority", "pk")),
            source_addresses=tuple(
                self.source_addresses.order_by("pk").values_list("address", flat=True)
            ),
            did_format=DidFormat(self.did_format),
            password=str((self.credentials or {}).get("password", "")),
        )


class Gateway(models.Model):
    """A place of ours to which a trunk delivers calls."""

    trunk = models.ForeignKey(Trunk, on_delete=models.CASCADE, related_name="gateways")
    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField(default=5060)
    transport = models.CharField(
        max_length=3,
        choices=[(transport, transport) for transport in Transport],
        default=Transport.UDP,
    )
    # Up to 65535, which is more than a small integer holds.
    priority = models.PositiveIntegerField(default=1)
    weight = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "gateway"
        ordering = ["priority", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["trunk", "host", "port"], name="gateway_once"),
            models.CheckConstraint(
                condition=models.Q(port__gte=1, port__lte=65535), name="gateway_port_possible"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.host}:{self.port} #{self.pk}"

    @property
    def spec(self) -> GatewaySpec:
        """Say it in the carriers' vocabulary."""
        return GatewaySpec(
            host=self.host,
            port=self.port,
            transport=Transport(self.transport),
            priority=self.priority,
            weight=self.weight,
        )


class SourceAddress(models.Model):
    """An address of the carrier's signalling from which a trunk's calls come to us."""

    trunk = models.ForeignKey(Trunk, on_delete=models.CASCADE, related_name="source_addresses")
    address = models.GenericIPAddressField()

    class Meta:
        verbose_name = "source address"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["trunk", "address"], name="source_address_once")
        ]

    def __str__(self) -> str:
        return f"{self.address} #{self.pk}"
