"""Real stores for every test, a database for each worker, and closed doors elsewhere."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

# Each worker its own, although it inherits the environment of the process that started it: moments
# of one worker's tests must not meet the processes of another's.
os.environ["PAUSE_FOLDER"] = tempfile.mkdtemp(prefix="pauses-")
atexit.register(shutil.rmtree, os.environ["PAUSE_FOLDER"], ignore_errors=True)

pytest_plugins = [
    "portal.testing.stores",
    "portal.testing.standing",
    "portal.testing.tiers",
    "portal.testing.order",
    "portal.testing.thrift",
    "portal.testing.marks",
    "portal.testing.browser",
    "portal.testing.workers",
    "portal.testing.chance",
    "dids.tests.factories",
]
