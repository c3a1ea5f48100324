"""What a carrier does beside carrying calls, such as listing a name: all of it moves alike."""

from __future__ import annotations

from typing import ClassVar, TypeVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from accounts.reach import ReachQuerySet
from dids.models.tasks import TaskKind
from dids.states import FeatureStatus, Lifecycle
from trunks.models import CarrierAccount

Row = TypeVar("Row", bound="Feature", covariant=True)
SUBJECT = "dids.feature:"
"""What the names of features in the journal begin with."""


class FeatureQuerySet(ReachQuerySet[Row]):
    """Features, seen by whoever asked for them and those above."""


class Feature(models.Model):
    """One thing that one carrier account is to set up, and whether it has."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+"
    )
    """Whose it is; whoever holds a number next has no part in it."""
    status = models.CharField(
        max_length=20, choices=FeatureStatus.choices, default=FeatureStatus.OFF
    )
    status_since = models.DateTimeField()
    attempt = models.UUIDField(null=True, blank=True)
    call_before = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    give_up_at = models.DateTimeField(null=True, blank=True)
    perhaps_there = models.BooleanField(default=False)
    """Whether the carrier may have something of it, so that it must be taken off there."""
    carrier_reference = models.CharField(max_length=100, blank=True)
    problems = models.JSONField(default=list, blank=True)
    """What the carrier minded: for each a field of ours, or none, and the carrier's words."""
    failure = models.CharField(max_length=200, blank=True)

    lifecycle: ClassVar[Lifecycle]
    asks_to_set: ClassVar[TaskKind] = TaskKind.FEATURE_BY_HAND
    """The task of whoever sets it up by hand."""
    asks_to_remove: ClassVar[TaskKind] = TaskKind.FEATURE_REMOVAL
    asks_about_refusal: ClassVar[TaskKind | None] = None
    """The task of whoever looks into a refusal; None where that is left to its holder."""
    erased_when_off: ClassVar[tuple[str, ...]] = ()
    """Columns with what is known of people; nobody needs them once the carrier has nothing."""
    objects: ClassVar[FeatureQuerySet[Feature]]

    class Meta:
        abstract = True
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="%(class)s_due",
                condition=Q(next_attempt_at__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="%(class)s_status_known", condition=Q(status__in=FeatureStatus.values)
            ),
            models.CheckConstraint(
                name="%(class)s_claim_is_whole",
                condition=~Q(status__in=[FeatureStatus.SETTING, FeatureStatus.REMOVING])
                | Q(attempt__isnull=False, call_before__isnull=False),
            ),
            models.CheckConstraint(
                name="%(class)s_off_is_off",
                condition=~Q(status=FeatureStatus.OFF) | Q(perhaps_there=False),
            ),
        ]

    @property
    def subject(self) -> str:
        """Name it in the journal."""
        return f"{SUBJECT}{self.uuid}"

    @property
    def then(self) -> str:
        """Say what happens next."""
        return self.lifecycle.waits[self.status].then

    @property
    def what(self) -> str:
        """Name it in sentences, without anything that only the provider may read."""
        raise TypeError(f"{type(self).__name__} has no name.")  # pragma: no cover

    @property
    def erased(self) -> dict[str, str]:
        """Give what its columns about people hold once it is off."""
        return dict.fromkeys(self.erased_when_off, "")

    @property
    def account(self) -> CarrierAccount:
        """Give the account at which it is set up."""
        raise TypeError(f"{type(self).__name__} has no account.")  # pragma: no cover

    @property
    def e164(self) -> str:
        """Give the number that it is about; empty where it is about none."""
        return ""

    @property
    def hidden(self) -> list[str]:
        """Give what is said to the carrier and kept nowhere: what is known of people."""
        # Some carriers want a telephone number without its plus.
        return [getattr(self, name).removeprefix("+") for name in self.erased_when_off]

    @property
    def wants(self) -> dict[str, str]:
        """Say what is wanted, for the journal too."""
        return {}

    @property
    def told(self) -> str:
        """Say what is wanted, for a person who sets it up."""
        wanted = [f"{name}: {value}" for name, value in self.wants.items()]
        return "\n".join([*filter(None, [self.e164]), *wanted])
