"""To which place help is sent for a number, and who said that none is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.reach import ReachQuerySet
from dids.models.features import Feature, FeatureQuerySet
from dids.models.tasks import TaskKind
from dids.states import REGISTRATION, LocationStatus
from lib.fields import E164Field
from trunks.addresses import PARTS, Address
from trunks.models import CarrierAccount

if TYPE_CHECKING:
    from accounts.actors import Actor


class EmergencyLocationQuerySet(ReachQuerySet["EmergencyLocation"]):
    """Locations, seen by their organization and those above it."""

    def active(self) -> Self:
        """Narrow to those where help would be sent."""
        return self.filter(status=LocationStatus.ACTIVE)

    def kept(self) -> Self:
        """Narrow to those that are not history."""
        return self.exclude(status=LocationStatus.RETIRED)


class EmergencyLocation(models.Model):
    """Where people of an organization are when they call for help."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    organization = models.ForeignKey(
        "accounts.Organization",
        on_delete=models.PROTECT,
        related_name="emergency_locations",
        db_index=False,
    )
    label = models.CharField(max_length=60)
    """The holder's word for it, such as "Main office"."""
    name = models.CharField(max_length=60)
    """Whom the dispatcher reads."""
    house_number = models.CharField(max_length=10)
    house_suffix = models.CharField(max_length=10, blank=True)
    pre_directional = models.CharField(max_length=10, blank=True)
    street = models.CharField(max_length=80)
    post_directional = models.CharField(max_length=10, blank=True)
    unit_type = models.CharField(max_length=20, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=60)
    state = models.CharField(max_length=30, blank=True)
    postal_code = models.CharField(max_length=12)
    country = models.CharField(max_length=2)
    floor = models.CharField(max_length=20, blank=True)
    room = models.CharField(max_length=20, blank=True)
    callback = E164Field(blank=True)
    """The number under which whoever called for help is called back."""
    contacts = ArrayField(models.EmailField(), default=list, blank=True)
    """Who is told that somebody called for help."""
    is_default = models.BooleanField(default=False)
    """Whether it covers the organization's numbers of its country that name no other one."""

    status = models.CharField(
        max_length=20, choices=LocationStatus.choices, default=LocationStatus.DRAFT
    )
    status_since = models.DateTimeField()
    attempt = models.UUIDField(null=True, blank=True)
    call_before = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    carrier_account = models.ForeignKey(
        "trunks.CarrierAccount",
        on_delete=models.PROTECT,
        related_name="emergency_locations",
        null=True,
        blank=True,
    )
    """The account that looks at the address, or has done so."""
    is_test = models.BooleanField(default=False)
    """Whether only a stand-in for a carrier has looked at it: it is never sent to a real one."""
    problems = models.JSONField(default=dict, blank=True)
    """Parts that were not accepted, with what to do about each."""
    suggestion = models.JSONField(default=dict, blank=True)
    """The parts as the carrier would write them."""
    failure = models.CharField(max_length=300, blank=True)
    """The carrier's own words."""
    validated_at = models.DateTimeField(null=True, blank=True)
    tested_at = models.DateTimeField(null=True, blank=True)
    """When somebody last heard the address read back by a test call, such as to 933."""
    reminded_at = models.DateTimeField(null=True, blank=True)
    """When somebody was last told that it should be looked at again."""
    created_at = models.DateTimeField()

    objects: ClassVar[EmergencyLocationQuerySet] = EmergencyLocationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(fields=["organization", "-id"], name="location_organization"),
            models.Index(
                fields=["next_attempt_at"],
                name="location_due",
                condition=Q(next_attempt_at__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "country"],
                name="location_one_default",
                condition=Q(is_default=True),
            ),
            models.CheckConstraint(
                name="location_status_known", condition=Q(status__in=LocationStatus.values)
            ),
            models.CheckConstraint(
                name="location_default_is_active",
                condition=Q(is_default=False) | Q(status=LocationStatus.ACTIVE),
            ),
            models.CheckConstraint(
                name="location_active_was_checked",
                condition=~Q(status=LocationStatus.ACTIVE) | Q(validated_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.pk})"

    @property
    def subject(self) -> str:
        """Name it in the journal."""
        return f"dids.emergency_location:{self.uuid}"

    @property
    def address(self) -> Address:
        """Give the address as carriers get it."""
        inside = (("Floor", self.floor), ("Room", self.room))
        detail = ", ".join(f"{word} {value}" for word, value in inside if value)
        parts = {name: getattr(self, name) for name in PARTS}
        return Address(**parts, detail=detail)

    @property
    def extension_names(self) -> list[str]:
        """Name the extensions that stand there."""
        return sorted(one.extension for one in self.extensions.all())

    @property
    def written(self) -> str:
        """Give it as people copy it into a form."""
        return f"{self.name}\n{self.words}"

    @property
    def words(self) -> str:
        """Give the address in one line."""
        address = self.address
        region = " ".join(filter(None, (address.state, address.postal_code)))
        lines = (address.street_line, address.second_line, address.city, region, address.country)
        return ", ".join(filter(None, lines))


class EmergencyRegistrationQuerySet(FeatureQuerySet["EmergencyRegistration"]):
    """Registrations, seen by the number's holder and those above it."""

    owner = "number__holder"

    def visible_to(self, actor: Actor) -> Self:
        """Leave out what stands there from an earlier holder: their address is their business."""
        return super().visible_to(actor).filter(organization=F("number__holder"))


class EmergencyRegistration(Feature):
    """At which location a number is to be found, and whether its carrier knows."""

    number = models.OneToOneField(
        "dids.PhoneNumber", on_delete=models.CASCADE, related_name="emergency"
    )
    location = models.ForeignKey(
        EmergencyLocation, on_delete=models.PROTECT, related_name="registrations"
    )

    lifecycle = REGISTRATION
    asks_to_set = TaskKind.REGISTER_EMERGENCY
    asks_to_remove = TaskKind.REMOVE_EMERGENCY
    asks_about_refusal = TaskKind.EMERGENCY_REJECTED
    objects: ClassVar[EmergencyRegistrationQuerySet] = EmergencyRegistrationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(Feature.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.number_id} at {self.location_id} ({self.pk})"

    @property
    def what(self) -> str:
        """Name it in sentences."""
        return f"the emergency registration of {self.number.e164}"

    @property
    def account(self) -> CarrierAccount:
        """Give the account of the number."""
        return self.number.carrier_account

    @property
    def e164(self) -> str:
        """Give the number."""
        return self.number.e164

    @property
    def wants(self) -> dict[str, str]:
        """Say where the number is, in the holder's word for it."""
        return {"location": self.location.label}

    @property
    def told(self) -> str:
        """Give the address as people copy it."""
        return f"{self.e164}\n{self.location.written}"


class WaiverKind(models.TextChoices):
    """Why a number needs no location of its own."""

    INBOUND_ONLY = "INBOUND_ONLY", "Nobody calls from it"
    COVERED_BY = "COVERED_BY", "Calls for help leave with another number"
    PERSON = "PERSON", "Somebody answers for it"


class EmergencyWaiverQuerySet(ReachQuerySet["EmergencyWaiver"]):
    """Waivers, seen by the organization that said so and those above it."""

    def open(self) -> Self:
        """Narrow to those that hold."""
        return self.filter(ended_at=None)


class EmergencyWaiver(models.Model):
    """
    Somebody's word that a number may be used without a location.

    It holds for one holder: whoever gets the number next has not said so.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    number = models.ForeignKey(
        "dids.PhoneNumber", on_delete=models.CASCADE, related_name="emergency_waivers"
    )
    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="emergency_waivers"
    )
    kind = models.CharField(max_length=20, choices=WaiverKind.choices)
    location = models.ForeignKey(
        EmergencyLocation,
        on_delete=models.PROTECT,
        related_name="waivers",
        null=True,
        blank=True,
    )
    """Where help is sent for the other number."""
    who = models.CharField(max_length=100)
    """The actor who said so, as the journal names it."""
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[EmergencyWaiverQuerySet] = EmergencyWaiverQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["number", "organization"],
                name="waiver_open_once",
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="waiver_kind_known", condition=Q(kind__in=WaiverKind.values)
            ),
            models.CheckConstraint(
                name="waiver_names_its_location",
                condition=Q(kind=WaiverKind.COVERED_BY, location__isnull=False)
                | (~Q(kind=WaiverKind.COVERED_BY) & Q(location__isnull=True)),
            ),
            models.CheckConstraint(name="waiver_has_a_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.number_id} ({self.pk})"


class ExtensionLocationQuerySet(ReachQuerySet["ExtensionLocation"]):
    """Places of extensions, seen by their organization and those above it."""


class ExtensionLocation(models.Model):
    """Where the phone of an extension stands, if elsewhere than the organization's default."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.CASCADE, related_name="extension_locations"
    )
    extension = models.CharField(max_length=64)
    location = models.ForeignKey(
        EmergencyLocation, on_delete=models.PROTECT, related_name="extensions"
    )

    objects: ClassVar[ExtensionLocationQuerySet] = ExtensionLocationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "extension"], name="extension_at_one_location"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.extension} at {self.location_id} ({self.pk})"
