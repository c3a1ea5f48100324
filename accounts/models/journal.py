from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models.organizations import Organization
from accounts.reach import ReachQuerySet


class EventQuerySet(ReachQuerySet["Event"]):
    """What happened."""


class Event(models.Model):
    """
    Something that happened; written with the work, never changed.

    ``personal`` holds salted digests of values that can be erased from PersonalValue.
    """

    append_only: ClassVar[bool] = True

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    at = models.DateTimeField()
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="events", db_index=False
    )
    actor = models.CharField(max_length=100)
    on_behalf_of = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=100)
    number = models.CharField(max_length=16, blank=True, default="")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    personal = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, blank=True, default="")
    request_id = models.CharField(max_length=64, blank=True, default="")

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            # Each way to narrow the journal is read in the order of time, from its index.
            models.Index(fields=["at", "id"], name="event_at"),
            models.Index(fields=["organization", "at", "id"], name="event_of_organization_at"),
            models.Index(fields=["action", "at", "id"], name="event_of_action_at"),
            models.Index(
                fields=["actor", "at", "id"],
                name="event_of_actor_at",
                # Found by its beginning too: everything that programs did.
                opclasses=["varchar_pattern_ops", "timestamptz_ops", "int8_ops"],
            ),
            models.Index(fields=["subject", "id"], name="event_of_subject"),
            models.Index(fields=["number", "id"], name="event_of_number", condition=~Q(number="")),
        ]

    def __str__(self) -> str:
        return f"{self.action} (#{self.pk})"


class PendingSeal(models.Model):
    """An event that waits for its position; written with it, taken by the sealer."""

    # One statement writes the event and this row, and an event is never deleted: to look for it
    # at every commit would find it, and take as long as writing the row does.
    event = models.OneToOneField(
        Event,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="pending",
        db_constraint=False,
    )

    def __str__(self) -> str:
        return f"pending #{self.pk}"


class EventSeal(models.Model):
    """The place of an event in the chain: gapless positions, each hash over the one before."""

    append_only: ClassVar[bool] = True

    position = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="seal")
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"seal #{self.position}"


class PersonalValue(models.Model):
    """A value about a person that an event refers to by digest; erasing it leaves the event."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="personal_values")
    key = models.CharField(max_length=40)
    salt = models.CharField(max_length=32)
    value = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "key"], name="personal_value_once"),
        ]

    def __str__(self) -> str:
        return f"{self.key} (#{self.pk})"
