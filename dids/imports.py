"""Imports and their rows as lists and pages show them."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.actors import Actor
from dids import import_columns
from dids.differences import is_doubtful
from dids.models import Import, ImportRow, Verdict
from dids.models.imports import ImportQuerySet
from dids.states import ImportStatus
from trunks.models import CarrierAccount

WARNED = "WARNED"
"""The lines that are taken but worth a look."""
MOST_MISSING = 0.1
"""A full list that lacks more of our numbers is not believed."""


def imports(actor: Actor, *, account: CarrierAccount | None = None) -> ImportQuerySet:
    """Give the imports that an actor may see, ready to be shown."""
    rows = Import.objects.visible_to(actor).select_related("account__owner")
    return rows if account is None else rows.filter(account=account)


def rows(source: Import, *, verdict: str = "", number: str = "") -> QuerySet[ImportRow]:
    """
    Give what was found of the numbers of a list.

    :param verdict: only those with it, or those worth a look (`WARNED`)
    :param number: only those of this number, in E.164
    """
    found = ImportRow.objects.filter(source=source)
    if verdict == WARNED:
        found = found.exclude(verdict=Verdict.REFUSED).exclude(reason="")
    elif verdict:
        found = found.filter(verdict=verdict)
    return found.filter(e164=number) if number else found


def columns_for(source: Import) -> dict[str, int]:
    """Say which column is what: as chosen, else as for the last list that looked the same."""
    if source.columns:
        return dict(source.columns)
    names = source.sample[0]
    earlier = Import.objects.filter(account=source.account_id, sample__0=names)
    last = earlier.exclude(columns={}).order_by("-pk").first()
    return dict(last.columns) if last else import_columns.guessed(names)


def earlier_of(source: Import) -> Import | None:
    """Give the same file as it was applied before, if it was."""
    same = Import.objects.filter(
        account=source.account_id, sha256=source.sha256, status=ImportStatus.APPLIED
    )
    return same.exclude(pk=source.pk).order_by("-pk").first()


def is_too_short(source: Import) -> bool:
    """Tell whether a full list lacks so many of our numbers that the list itself is in doubt."""
    return source.is_full_list and is_doubtful(
        missing=source.missing, of=source.ours, most=MOST_MISSING
    )
