"""
What many tests begin with, made once for a test worker and not for each test: the cast, and the
world of the tests of pages and API, which has a cast of its own.

Each stands in a database of its own. A test that asks for one works there, gets objects that nobody
else has, and what it changes is undone as ever; one that commits works in a copy. What a search
found is not for sale for ever, so all is made anew now and then.
"""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from accounts.tests.cast import Cast, make_cast
from portal.testing import stores
from trunks import pacing

if TYPE_CHECKING:
    from portal.tests.api.world import World
    from trunks.models import CarrierAccount

LASTS = 240.0
_COMMITS = {"transactional_db", "live_server"}


@dataclass
class _Standing:
    made_at: float = 0.0
    kept: bytes = b""

    @property
    def is_fresh(self) -> bool:
        return bool(self.kept) and time.monotonic() - self.made_at < LASTS


def _make_world() -> World:
    from portal.tests.api.world import make_world

    return make_world(make_cast())


_MAKERS: dict[str, Callable[[], Any]] = {"world": _make_world, "cast": make_cast}
"""By the fixture; who asks for both gets the cast of the world."""
_STANDING = {kind: _Standing() for kind in _MAKERS}


@pytest.fixture
def _right_database(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> None:
    kind = next((kind for kind in _MAKERS if kind in request.fixturenames), "")
    if not kind:
        stores.use(stores.clone_name())
        return
    with django_db_blocker.unblock():
        if not _STANDING[kind].is_fresh:
            _make(kind)
        if _commits(request):
            stores.make_clone(stores.clone_name(), of=stores.clone_name(kind))
        else:
            stores.use(stores.clone_name(kind))


@pytest.fixture
def _django_db_helper(_right_database: None, _django_db_helper: None) -> None:
    """Open the database for a test, as pytest-django does it, once the right one is chosen."""


@pytest.fixture
def world(db: None) -> World:
    """Give one of everything."""
    made: World = _copy("world")
    return made


@pytest.fixture
def silent(world: World) -> Iterator[CarrierAccount]:
    """Have the world's carrier account not answer; Redis outlives the test, so it does again."""
    for _ in range(pacing.FAILURES_TO_OPEN):
        pacing.note_failure(world.account)
    yield world.account
    pacing.forget(world.account)


@pytest.fixture
def cast(request: pytest.FixtureRequest, db: None) -> Cast:
    """Give the standing cast; in a test that commits, mark it with transaction=True as usual."""
    if "world" in request.fixturenames:
        told: Cast = request.getfixturevalue("world").cast
        return told
    made: Cast = _copy("cast")
    return made


def _copy(kind: str) -> Any:
    return pickle.loads(_STANDING[kind].kept)  # noqa: S301 -- our own, of this process


def _commits(request: pytest.FixtureRequest) -> bool:
    mark = request.node.get_closest_marker("django_db")
    return bool(_COMMITS & {*request.fixturenames} or (mark and mark.kwargs.get("transaction")))


def _make(kind: str) -> None:
    stores.make_clone(stores.clone_name(kind))
    with transaction.atomic():
        made = _MAKERS[kind]()
        # Nobody works on it: as in a test, whose work is undone before any of this happens.
        connection.run_on_commit.clear()
    standing = _STANDING[kind]
    standing.kept, standing.made_at = pickle.dumps(made), time.monotonic()
