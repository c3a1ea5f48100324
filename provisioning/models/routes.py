"""The published route tables: what every router of a switch shall hold, and how it came to be."""

from __future__ import annotations

from django.db import models

from provisioning.models.pbxs import Pbx


class Table(models.TextChoices):
    """The tables a router holds; the words are those of the feed and of the router's file."""

    INBOUND = "inbound", "number -> destination"
    SOURCES = "sources", "sender's address -> trunk"
    TARGETS = "targets", "member of a target set"
    SETTINGS = "settings", "how the router behaves"


class RouteHead(models.Model):
    """
    Carry the version of one table of one switch.

    The row of ``inbound`` is the publisher's lock, so nothing may have a foreign key to a head:
    an insert that refers to a locked row waits for it. ``oldest`` is the lowest version that can
    still be replayed from the changes.
    """

    pk = models.CompositePrimaryKey("pbx_id", "table")
    pbx = models.ForeignKey(Pbx, on_delete=models.PROTECT, related_name="heads")
    table = models.CharField(max_length=8, choices=Table.choices)
    version = models.BigIntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    oldest = models.BigIntegerField(default=1)
    published_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.table} of PBX {self.pbx_id} at {self.version}"


class InboundRoute(models.Model):
    """
    Hold what one number does on one switch, as published.

    ``did`` is the E.164 number without plus, exactly the key the router looks up; ``value`` is
    what the writer of that PBX kind rendered. No reference to the number itself: the table is
    what routers have, also after the number is gone.
    """

    pk = models.CompositePrimaryKey("pbx_id", "did")
    pbx = models.ForeignKey(Pbx, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    did = models.CharField(max_length=15)
    value = models.CharField(max_length=128)
    version = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.did} -> {self.value} on PBX {self.pbx_id}"


class RouterFact(models.Model):
    """Hold one row of the small tables of a switch, as published."""

    pk = models.CompositePrimaryKey("pbx_id", "table", "key")
    pbx = models.ForeignKey(Pbx, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    table = models.CharField(max_length=8, choices=Table.choices)
    key = models.CharField(max_length=64)
    value = models.CharField(max_length=128)

    def __str__(self) -> str:
        return f"{self.table} {self.key} -> {self.value} on PBX {self.pbx_id}"


class RouteChange(models.Model):
    """
    Remember one changed key of one version: what routers replay, and the history of a route.

    ``old`` is null for a key that was not there, ``new`` is null for one that went.
    """

    pk = models.CompositePrimaryKey("pbx_id", "table", "version", "key")
    pbx = models.ForeignKey(Pbx, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    table = models.CharField(max_length=8, choices=Table.choices)
    version = models.BigIntegerField()
    key = models.CharField(max_length=64)
    old = models.CharField(max_length=128, null=True)  # noqa: DJ001 - no value is not an empty one
    new = models.CharField(max_length=128, null=True)  # noqa: DJ001 - no value is not an empty one
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.table} {self.key} in version {self.version} of PBX {self.pbx_id}"
