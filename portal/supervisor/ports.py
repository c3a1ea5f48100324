"""Ports that are free now, the ones used last time first."""

from __future__ import annotations

import json
import socket
from pathlib import Path

from portal.supervisor.errors import UnableToRun
from portal.supervisor.passwords import write_private

LAST_PORT = 65_535


def listen_from(first: int, *, host: str) -> socket.socket:
    """
    Open a listening socket at the first free port; handed to the web server as it is.

    :raises UnableToRun: if no port is free
    """
    for port in range(first, LAST_PORT):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(128)
        except OSError:
            listener.close()
            continue
        return listener
    raise UnableToRun(f"No TCP port from {first} upwards is free on {host}.")


def is_free(port: int, *, host: str, kind: socket.SocketKind) -> bool:
    """Tell whether a port can be bound now."""
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind == socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


class RememberedPorts:
    """Ports by name, kept in the data folder: carriers and nodes are told them once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.known: dict[str, int] = json.loads(path.read_text()) if path.is_file() else {}

    def tcp(self, name: str, *, first: int, host: str = "127.0.0.1") -> int:
        """Give last time's port for this name if it is free, else another one."""
        return self._port(name, first=first, host=host, kind=socket.SOCK_STREAM)

    def udp(self, name: str, *, first: int, host: str = "127.0.0.1") -> int:
        """Give last time's port for this name if it is free, else another one."""
        return self._port(name, first=first, host=host, kind=socket.SOCK_DGRAM)

    def remember(self, name: str, port: int) -> None:
        """Keep a port for the next run."""
        if self.known.get(name) != port:
            self.known[name] = port
            write_private(self.path, json.dumps(self.known, indent=1) + "\n")

    def _port(self, name: str, *, first: int, host: str, kind: socket.SocketKind) -> int:
        taken = {port for other, port in self.known.items() if other != name}
        before = [self.known[name]] if name in self.known else []
        port: int
        for port in (*before, *range(first, LAST_PORT)):
            if port not in taken and is_free(port, host=host, kind=kind):
                self.remember(name, port)
                return port
        raise UnableToRun(f"No port from {first} upwards is free on {host} for {name}.")
