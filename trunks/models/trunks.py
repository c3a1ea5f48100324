"""SIP trunks between carriers and us."""

from __future__ import annotations

from uuid import uuid4

from django.db import models

from accounts.reach import ReachQuerySet
from lib.e164 import DidFormat
from trunks.models.accounts import CarrierAccount
from trunks.offers import GatewaySpec, Transport, TrunkSpec


class TrunkQuerySet(ReachQuerySet["Trunk"]):
    """Trunks belong to whoever owns the carrier account."""

    owner = "carrier_account__owner"


class Trunk(models.Model):
    """A way by which one carrier account delivers calls to us."""

    class Auth(models.TextChoices):
        """How the two sides recognise each other."""

        IP = "IP", "by address"
        REGISTER = "REGISTER", "we register there"
        ACCEPT_REGISTER = "ACCEPT_REGISTER", "they register here"

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
    did_format = models.CharField(
        max_length=10,
        choices=[(format_, format_) for format_ in DidFormat],
        default=DidFormat.PLUS_E164,
    )
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
                condition=~models.Q(status="READY") | ~models.Q(carrier_reference=""),
                name="trunk_ready_has_reference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"

    @property
    def subject(self) -> str:
        """The name of this row in the journal."""
        return f"trunks.trunk:{self.uuid}"

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
