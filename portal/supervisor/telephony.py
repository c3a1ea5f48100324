"""The demo's switch: two routers with their agents, and phones that answer every extension."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from portal.supervisor.children import Spec
from portal.supervisor.commands import manage
from portal.supervisor.folders import ROOT, make
from portal.supervisor.portal_run import PortalRun
from provisioning.pbx.kamailio import router as kamailio
from provisioning.pbx.kamailio.memory import Memory
from provisioning.pbx.kamailio.rpc import RouterAway, connected

HOST = "127.0.0.1"
ROUTER_PORT = 5060
PHONES_PORT = 5160
NAMES = ("router-1", "router-2")


@dataclass(frozen=True)
class DemoRouter:
    """One router of this machine, with the folder and file that it shares with its agent."""

    name: str
    port: int
    folder: Path
    file: Path

    @property
    def address(self) -> str:
        """Give host and port."""
        return f"{HOST}:{self.port}"

    @property
    def rpc(self) -> Path:
        """Give the socket through which its agent speaks to it."""
        return self.folder / "kamailio.sock"


def missing() -> str:
    """Say what this machine lacks to run routers; empty if nothing."""
    return kamailio.missing()


def routers(portal: PortalRun) -> list[DemoRouter]:
    """Choose ports and folders for the routers, the same ones as last time where possible."""
    folders = portal.run.folders
    # The router gives up root and must still reach its file; its agent puts new ones beside it.
    home = folders.stores / "routers"
    make(home, 0o711 if folders.identity.is_other else 0o700)
    return [
        DemoRouter(
            name=name,
            port=portal.ports.udp(name, first=ROUTER_PORT, host=HOST),
            folder=folders.runtime / name,
            file=home / f"{name}.sqlite",
        )
        for name in NAMES
    ]


def phones_port(portal: PortalRun) -> int:
    """Choose the port of the phones, last time's where possible."""
    return portal.ports.udp("phones", first=PHONES_PORT, host=HOST)


def moved(portal: PortalRun) -> list[str]:
    """Name the routers whose port of last time was taken: the carriers know the old one."""
    return [name for name in NAMES if name in portal.ports.moved]


def start_phones(portal: PortalRun, port: int) -> None:
    """Start the machine that answers every extension."""
    portal.ports.let_go("phones")
    portal.run.start(
        Spec(
            name="phones",
            command=[
                *(sys.executable, "-m", "provisioning.pbx.kamailio.phones"),
                *("--host", HOST, "--port", str(port)),
            ],
            group="targets",
            folder=ROOT,
            trusted=False,
        )
    )


def start_router(portal: PortalRun, router: DemoRouter, *, pbx: str) -> None:
    """Enrol a router with its present address, start it and then its agent."""
    dsn = manage(
        portal.run, "enrol_node", pbx, router.name, "--address", f"sip:{router.address}"
    ).split("\n")[0]
    portal.ports.let_go(router.name)
    portal.run.start(
        Spec(
            name=router.name,
            command=[
                *(sys.executable, "-m", "provisioning.pbx.kamailio", "run"),
                *("--listen", f"udp:{router.address}"),
                *("--folder", str(router.folder), "--file", str(router.file)),
                *("--workers", "2", "--memory", "128", "--private", "64"),
            ],
            group="routers",
            folder=ROOT,
            trusted=False,
            ready=answers(router.rpc),
        )
    )
    portal.run.start(
        Spec(
            name=f"agent-{router.name}",
            command=[
                *(sys.executable, "-m", "provisioning.agent"),
                *("--file", str(router.file), "--rpc", str(router.rpc)),
            ],
            group="agents",
            folder=ROOT,
            trusted=False,
            environment={"AGENT_DSN": dsn},
        )
    )


def answers(rpc: Path) -> Callable[[], bool]:
    """Give a look that tells whether a router answers its agent's line."""

    def look() -> bool:
        try:
            with connected(rpc) as line:
                Memory(line).state()
        except RouterAway:
            return False
        return True

    return look
