"""Number blocks as lists and pages show them."""

from __future__ import annotations

from django.db.models import Count, Q

from accounts.actors import Actor
from dids.models import NumberBlock
from dids.models.blocks import NumberBlockQuerySet
from dids.states import NUMBER, NumberStatus

IN_STOCK = frozenset({NumberStatus.AVAILABLE, NumberStatus.QUARANTINE})
"""The statuses of a number that nobody below its provider has or was offered."""


def blocks(actor: Actor, *, ended: bool = False) -> NumberBlockQuerySet:
    """
    Give the blocks that the actor can reach, with counts of their numbers.

    :param ended: those that were dissolved or released instead of the live ones
    """
    rows = NumberBlock.objects.visible_to(actor).filter(ended_at__isnull=not ended)
    return counted(rows)


def counted(rows: NumberBlockQuerySet) -> NumberBlockQuerySet:
    """Add what every list and page of blocks shows."""
    live = ~Q(numbers__status__in=NUMBER.edges.final)
    return rows.select_related("carrier_account").annotate(
        live_numbers=Count("numbers", filter=live),
        free_numbers=Count("numbers", filter=Q(numbers__status__in=IN_STOCK)),
        leaving_numbers=Count("numbers", filter=Q(numbers__status=NumberStatus.RELEASING)),
    )
