"""
The world of the tests of pages and API, made once for a test worker and not for each test.

It stands in a database of its own. A test that asks for `world` works there, gets objects that
nobody else has, and what it changes is undone as ever; one that commits works in a copy. What a
search found is not for sale for ever, so the world is made anew now and then.
"""

from __future__ import annotations

import pickle
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from portal.testing import stores

if TYPE_CHECKING:
    from portal.tests.api.world import World

LASTS = 240.0
_COMMITS = {"transactional_db", "live_server"}


@dataclass
class _Standing:
    made_at: float = 0.0
    kept: bytes = b""

    @property
    def is_fresh(self) -> bool:
        return bool(self.kept) and time.monotonic() - self.made_at < LASTS


_STANDING = _Standing()


@pytest.fixture
def _right_database(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> None:
    if "world" not in request.fixturenames:
        stores.use(stores.clone_name())
        return
    with django_db_blocker.unblock():
        if not _STANDING.is_fresh:
            _make()
        if _commits(request):
            stores.make_clone(stores.clone_name(), of=stores.clone_name(stores.STANDING))
        else:
            stores.use(stores.clone_name(stores.STANDING))


@pytest.fixture
def _django_db_helper(_right_database: None, _django_db_helper: None) -> None:
    """Open the database for a test, as pytest-django does it, once the right one is chosen."""


@pytest.fixture
def world(db: None) -> World:
    """Give one of everything."""
    made: World = pickle.loads(_STANDING.kept)  # noqa: S301 -- our own, of this process
    return made


def _commits(request: pytest.FixtureRequest) -> bool:
    mark = request.node.get_closest_marker("django_db")
    return bool(_COMMITS & {*request.fixturenames} or (mark and mark.kwargs.get("transaction")))


def _make() -> None:
    from accounts.tests.cast import make_cast
    from portal.tests.api.world import make_world

    stores.make_clone(stores.clone_name(stores.STANDING))
    with transaction.atomic():
        made = make_world(make_cast())
        # Nobody works on it: as in a test, whose work is undone before any of this happens.
        connection.run_on_commit.clear()
    _STANDING.kept, _STANDING.made_at = pickle.dumps(made), time.monotonic()
