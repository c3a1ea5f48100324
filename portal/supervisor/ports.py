"""Ports that are free now, the ones used last time first."""

from __future__ import annotations

import errno
import json
import secrets
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
        if _is_taken_by_name(port):
            continue
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


def _is_taken_by_name(port: int) -> bool:
    """Tell whether somebody else listens where browsers look for localhost first, by IPv6."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("::1", port))
    except OSError as trouble:
        # A machine without IPv6 says something else.
        return trouble.errno == errno.EADDRINUSE
    return False


def hold(port: int, *, host: str, kind: socket.SocketKind) -> socket.socket | None:
    """Bind a port so that nobody else takes it; None if somebody has."""
    holder = socket.socket(socket.AF_INET, kind)
    if kind == socket.SOCK_STREAM:
        # As servers do, so that the rests of closed connections are no hindrance.
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        holder.bind((host, port))
    except OSError:
        holder.close()
        return None
    return holder


class RememberedPorts:
    """
    Ports by name, kept in the data folder: carriers and nodes are told them once.

    A chosen port is held until `let_go`, which is called just before its user starts: another run
    on this machine may be choosing at the same moment.
    """

    def __init__(self, path: Path, *, scattered: bool = False) -> None:
        self.path = path
        self.known: dict[str, int] = json.loads(path.read_text()) if path.is_file() else {}
        self.moved: list[str] = []
        """Names whose port was taken; the old one stays known, since others were told that one."""
        # Throwaway runs keep away from the ports that a server would choose, and from each other.
        self.offset = secrets.randbelow(200) * 50 + 15_000 if scattered else 0
        self._held: dict[str, socket.socket] = {}
        self._chosen: dict[str, int] = {}

    def tcp(self, name: str, *, first: int, host: str = "127.0.0.1") -> int:
        """Give last time's port for this name if it is free, else another one."""
        return self._port(name, first=first, host=host, kind=socket.SOCK_STREAM)

    def udp(self, name: str, *, first: int, host: str = "127.0.0.1") -> int:
        """Give last time's port for this name if it is free, else another one."""
        return self._port(name, first=first, host=host, kind=socket.SOCK_DGRAM)

    def let_go(self, name: str) -> None:
        """Free a port for the one who is started next."""
        if name in self._held:
            self._held.pop(name).close()

    def close(self) -> None:
        """Free whatever is still held."""
        for name in list(self._held):
            self.let_go(name)

    def _port(self, name: str, *, first: int, host: str, kind: socket.SocketKind) -> int:
        self.let_go(name)
        taken = {
            port for other, port in [*self.known.items(), *self._chosen.items()] if other != name
        }
        before = [self.known[name]] if name in self.known else []
        port: int
        for port in (*before, *range(first + self.offset, LAST_PORT)):
            holder = None if port in taken else hold(port, host=host, kind=kind)
            if holder is not None:
                self._held[name] = holder
                self._remember(name, port)
                return port
        raise UnableToRun(f"No port from {first} upwards is free on {host} for {name}.")

    def _remember(self, name: str, port: int) -> None:
        self._chosen[name] = port
        if name not in self.known:
            self.known[name] = port
            write_private(self.path, json.dumps(self.known, indent=1) + "\n")
        elif self.known[name] != port:
            self.moved.append(name)
