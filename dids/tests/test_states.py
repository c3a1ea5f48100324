from __future__ import annotations

from contextlib import nullcontext, suppress
from itertools import permutations
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, transaction

from dids import due
from dids.models import PhoneNumber
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
from dids.tests.factories import NOW, make_number
from dids.workflows import sweeps

every_lifecycle = pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=lambda one: one.title)

DONE_BY_THE_SWEEP = {
    *("end_offers", "end_quarantines", "end_searches", "discard_drafts", "discard_imports"),
    *("filings", "close_tasks", "return_tasks"),
}
"""Sweeps that nudge no worker: they do it themselves, so many at a time."""


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


def test_what_waits_for_a_worker_is_watched_whatever_its_kind() -> None:
    declared = {wait.sweep for one in LIFECYCLES for wait in one.waits.values()} - {""}
    timed = {
        model
        for model in apps.get_app_config("dids").get_models()
        if any(field.name == "next_attempt_at" for field in model._meta.fields)
    }

    assert declared - set(due.NUDGED) == DONE_BY_THE_SWEEP
    assert set(due.NUDGED) <= declared
    assert {rows.model for kind in due.NUDGED.values() for rows in kind()} == timed


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


@pytest.mark.django_db
def test_the_database_holds_to_the_ends_of_numbers_that_the_page_declares() -> None:
    row = PhoneNumber.objects.filter(pk=make_number(status=NumberStatus.AVAILABLE).pk)

    def become(status: str) -> None:
        rests_until = NOW if status == NumberStatus.QUARANTINE else None
        row.update(status=status, quarantine_until=rests_until)

    for start, end in permutations(NumberStatus.values, 2):
        with suppress(_Undone), transaction.atomic():
            become(start)
            is_over = start in NUMBER.edges.final
            refused = pytest.raises(IntegrityError, match=f"{start} is final")
            with refused if is_over else nullcontext(), transaction.atomic():
                become(end)
            raise _Undone


class _Undone(Exception):
    """The number is as it was."""
