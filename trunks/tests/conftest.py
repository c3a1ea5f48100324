"""What the tests of this app share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import stamina

from trunks.http import READ_ATTEMPTS
from trunks.tests.carriers.sandbox import CarrierSandbox, sandboxed


@pytest.fixture(autouse=True)
def without_pauses() -> Iterator[None]:
    """Repeat reads as often as ever, but without waiting in between."""
    with stamina.set_testing(True, attempts=READ_ATTEMPTS):
        yield


@pytest.fixture
def carriers() -> Iterator[CarrierSandbox]:
    """Have every carrier account speak to a fresh sandbox."""
    with sandboxed() as sandbox:
        yield sandbox
