"""What tests of the route layer stand on."""

from __future__ import annotations

import pytest

from accounts.tests.cast import Cast, make_cast
from provisioning.tests.scene import Scene, make_account, make_pbx, place


@pytest.fixture
def scene(cast: Cast) -> Scene:
    """Give a switch with the cast's tenant on it."""
    return _scene(cast)


@pytest.fixture
def committed(transactional_db: None) -> Scene:
    """Give the same, committed, for threads that meet."""
    return _scene(make_cast())


def _scene(cast: Cast) -> Scene:
    pbx = make_pbx()
    place(cast.tenant, pbx, domain="oak.pbx.example")
    return Scene(pbx, cast.tenant, make_account())
