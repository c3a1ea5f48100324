"""Long tests begin first: at the end, one would keep one worker while the other has nothing."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put them in front; the rest keeps its order."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
