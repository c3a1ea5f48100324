"""What races stand on."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from portal.tests.races.stage import Stage
from portal.tests.races.stage import stage as set_up


@pytest.fixture
def stage(transactional_db: None) -> Iterator[Stage]:
    """Give a stage on which every task runs where it is sent."""
    with set_up() as opened:
        yield opened


@pytest.fixture(autouse=True)
def nothing_swallowed(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """What is sent after a commit may fail without a word to the caller, but is logged."""
    yield
    errors = [
        record.getMessage()
        for phase in ("setup", "call")
        for record in caplog.get_records(phase)
        if record.levelno >= logging.ERROR
    ]
    assert errors == []
