"""A PostgreSQL of the test's own, which may be stopped without harm to anyone else."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from portal.supervisor.children import Child
from portal.supervisor.folders import Folders, throwaway_folder
from portal.supervisor.identity import store_identity
from portal.supervisor.passwords import read_or_make
from portal.supervisor.postgres import Postgres, prepare_postgres


class Cluster:
    """A server that is stopped and started again."""

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres
        self._child: Child | None = None

    @property
    def owner(self) -> str:
        """Give the way in for whoever makes databases."""
        return self._postgres.urls()["DATABASE_OWNER_URL"]

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        self._child = self._postgres.child()
        self._child.start()
        self._postgres.wait(self._child)

    def stop(self) -> None:
        """Stop it at once with all its sessions, as a crash would; it recovers when it starts."""
        if self._child is not None and self._child.process is not None:
            os.kill(self._child.pid, signal.SIGQUIT)
            self._child.process.wait(30)
            self._child.clear()
            self._child = None


@contextmanager
def own_cluster() -> Iterator[Cluster]:
    """Hold a running server, thrown away afterwards."""
    folders = Folders(throwaway_folder("feed"), store_identity(), throwaway=True)
    folders.prepare()
    try:
        cluster = Cluster(prepare_postgres(folders, read_or_make(folders.data / "secrets.json")))
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        folders.close()
