from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from dids.states import (
    BACK_ORDER,
    BINDING,
    CALLER_NAME,
    CARRIER_ORDER,
    DOCUMENT,
    FILING,
    IMPORT,
    LIFECYCLES,
    LINE,
    NUMBER,
    OFFER,
    ORDER,
    RELEASE,
    SEARCH,
    TASK,
    BackOrderStatus,
    BindingStatus,
    CarrierOrderStatus,
    DocumentStatus,
    FeatureStatus,
    ImportStatus,
    Lifecycle,
    LineStatus,
    NumberStatus,
    OfferStatus,
    OrderStatus,
    ReleaseStatus,
    SearchStatus,
    TaskStatus,
)
from dids.states_page import render
from dids.workflows import sweeps

every_lifecycle = pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=lambda one: one.title)


@every_lifecycle
def test_every_status_that_is_not_final_is_looked_after_or_rests(lifecycle: Lifecycle) -> None:
    assert set(lifecycle.waits) == lifecycle.edges.statuses - lifecycle.edges.final
    assert set(lifecycle.edges.stale_after) == set(lifecycle.waits)
    for status, wait in lifecycle.waits.items():
        if wait.stale_after is None:
            assert not wait.sweep, status
        else:
            assert callable(getattr(sweeps, wait.sweep)), status
            assert wait.who
        assert wait.then.endswith("."), status


@pytest.mark.parametrize(
    ("lifecycle", "statuses"),
    [
        (NUMBER, NumberStatus),
        (OFFER, OfferStatus),
        (BACK_ORDER, BackOrderStatus),
        (BINDING, BindingStatus),
        (SEARCH, SearchStatus),
        (ORDER, OrderStatus),
        (LINE, LineStatus),
        (CARRIER_ORDER, CarrierOrderStatus),
        (RELEASE, ReleaseStatus),
        (TASK, TaskStatus),
        (CALLER_NAME, FeatureStatus),
        (FILING, FeatureStatus),
        (DOCUMENT, DocumentStatus),
        (IMPORT, ImportStatus),
    ],
)
def test_every_status_stands_on_the_page(lifecycle: Lifecycle, statuses: type) -> None:
    assert lifecycle.edges.statuses == set(statuses.values)  # type: ignore[attr-defined]


def test_the_page_in_the_docs_is_the_one_in_the_code() -> None:
    page = Path(settings.BASE_DIR) / "docs" / "states.md"
    assert page.read_text() == render(), "Run manage.py states_page."
