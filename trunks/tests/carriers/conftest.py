"""What tests of adapters share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from trunks.tests.carriers.sandbox import CarrierSandbox


@pytest.fixture
def sandbox() -> Iterator[CarrierSandbox]:
    """Give a sandbox of all carriers."""
    opened = CarrierSandbox()
    yield opened
    opened.close()
