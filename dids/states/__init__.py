"""
Every status of this app, the moves between them, and who looks after what does not rest.

This is the page to read first; each thing has a file of its own beside it. `manage.py states_page`
writes docs/states.md from it, and `dids.waiting` answers "why not yet?" from it.
"""

from __future__ import annotations

from dids.states.audits import AUDIT, FINDING, AuditStatus, FindingStatus
from dids.states.back_orders import BACK_ORDER, BackOrderStatus
from dids.states.documents import DOCUMENT, FILING, DocumentStatus
from dids.states.emergency import LOCATION, REGISTRATION, LocationStatus
from dids.states.features import CALLER_NAME, FeatureStatus
from dids.states.imports import IMPORT, ImportStatus
from dids.states.lifecycles import Lifecycle, Wait, rests
from dids.states.messaging import BRAND, CAMPAIGN, MESSAGING_ROUTE, NUMBER_CAMPAIGN, TOLL_FREE
from dids.states.numbers import BINDING, NUMBER, OFFER, BindingStatus, NumberStatus, OfferStatus
from dids.states.orders import (
    CARRIER_ORDER,
    LINE,
    ORDER,
    CarrierOrderStatus,
    LineStatus,
    OrderStatus,
)
from dids.states.releases import RELEASE, ReleaseStatus
from dids.states.searches import HOLD, SEARCH, HoldStatus, SearchStatus
from dids.states.tasks import TASK, TaskStatus

LIFECYCLES = (
    *(NUMBER, OFFER, BINDING, SEARCH, HOLD, ORDER, LINE, CARRIER_ORDER, RELEASE, TASK),
    *(AUDIT, FINDING, BACK_ORDER, IMPORT, CALLER_NAME),
    *(DOCUMENT, FILING, LOCATION, REGISTRATION),
    *(BRAND, CAMPAIGN, NUMBER_CAMPAIGN, TOLL_FREE, MESSAGING_ROUTE),
)

__all__ = [
    "AUDIT",
    "BACK_ORDER",
    "BINDING",
    "BRAND",
    "CALLER_NAME",
    "CAMPAIGN",
    "CARRIER_ORDER",
    "DOCUMENT",
    "FILING",
    "FINDING",
    "HOLD",
    "IMPORT",
    "LIFECYCLES",
    "LINE",
    "LOCATION",
    "MESSAGING_ROUTE",
    "NUMBER",
    "NUMBER_CAMPAIGN",
    "OFFER",
    "ORDER",
    "REGISTRATION",
    "RELEASE",
    "SEARCH",
    "TASK",
    "TOLL_FREE",
    "AuditStatus",
    "BackOrderStatus",
    "BindingStatus",
    "CarrierOrderStatus",
    "DocumentStatus",
    "FeatureStatus",
    "FindingStatus",
    "HoldStatus",
    "ImportStatus",
    "Lifecycle",
    "LineStatus",
    "LocationStatus",
    "NumberStatus",
    "OfferStatus",
    "OrderStatus",
    "ReleaseStatus",
    "SearchStatus",
    "TaskStatus",
    "Wait",
    "rests",
]
