from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal.tests.storms.market import Market, open_market
from portal.tests.storms.stage import staged


@pytest.fixture(scope="session")
def market() -> Iterator[Market]:
    """Bring up one portal for all storms."""
    with staged() as stage:
        yield open_market(stage)
