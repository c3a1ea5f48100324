"""The portal as one supervisor run: what server and journey have in common."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from portal.supervisor import roster
from portal.supervisor.commands import manage
from portal.supervisor.ports import RememberedPorts, listen_from
from portal.supervisor.run import Supervisor
from portal.supervisor.waiting import until_ready

SANDBOX_PORT = 9100
LOCAL = ("127.0.0.1", "0.0.0.0")  # noqa: S104
"""Where what listens is reached as localhost."""


@dataclass
class PortalRun:
    """The steps from an empty data folder to a portal that works."""

    run: Supervisor
    listener: socket.socket
    ports: RememberedPorts
    sandbox_url: str = ""

    @property
    def url(self) -> str:
        """
        Give the address at which the portal answers on this machine.

        By name where that is possible: browsers give passkeys to names alone, and without https
        to this one only.
        """
        host, port = self.listener.getsockname()
        return f"http://{'localhost' if host in LOCAL else host}:{port}"

    def start_stores(self) -> None:
        """Start the stores and bring the tables up to date, as their owner."""
        self.run.start_stores()
        manage(self.run, "migrate", "--database", "owner", "--noinput", "--verbosity", "0")
        manage(self.run, "collectstatic", "--noinput", "--verbosity", "0")

    def start_sandbox(self) -> None:
        """Start the carriers of the demo, at last time's port if that is free."""
        port = self.ports.tcp("sandbox", first=SANDBOX_PORT)
        self.ports.let_go("sandbox")
        self.run.start(roster.sandbox(port, self.run.folders))
        self.sandbox_url = f"http://127.0.0.1:{port}"

    def start_portal(self) -> None:
        """Start web, workers and beat at once and wait until the web answers."""
        web = roster.web(self.listener)
        ready, web.ready = web.ready, None
        child = self.run.start(web)
        for worker in roster.WORKERS:
            self.run.start(roster.worker(worker))
        self.run.start(roster.beat(self.run.folders))
        if ready is not None:
            until_ready(child, ready, look=self.run.look)
        for known in self.run.children:
            known.note()


@contextmanager
def open_portal(run: Supervisor, *, host: str, first_port: int, demo: bool) -> Iterator[PortalRun]:
    """Hold a free web port and put the portal's settings into the run's environment."""
    folders = run.folders
    ports = RememberedPorts(folders.data / "ports.json", scattered=folders.throwaway)
    with closing(ports), listen_from(first_port, host=host) as listener:
        yield _configured(PortalRun(run, listener, ports), host=host, demo=demo)


def _configured(portal: PortalRun, *, host: str, demo: bool) -> PortalRun:
    run = portal.run
    run.environment |= {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "SECRET_KEY": run.passwords.secret_key,
        "FIELD_KEYS": run.passwords.field_key,
        "PUBLIC_URL": portal.url,
        "ALLOWED_HOSTS": "*" if host == "0.0.0.0" else "localhost,127.0.0.1",  # noqa: S104
        "STATIC_ROOT": str(run.folders.data / "static"),
        "DOCUMENTS_DIR": str(run.folders.data / "documents"),
        "PYTHONUNBUFFERED": "1",
        **({"DEMO": "1"} if demo else {}),
    }
    return portal
