"""Lists of numbers that somebody uploaded, checked line by line before they change the stock."""

from __future__ import annotations

from typing import ClassVar, Self
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.reach import ReachQuerySet
from dids.states import IMPORT, ImportStatus
from lib.fields import E164Field

UNDER_WAY = (ImportStatus.CHECKING, ImportStatus.APPLYING)


class Verdict(models.TextChoices):
    """What a line of a list would do to the stock."""

    NEW = "NEW", "New"
    CHANGED = "CHANGED", "Changed"
    UNCHANGED = "UNCHANGED", "Unchanged"
    REFUSED = "REFUSED", "Refused"


class ImportQuerySet(ReachQuerySet["Import"]):
    """Imports, seen by the owner of the account."""

    owner = "account__owner"

    def under_way(self) -> Self:
        """Narrow to those at which a worker is."""
        return self.filter(status__in=UNDER_WAY)


class Import(models.Model):
    """
    One list of numbers for the stock of one carrier account.

    :ivar columns: the place of each of our fields in a line of the list, by the name of the field
    :ivar sample: the cells of the first lines, the names of the columns first
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    account = models.ForeignKey(
        "trunks.CarrierAccount", on_delete=models.CASCADE, related_name="imports"
    )
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    lines = models.PositiveIntegerField()
    """Lines behind the one that names the columns."""
    separator = models.CharField(max_length=1)
    sample = models.JSONField(default=list)
    columns = models.JSONField(default=dict, blank=True)
    country = models.CharField(max_length=2)
    """In which numbers without a country code are."""
    currency = models.CharField(max_length=3)
    """Of prices that name none."""
    is_full_list = models.BooleanField(default=False)
    """Whether what the list lacks is no longer at the carrier."""
    believes_short_list = models.BooleanField(default=False)
    """Whether whoever applies it knows that many numbers have gone."""
    divisible = models.BooleanField(default=True)
    """Whether numbers of its ranges may be released one by one."""
    uploaded_by = models.CharField(max_length=100)
    """Who uploaded it, as the journal names actors."""
    uploaded_at = models.DateTimeField()
    status = models.CharField(
        max_length=20, choices=ImportStatus.choices, default=ImportStatus.UPLOADED
    )
    status_since = models.DateTimeField()
    attempt = models.UUIDField(null=True, blank=True)
    call_before = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    """How many workers have begun what is asked for."""
    checked_lines = models.PositiveIntegerField(default=0)
    """How far the check has come."""
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    warned = models.PositiveIntegerField(default=0)
    ours = models.PositiveIntegerField(default=0)
    """How many of our numbers are at the account; counted for a full list."""
    missing = models.PositiveIntegerField(default=0)
    """How many of these a full list lacks."""
    failure = models.CharField(max_length=300, blank=True)

    objects: ClassVar[ImportQuerySet] = ImportQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "import"
        indexes = [
            models.Index(fields=["account", "-id"], name="import_of_account"),
            models.Index(fields=["account", "sha256"], name="import_by_hash"),
            models.Index(
                fields=["next_attempt_at"],
                name="import_due",
                condition=Q(next_attempt_at__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="import_status_known", condition=Q(status__in=ImportStatus.values)
            ),
            models.CheckConstraint(
                name="import_open_is_looked_after",
                condition=Q(status__in=sorted(IMPORT.edges.final))
                | Q(next_attempt_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.pk})"

    @property
    def subject(self) -> str:
        """Name it in the journal."""
        return f"dids.import:{self.uuid}"


class ImportPiece(models.Model):
    """A piece of an uploaded list, as it came: any worker of any machine can read it."""

    source = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="pieces")
    place = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "place"], name="import_piece_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id}, piece {self.place}"


class ImportRow(models.Model):
    """
    One number of a list with its verdict; a range of numbers has a row for each.

    What the list does not say is empty, and leaves what the stock says as it is.

    :ivar likely_country: where the number seems to be, for one that comes into stock
    :ivar rests: whether it comes into quarantine
    :ivar field: what of the line the reason is about
    :ivar reason: why it is refused, or what to look at
    :ivar changes: for each field the value before and after
    """

    source = models.ForeignKey(
        Import, on_delete=models.CASCADE, related_name="rows", db_index=False
    )
    line = models.PositiveIntegerField()
    text = models.TextField()
    """The line as it came."""
    e164 = E164Field(blank=True)
    country = models.CharField(max_length=2, blank=True)
    likely_country = models.CharField(max_length=2, blank=True)
    type = models.CharField(max_length=20, blank=True)
    likely_type = models.CharField(max_length=20, blank=True)
    region = models.CharField(max_length=100, blank=True)
    locality = models.CharField(max_length=100, blank=True)
    rate_center = models.CharField(max_length=100, blank=True)
    capabilities = ArrayField(models.CharField(max_length=20), null=True, blank=True)
    carrier_reference = models.CharField(max_length=100, blank=True)
    setup = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    monthly = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    contract_ends_on = models.DateField(null=True, blank=True)
    label = models.CharField(max_length=100, blank=True)
    rests = models.BooleanField()
    block_first = models.CharField(max_length=16, blank=True)
    block_last = models.CharField(max_length=16, blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    field = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    changes = models.JSONField(default=dict, blank=True)

    class Meta:
        indexes = [
            # The keys rise in the order of the list.
            models.Index(fields=["source", "id"], name="import_row_by_line"),
            models.Index(fields=["source", "verdict", "id"], name="import_row_by_verdict"),
        ]
        constraints = [
            models.CheckConstraint(
                name="import_row_verdict_known", condition=Q(verdict__in=Verdict.values)
            ),
            models.CheckConstraint(
                name="import_row_refused_for_a_reason",
                condition=~Q(verdict=Verdict.REFUSED) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="import_row_has_number",
                condition=Q(verdict=Verdict.REFUSED) | ~Q(e164=""),
            ),
        ]

    def __str__(self) -> str:
        return f"Line {self.line} of {self.source_id} ({self.pk})"

    @property
    def is_warned(self) -> bool:
        """Tell whether something about it is worth a look although it is taken."""
        return bool(self.reason) and self.verdict != Verdict.REFUSED
