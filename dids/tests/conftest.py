"""This app alone: whoever listens to its signal from above is not asked in its own tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dids.signals import routing_changed
from dids.tests.carrier import Heard


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
