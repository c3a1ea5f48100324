"""An embedded Valkey (or Redis): broker and short-lived streams, reached by a socket only."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import redis

from portal.supervisor.binaries import Program, find_valkey
from portal.supervisor.children import Child, Spec
from portal.supervisor.elsewhere import runnable
from portal.supervisor.folders import Folders
from portal.supervisor.waiting import until_ready


@dataclass(frozen=True)
class Valkey:
    """A server with its data in a data folder."""

    folders: Folders
    program: Program
    data: Path
    socket: Path

    def child(self) -> Child:
        """Describe the server as a child."""
        command = [
            str(self.program.path),
            *("--port", "0"),
            *("--unixsocket", str(self.socket)),
            *("--unixsocketperm", "700"),
            *("--dir", str(self.data)),
            *("--save", ""),
            *("--appendonly", "no" if self.folders.throwaway else "yes"),
            *("--daemonize", "no"),
        ]
        spec = Spec(
            name="valkey",
            command=command,
            group="valkey",
            identity=self.folders.identity,
            folder=self.data,
            stop_signal=signal.SIGTERM,
            stop_seconds=15.0,
        )
        return Child(spec, self.folders)

    def wait(self, child: Child) -> None:
        """Wait until it answers."""
        until_ready(child, self._answers)

    def urls(self) -> Mapping[str, str]:
        """Give the environment that leads the portal here."""
        # One form that redis-py and Celery both read.
        return {"REDIS_URL": f"unix://{self.socket}?db=0"}

    def _answers(self) -> bool:
        client = redis.Redis(unix_socket_path=str(self.socket))
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()


def prepare_valkey(folders: Folders) -> Valkey:
    """
    Find the server and bring it within reach of its user.

    :raises UnableToRun: if there is none, or it does not work here
    """
    return Valkey(
        folders=folders,
        program=runnable(find_valkey(), folders),
        data=folders.for_store("valkey"),
        socket=folders.for_socket("valkey") / "valkey.sock",
    )
