"""Real stores for every test, a database for each worker, and closed doors elsewhere."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("PAUSE_FOLDER", tempfile.mkdtemp(prefix="pauses-"))

pytest_plugins = [
    "portal.testing.stores",
    "portal.testing.tiers",
    "portal.testing.browser",
    "accounts.tests.cast",
]
