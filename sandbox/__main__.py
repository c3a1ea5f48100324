"""`python -m sandbox`: the practice carriers as a server of their own."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from sandbox.app import SEED, create_app
from sandbox.registry import DEMO_ACCOUNTS
from sandbox.server import Server


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C."""
    wish = _parse(arguments)
    app = create_app(seed=wish.seed, order_seconds=wish.order_seconds, state=wish.state)
    server = Server((wish.host, wish.port), app)

    def stop(*_: object) -> None:
        # shutdown() waits for the serving loop, which is the very thread that got the signal.
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    if wish.port_file:
        _write_whole(wish.port_file, str(server.server_address[1]))
    _introduce(server.url)
    try:
        server.serve_forever(poll_interval=0.05)
    finally:
        server.server_close()
        app.close()
    return 0


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8100, help="0 takes any free port")
    parser.add_argument("--port-file", type=Path, help="where to write the port taken")
    parser.add_argument("--state", type=Path, help="a file that keeps what was bought")
    parser.add_argument("--seed", type=int, default=SEED, help="decides the order of the offers")
    parser.add_argument(
        "--order-seconds", type=float, help="how long Telnyx works on an order (default 0.3)"
    )
    return parser.parse_args(arguments)


def _write_whole(file: Path, text: str) -> None:
    # Whoever waits for the file must never read half of it.
    part = file.with_name(f"{file.name}.part")
    part.write_text(text)
    part.replace(file)


def _introduce(url: str) -> None:
    lines = [f"Sandbox carriers at {url}, control at {url}/_control/"]
    for slug, credentials in DEMO_ACCOUNTS.items():
        words = ", ".join(f"{name} {value}" for name, value in credentials.items())
        lines.append(f"  {slug}: base URL {url}/{slug}, {words}")
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
