"""What the tests in a browser stand on."""

from __future__ import annotations

import pytest

from accounts.tests.cast import Cast
from portal.tests.api.world import World, make_world


@pytest.fixture
def world(cast: Cast) -> World:
    """Give one of everything."""
    return make_world(cast)
