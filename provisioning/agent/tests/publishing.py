"""A published feed, the door in front of it, an agent and a router: the stage of the wire tests."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import conninfo, sql

from provisioning.pbx.kamailio.memory import Memory, State
from provisioning.pbx.kamailio.phones import Phones
from provisioning.pbx.kamailio.router import Router, stop
from provisioning.pbx.kamailio.rpc import RouterAway, connected

_SQL = Path(__file__).with_name("feed.sql")
TRUNK = "127.0.1.10"
NATIONAL_TRUNK = "127.0.2.10"
E164_TRUNK = "127.0.4.10"
STRANGER = "127.0.3.10"


class NeverHappened(AssertionError):
    """What a test waited for did not come about in time."""


def eventually(holds: Callable[[], Any], *, seconds: float = 15.0) -> Any:
    """Wait until it holds; gives what it gave."""
    end = time.monotonic() + seconds
    while not (answer := holds()):
        if time.monotonic() > end:
            raise NeverHappened(getattr(holds, "__name__", repr(holds)))
        time.sleep(0.01)
    return answer


class Publisher:
    """Publishes by hand, as the owner of a database of its own."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.connect()

    def connect(self) -> None:
        """Connect, again after the server was gone."""
        self.connection = psycopg.connect(self.dsn, autocommit=True)

    def close(self) -> None:
        """Leave the database."""
        self.connection.close()

    def publish(self, table: str, changes: Mapping[str, str | None]) -> int:
        """Publish one version; gives its number."""
        row = self.connection.execute(
            "SELECT feed.publish(%s, %s, %s)", [table, list(changes), list(changes.values())]
        ).fetchone()
        assert row is not None
        return int(row[0])

    def acknowledged(self, table: str, version: int) -> bool:
        """Tell whether the agent has reported that version, ready."""
        row = self.connection.execute(
            "SELECT version = %s AND ready FROM feed.ack WHERE tbl = %s", [version, table]
        ).fetchone()
        return bool(row and row[0])

    def ack(self, table: str) -> tuple[Any, ...]:
        """Give version, rows, mode of the last report."""
        row = self.connection.execute(
            "SELECT version, rows, mode FROM feed.ack WHERE tbl = %s", [table]
        ).fetchone()
        return row or ()

    def prune(self, table: str) -> None:
        """Forget every change."""
        self.connection.execute("DELETE FROM feed.change WHERE tbl = %s", [table])
        self.connection.execute("UPDATE feed.head SET oldest = version + 1 WHERE tbl = %s", [table])


def prepare(owner: str) -> Publisher:
    """Make a database with an empty feed, as such an owner."""
    name = f"feed_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(owner, dbname="postgres", autocommit=True) as maintenance:
        maintenance.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    publisher = Publisher(conninfo.make_conninfo(owner, dbname=name))
    publisher.connection.execute(_SQL.read_bytes())
    return publisher


@contextlib.contextmanager
def database() -> Iterator[Publisher]:
    """Hold a database with the feed in it, thrown away afterwards."""
    owner = os.environ["DATABASE_OWNER_URL"]
    publisher = prepare(owner)
    name = publisher.connection.info.dbname
    try:
        yield publisher
    finally:
        publisher.close()
        with psycopg.connect(owner, dbname="postgres", autocommit=True) as maintenance:
            maintenance.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            )


class Door:
    """
    Stands between agent and database: shut, the database is gone for the agent.

    A server cannot be stopped under the other tests that share it; what the agent sees of a
    stopped one is the same: connections end, new ones are refused.
    """

    def __init__(self, dsn: str, folder: Path) -> None:
        known = conninfo.conninfo_to_dict(dsn)
        self._behind = (str(known.get("host", "")), str(known.get("port") or 5432))
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self._pairs: list[socket.socket] = []
        self.dsn = conninfo.make_conninfo(
            dsn,
            host="127.0.0.1",
            port=self._listener.getsockname()[1],
            sslmode="disable",
            gssencmode="disable",
        )
        self._listener.listen()
        self._open = threading.Event()
        self._open.set()
        self._over = False
        threading.Thread(target=self._serve, daemon=True).start()

    def shut(self) -> None:
        """Stop the database, as the agent sees it."""
        self._open.clear()
        for each in self._pairs:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self._pairs.clear()

    def open(self) -> None:
        """Start it again."""
        self._open.set()

    def close(self) -> None:
        """Take the door away."""
        self._over = True
        self.shut()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        while not self._over:
            try:
                inside, _ = self._listener.accept()
            except OSError:
                return
            if not self._open.is_set():
                inside.close()
                continue
            outside = self._connect()
            self._pairs += [inside, outside]
            for one, other in ((inside, outside), (outside, inside)):
                threading.Thread(target=_pump, args=(one, other), daemon=True).start()

    def _connect(self) -> socket.socket:
        host, port = self._behind
        if host.startswith("/"):
            outside = socket.socket(socket.AF_UNIX)
            outside.connect(f"{host}/.s.PGSQL.{port}")
            return outside
        return socket.create_connection((host or "127.0.0.1", int(port)))


def _pump(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := one.recv(65_536):
            other.sendall(data)
    for each in (one, other):
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
    one.close()


@dataclass
class Stage:
    """One router with its agent, both processes of their own; a door where a test has put one."""

    publisher: Publisher
    router: Router
    folder: Path
    door: Door | None = None
    bulk: int = 20_000
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def dsn(self) -> str:
        """Give the way of the agent to its database."""
        return self.publisher.dsn if self.door is None else self.door.dsn

    def cut_off(self) -> None:
        """Take the database away from the agent."""
        assert self.door is not None
        self.door.shut()

    def let_back(self) -> None:
        """Give the database back to the agent."""
        assert self.door is not None
        self.door.open()

    def start_router(self) -> None:
        """Start the router and wait until it speaks."""
        self.processes["router"] = self.router.start()
        self.router.wait_until_up()

    def start_agent(self) -> None:
        """Start the agent."""
        with (self.folder / "agent.log").open("ab") as log:
            self.processes["agent"] = subprocess.Popen(
                [
                    *(sys.executable, "-m", "provisioning.agent", "--poll", "0.5"),
                    *("--file", str(self.router.file), "--rpc", str(self.router.rpc)),
                    *("--bulk", str(self.bulk)),
                ],
                env={**os.environ, "AGENT_DSN": self.dsn},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def stop(self, what: str, *, kill: bool = False) -> None:
        """End router or agent."""
        process = self.processes.pop(what)
        if kill:
            process.kill() if what == "agent" else os.killpg(process.pid, 9)
            process.wait(10)
        else:
            stop(process)

    def state(self) -> State | None:
        """Ask the router what it holds."""
        try:
            with connected(self.router.rpc) as rpc:
                return Memory(rpc).state()
        except RouterAway:
            return None

    def publish(self, table: str, changes: Mapping[str, str | None]) -> int:
        """Publish and wait until the router has it."""
        version = self.publisher.publish(table, changes)
        eventually(lambda: self.publisher.acknowledged(table, version))
        return version

    def settle(self, *, seconds: float = 15.0) -> None:
        """Wait until every table is where its head is."""

        def settled() -> bool:
            heads = self.publisher.connection.execute("SELECT tbl, version FROM feed.head")
            return all(self.publisher.acknowledged(table, version) for table, version in heads)

        eventually(settled, seconds=seconds)

    def agent_log(self) -> str:
        """Give what the agent said."""
        return (self.folder / "agent.log").read_text()

    def close(self) -> None:
        """End everything."""
        for what in list(self.processes):
            self.stop(what)
        if self.door is not None:
            self.door.close()


def make_router(place: Path) -> Router:
    """Describe a router of few workers that runs in a folder below the place."""
    # It gives up root and must still reach its file.
    place.chmod(0o755)
    folder = place / "router"
    listen = f"udp:127.0.0.1:{free_port()}"
    return Router(listen, folder, folder / "routes.sqlite", workers=2, probe_seconds=1)


def free_port(host: str = "127.0.0.1") -> int:
    """Find a port that nobody uses now, neither by UDP nor by TCP."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
            udp.bind((host, 0))
            port = int(udp.getsockname()[1])
            # Somebody's TCP connection may have the same number.
            with contextlib.suppress(OSError):
                tcp.bind((host, port))
                return port


def publish_basics(publisher: Publisher, phones: Phones, *, authoritative: bool = True) -> None:
    """Publish three trunks, one target and how unknown numbers are met."""
    publisher.publish(
        "sources",
        {
            TRUNK: "PLUS_E164,,trunk-one",
            E164_TRUNK: "E164,,trunk-three",
            NATIONAL_TRUNK: "NATIONAL,44,trunk-two",
        },
    )
    publisher.publish("targets", {"20:1": f"{phones.uri},10,50"})
    publisher.publish("settings", {"authoritative": "1" if authoritative else "0"})
