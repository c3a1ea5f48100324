"""Every process of the portal itself: what is started, under which name, in which group."""

from __future__ import annotations

import socket
import sys
from dataclasses import dataclass
from functools import partial

from portal.supervisor.children import Spec
from portal.supervisor.folders import ROOT, Folders
from portal.supervisor.waiting import answers_tcp

POOL = "12"
"""Database connections for each process whose many threads mostly wait."""


@dataclass(frozen=True)
class Worker:
    """A Celery worker of its own, so that one kind of work never delays another."""

    name: str
    queue: str
    processes: int
    pool: str = "prefork"


WORKERS = (
    Worker("worker-default", "default", 2),
    Worker("worker-purchase", "purchase", 2),
    Worker("worker-pbx", "pbx", 1),
    # Searches wait for carriers, many at once; two processes, since one uses one core at most.
    Worker("worker-search-1", "search", 64, pool="threads"),
    Worker("worker-search-2", "search", 64, pool="threads"),
)


def worker(spec: Worker) -> Spec:
    """Describe a Celery worker for one queue."""
    return Spec(
        name=spec.name,
        command=[
            *(sys.executable, "-m", "celery", "-A", "portal", "worker"),
            *("--queues", spec.queue),
            *("--concurrency", str(spec.processes)),
            *("--pool", spec.pool),
            *("--hostname", f"{spec.name}@%h"),
            *("--loglevel", "WARNING"),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        ],
        group="workers",
        folder=ROOT,
        environment={"DATABASE_POOL": POOL} if spec.pool == "threads" else {},
        stop_seconds=15.0,
    )


def beat(folders: Folders) -> Spec:
    """Describe the one process that sends what is due by the clock."""
    return Spec(
        name="beat",
        command=[
            *(sys.executable, "-m", "celery", "-A", "portal", "beat"),
            *("--schedule", str(folders.run / "beat")),
            *("--pidfile", ""),
            *("--loglevel", "WARNING"),
        ],
        group="beat",
        folder=ROOT,
    )


def web(listener: socket.socket) -> Spec:
    """Describe the web server; it inherits the listening socket, so no port is ever lost."""
    host, port = listener.getsockname()
    return Spec(
        name="web",
        command=[
            *(sys.executable, "-m", "gunicorn", "portal.wsgi:application"),
            *("--bind", f"fd://{listener.fileno()}"),
            *("--workers", "2"),
            *("--worker-class", "gthread"),
            # Each stream of a search keeps one, and mostly waits.
            *("--threads", "96"),
            *("--keep-alive", "30"),
            *("--graceful-timeout", "5"),
            *("--no-control-socket",),
        ],
        group="web",
        folder=ROOT,
        environment={"DATABASE_POOL": POOL},
        keep=(listener.fileno(),),
        ready=partial(answers_http, host, port),
    )


def sandbox(port: int, folders: Folders) -> Spec:
    """Describe the carriers of the demo; what was bought there lasts as long as our data."""
    return Spec(
        name="sandbox",
        command=[
            *(sys.executable, "-m", "sandbox"),
            *("--host", "127.0.0.1", "--port", str(port)),
            *("--state", str(folders.data / "sandbox.sqlite")),
        ],
        group="sandbox",
        folder=ROOT,
        trusted=False,
        ready=partial(answers_tcp, "127.0.0.1", port),
    )


def answers_http(host: str, port: int) -> bool:
    """Tell whether a web server gives any answer; the socket alone listens from the start."""
    try:
        with socket.create_connection((host, port), timeout=1.0) as caller:
            caller.settimeout(10.0)
            caller.sendall(b"HEAD /livez HTTP/1.0\r\nHost: localhost\r\n\r\n")
            return caller.recv(12).startswith(b"HTTP/1.")
    except OSError:
        return False
