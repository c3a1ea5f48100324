"""How an agent is told what to do."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """
    One agent: its login at the database, the file it owns, the router it feeds.

    `poll` is the longest time in seconds between two looks; a notification comes sooner. More than
    `bulk` waiting changes are not replayed: the tables are copied as a whole.
    """

    dsn: str
    file: Path
    rpc: Path
    own: Path | None = None
    poll: float = 1.0
    bulk: int = 20_000


def read(arguments: Sequence[str] | None, environment: Mapping[str, str] = os.environ) -> Options:
    """Read the command line; ``AGENT_DSN`` keeps the password out of the process list."""
    parser = argparse.ArgumentParser(prog="python -m provisioning.agent", description=__doc__)
    parser.add_argument("--dsn", default=environment.get("AGENT_DSN", ""), help="or AGENT_DSN")
    parser.add_argument("--file", type=Path, required=True, help="the router's SQLite file")
    parser.add_argument("--rpc", type=Path, required=True, help="the router's datagram socket")
    parser.add_argument("--own", type=Path, help="the agent's own socket, if not a nameless one")
    parser.add_argument("--poll", type=float, default=Options.poll)
    parser.add_argument("--bulk", type=int, default=Options.bulk)
    given = parser.parse_args(arguments)
    if not given.dsn:
        parser.error("The agent needs the login that enrol_node printed: --dsn or AGENT_DSN.")
    return Options(given.dsn, given.file, given.rpc, given.own, given.poll, given.bulk)
