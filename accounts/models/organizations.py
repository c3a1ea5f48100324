from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts.reach import ReachQuerySet


class Kind(models.TextChoices):
    """What an organization is in the chain from the provider down to those who phone."""

    PROVIDER = "PROVIDER", "Provider"
    DEALER = "DEALER", "Dealer"
    TENANT = "TENANT", "Tenant"


class OrganizationStatus(models.TextChoices):
    """Whether an organization may work; who may move it where stands in accounts.states."""

    ACTIVE = "ACTIVE", "Active"
    SUSPENDED = "SUSPENDED", "Suspended"
    CLOSED = "CLOSED", "Closed"


class OrganizationQuerySet(ReachQuerySet["Organization"]):
    """Organizations as a tree."""

    owner = ""

    def below(self, organization: Organization) -> OrganizationQuerySet:
        """Keep what lies strictly below an organization, at any depth."""
        return self.filter(path__startswith=organization.path).exclude(pk=organization.pk)

    def above(self, organization: Organization) -> OrganizationQuerySet:
        """Keep what lies strictly above an organization, the nearest first."""
        return self.filter(pk__in=organization.ancestor_ids).order_by(F("path").desc())


class Organization(models.Model):
    """The provider, a dealer at any depth below it, or a tenant."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    # "/1/7/42/": the keys from the provider down to the row itself; one prefix match is a subtree.
    path = models.CharField(max_length=400, unique=True)
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=63)
    status = models.CharField(
        max_length=9, choices=OrganizationStatus.choices, default=OrganizationStatus.ACTIVE
    )
    status_since = models.DateTimeField(db_default=Now())
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    time_zone = models.CharField(max_length=64)
    # Null means without a limit. The counters move by conditional updates in accounts.limits.
    number_limit = models.PositiveIntegerField(null=True, blank=True)
    tenant_limit = models.PositiveIntegerField(null=True, blank=True)
    numbers_held = models.PositiveIntegerField(default=0, db_default=0)
    tenants_held = models.PositiveIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(db_default=Now())

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(kind="PROVIDER"), name="organization_one_provider"
            ),
            models.UniqueConstraint(fields=["parent", "slug"], name="organization_slug_is_free"),
            models.CheckConstraint(
                condition=Q(kind="PROVIDER", parent__isnull=True)
                | (Q(kind__in=["DEALER", "TENANT"]) & Q(parent__isnull=False)),
                name="organization_has_its_parent",
            ),
            models.CheckConstraint(
                condition=Q(status__in=OrganizationStatus.values), name="organization_status_known"
            ),
            models.CheckConstraint(
                condition=Q(country__regex=r"^[A-Z]{2}$", currency__regex=r"^[A-Z]{3}$"),
                name="organization_codes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (#{self.pk})"

    @property
    def is_provider(self) -> bool:
        """Whether this is the one organization at the top."""
        return self.kind == Kind.PROVIDER

    @property
    def ancestor_ids(self) -> tuple[int, ...]:
        """The keys of the organizations above, from the provider down."""
        return tuple(int(key) for key in self.path.strip("/").split("/"))[:-1]

    def is_below(self, other: Organization) -> bool:
        """Whether this organization lies strictly below another."""
        return self.path != other.path and self.path.startswith(other.path)

    def reaches(self, other: Organization) -> bool:
        """Whether another organization is this one or lies below it."""
        return other.path.startswith(self.path)
