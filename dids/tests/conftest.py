"""This app alone: whoever listens to its signal from above is not asked in its own tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.tests.cast import Cast
from dids.signals import routing_changed
from dids.tests.carrier import Heard, Shop, shop


@pytest.fixture
def market(cast: Cast, settings: Any) -> Iterator[Shop]:
    """Open the carriers, with short times."""
    settings.PURCHASE_GRACE_SECONDS = 1.0
    settings.PURCHASE_DEADLINE_SECONDS = 1.0
    with shop() as opened:
        yield opened


@pytest.fixture(autouse=True)
def heard() -> Iterator[Heard]:
    """Listen to the routing signal instead of the layers above; gives what was heard."""
    above, routing_changed.receivers = routing_changed.receivers, []
    routing_changed.sender_receivers_cache.clear()
    listener = Heard()
    routing_changed.connect(listener)
    yield listener
    routing_changed.receivers = above
    routing_changed.sender_receivers_cache.clear()
