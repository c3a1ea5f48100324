"""What benchmarks share: a database of their own, quantiles, lines that appear at once."""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg
from django.core.management import call_command
from django.db import connections
from psycopg import sql


def say(text: str) -> None:
    """Print one line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def quantiles(seconds: Sequence[float]) -> dict[str, float]:
    """Give p50, p95 and p99 in milliseconds."""
    cuts = statistics.quantiles(seconds, n=100) if len(seconds) > 1 else [*seconds] * 99
    return {f"p{p}_ms": round(cuts[p - 1] * 1000, 2) for p in (50, 95, 99)}


@contextmanager
def database() -> Iterator[None]:
    """Make an empty, migrated database, and drop it in the end."""
    owner = connections["owner"].get_connection_params()
    wanted = {key: owner[key] for key in ("host", "port", "user", "password") if key in owner}
    name = f"{owner['dbname']}_bench_{os.getpid()}"
    with psycopg.connect(**wanted, dbname="postgres", autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        for alias in ("default", "owner"):
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = name
        try:
            call_command("migrate", database="owner", verbosity=0, skip_checks=True)
            yield
        finally:
            connections.close_all()
            # Not by force: that needs a right over each role that is still connected. PostgreSQL
            # waits some seconds for those that are about to go.
            server.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))
