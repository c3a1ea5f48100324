"""What waits for a worker: the rows that each sweep nudges, by the names that `dids.states` has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from dids.crafts import CRAFTS
from dids.models import (
    Audit,
    BackOrder,
    CarrierBinding,
    CarrierHold,
    CarrierOrder,
    Document,
    EmergencyLocation,
    Import,
    Release,
)
from dids.states import CarrierOrderStatus, ReleaseStatus

Rows = QuerySet[Any]

NUDGED: Mapping[str, Callable[[], list[Rows]]] = {
    "carrier_orders": lambda: [CarrierOrder.objects.exclude(status=CarrierOrderStatus.DONE)],
    "bindings": lambda: [CarrierBinding.objects.all()],
    "holds": lambda: [CarrierHold.objects.live()],
    "features": lambda: [craft.model.objects.all() for craft in CRAFTS.values()],
    "releases": lambda: [
        Release.objects.exclude(status__in=[ReleaseStatus.DONE, ReleaseStatus.CANCELLED])
    ],
    "audits": lambda: [Audit.objects.open()],
    "imports": lambda: [Import.objects.under_way()],
    "documents": lambda: [Document.objects.all()],
    "back_orders": lambda: [BackOrder.objects.open()],
    "locations": lambda: [EmergencyLocation.objects.all()],
}
"""By sweep: the rows whose `next_attempt_at` it looks at."""


def since(before: datetime) -> list[Rows]:
    """Give the rows of each kind whose time had come by then and that nobody has picked up."""
    return [rows.filter(next_attempt_at__lt=before) for kind in NUDGED.values() for rows in kind()]
