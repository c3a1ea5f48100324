"""What is asked for before numbers are sold, for whoever looks at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.actors import Actor
from accounts.permissions import Permission
from dids.models import (
    Document,
    Filing,
    FilingPart,
    OrderLine,
    PhoneNumber,
    RequirementList,
    Task,
)
from dids.models.features import SUBJECT, FeatureQuerySet
from dids.models.filings import words_for
from dids.states import DocumentStatus
from trunks.regulation import Asks


@dataclass(frozen=True)
class Expected:
    """
    One thing that a carrier will ask for.

    :ivar document: the one of the vault that answers it; None where somebody must still answer
    """

    name: str
    words: str
    document: Document | None


@dataclass(frozen=True)
class Outlook:
    """What is asked for before some lines of a preview are bought."""

    holder: str
    kind: str
    expected: list[Expected]
    is_approved: bool


def filings(actor: Actor) -> FeatureQuerySet[Filing]:
    """Give the filings that an actor may see, with all that is asked for."""
    rows: FeatureQuerySet[Filing] = Filing.objects.visible_to(actor)
    return rows.select_related("organization", "carrier_account").prefetch_related(
        "parts__document"
    )


def filing_of(task: Task, actor: Actor) -> Filing | None:
    """Give what was handed in that a person sees to; None for other tasks and who may not see."""
    subject, _, key = task.about.rpartition(":")
    if f"{subject}:" != SUBJECT or not actor.may(Permission.KEEP_DOCUMENTS):
        return None
    rows: FeatureQuerySet[Filing] = Filing.objects.visible_to(actor)
    return rows.filter(uuid=key).select_related("organization").first()


def has_expired_papers(number: PhoneNumber, *, now: datetime) -> bool:
    """Tell whether a document that a number was bought with proves nothing any more."""
    return FilingPart.objects.filter(
        filing__organization=number.holder_id,
        filing__carrier_account=number.carrier_account_id,
        filing__country=number.country,
        filing__type=number.type,
        document__expires_on__lt=now.date(),
    ).exists()


def outlook(lines: Sequence[OrderLine], *, now: datetime) -> list[Outlook]:
    """Say what the lines of a preview ask for; with a fixed number of queries."""
    kinds = {_kind(line): line for line in lines if line.needs_documents}
    if not kinds:
        return []
    asked = {
        (row.carrier_account_id, row.country, row.type): row.requirements
        for row in RequirementList.objects.filter(
            carrier_account__in={line.carrier_account_id for line in kinds.values()}
        )
    }
    known = {
        (row.organization_id, row.carrier_account_id, row.country, row.type)
        for row in Filing.objects.filter(
            organization__in={line.holder_id for line in kinds.values()}, status="ACTIVE"
        )
    }
    papers = _papers({line.holder_id for line in kinds.values()}, now=now)
    return [
        Outlook(
            holder=line.holder.name,
            kind=words_for(line.country, line.type),
            expected=[
                Expected(one["name"], one["words"], _answer(papers.get(kind[0], []), one))
                for one in asked.get(kind[1:], [])
            ],
            is_approved=kind in known,
        )
        for kind, line in kinds.items()
    ]


def _kind(line: OrderLine) -> tuple[int, int, str, str]:
    return line.holder_id, line.carrier_account_id, line.country, line.type


def _papers(holders: set[int], *, now: datetime) -> dict[int, list[Document]]:
    rows = Document.objects.filter(
        organization__in=holders, status__in=[DocumentStatus.CLEAN, DocumentStatus.UNSCANNED]
    ).order_by("-pk")
    found: dict[int, list[Document]] = {}
    for row in rows[:500]:
        if not row.has_expired(now):
            found.setdefault(row.organization_id, []).append(row)
    return found


def _answer(papers: list[Document], one: dict[str, object]) -> Document | None:
    if one["asks"] != Asks.DOCUMENT or not one["accepts"]:
        return None
    accepts = one["accepts"]
    return next((row for row in papers if isinstance(accepts, list) and row.type in accepts), None)
