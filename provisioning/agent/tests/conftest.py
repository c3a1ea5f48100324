"""A router and its agent over a feed that the test publishes itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioning.agent.tests.publishing import (
    Door,
    Publisher,
    Stage,
    database,
    make_router,
    publish_basics,
)
from provisioning.pbx.kamailio import calls
from provisioning.pbx.kamailio import router as routers
from provisioning.pbx.kamailio.phones import Phones


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    """Give a database with an empty feed."""
    with database() as publisher:
        yield publisher


@pytest.fixture
def phones() -> Iterator[Phones]:
    """Give a target that answers."""
    with Phones() as phones:
        yield phones


@pytest.fixture
def other_phones() -> Iterator[Phones]:
    """Give a second target."""
    with Phones() as phones:
        yield phones


@pytest.fixture
def bare(publisher: Publisher, tmp_path: Path) -> Iterator[Stage]:
    """Give a stage on which nothing runs yet."""
    if lack := routers.missing() or calls.missing():
        pytest.skip(lack)
    router = make_router(tmp_path)
    stage = Stage(publisher, router, tmp_path, Door(publisher.dsn, tmp_path))
    yield stage
    stage.close()


@pytest.fixture
def stage(bare: Stage, phones: Phones) -> Stage:
    """Give a running router that knows its trunks and one target, fed by a running agent."""
    publish_basics(bare.publisher, phones)
    bare.start_router()
    bare.start_agent()
    bare.settle()
    return bare
