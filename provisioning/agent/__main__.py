"""Run the agent of a router: ``python -m provisioning.agent --file ... --rpc ...``."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from types import FrameType

from provisioning.agent import options, running


def main() -> int:
    """Run until SIGTERM or SIGINT; both end it cleanly within a poll."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s agent: %(message)s")
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    try:
        running.run(options.read(None), stop)
    except running.AlreadyRunning as trouble:
        sys.stderr.write(f"{trouble}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
