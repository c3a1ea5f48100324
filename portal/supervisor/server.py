"""`script/server`: the whole portal with demo data in one terminal."""

from __future__ import annotations

import json
import time

from portal.demo.names import PBX
from portal.supervisor import telephony
from portal.supervisor.commands import manage
from portal.supervisor.errors import UnableToRun
from portal.supervisor.folders import Folders, data_folder
from portal.supervisor.identity import store_identity
from portal.supervisor.portal_run import PortalRun, open_portal
from portal.supervisor.run import Stopped, Supervisor
from portal.supervisor.say import say


def serve(*, host: str, first_port: int, empty: bool) -> int:
    """
    Run the portal until Ctrl-C; gives the exit status.

    :raises UnableToRun: if something a person must mend is missing, or a part keeps ending
    """
    with Supervisor(Folders(data_folder(), store_identity())) as run:
        try:
            with open_portal(run, host=host, first_port=first_port, demo=not empty) as portal:
                start(portal, empty=empty)
                run.watch()
        except Stopped:
            say("\nStopping: workers, beat, web, agents, routers, sandbox, Valkey, PostgreSQL.")
            run.stop()
            say("Stopped.")
        except UnableToRun:
            say("Stopping everything.")
            raise
    return 0


def start(portal: PortalRun, *, empty: bool) -> None:
    """Start everything in order and say what there is."""
    began = time.monotonic()
    say(f"Data folder: {portal.run.folders.data}")
    portal.start_stores()
    say(f"Stores and tables are ready after {time.monotonic() - began:.1f} s.")
    if not empty:
        portal.start_sandbox()
    portal.start_portal()
    if not empty:
        start_demo(portal)
    say(f"The portal answers at {portal.url} after {time.monotonic() - began:.1f} s.")
    if not empty:
        tell_demo(portal)
    say(f"Logs: {portal.run.folders.logs}")
    say("Ctrl-C stops everything; the data stays.")


def start_demo(portal: PortalRun) -> None:
    """Make the demo data and start the switch where Kamailio is installed."""
    routers, phones = telephony.routers(portal), telephony.phones_port(portal)
    places = [part for router in routers for part in ("--router", router.address)]
    folder = portal.run.folders.data
    made = manage(
        portal.run,
        "demo",
        *("--folder", str(folder), "--sandbox", portal.sandbox_url),
        *("--phones", f"{telephony.HOST}:{phones}", *places),
    )
    say(f"Demo data: {made.strip()}")
    lack = telephony.missing()
    if lack:
        say(f"No routers were started: {lack}")
        return
    telephony.start_phones(portal, phones)
    for router in routers:
        telephony.start_router(portal, router, pbx=PBX)
    if telephony.moved(portal):
        say(
            "Another program has taken the port of a router. The demo's carriers still deliver to "
            "the old one; stop that program and start again, or use an empty data folder."
        )
    say(f"Routers take calls at {', '.join(router.address for router in routers)}.")


def tell_demo(portal: PortalRun) -> None:
    """Write sign-ins and tokens to the terminal; both are in the data folder too."""
    folder = portal.run.folders.data
    signing_in = json.loads((folder / "sign-ins.json").read_text())
    say(f"\nSign in with the password {signing_in['password']} as")
    for person in signing_in["people"]:
        say(f"  {person['email']:<28} {person['role'].lower()} of {person['organization']}")
    say("\nAPI tokens (Authorization: Bearer ...)")
    for name, token in json.loads((folder / "tokens.json").read_text()).items():
        say(f"  {name:<14} {token}")
    say(f"\nSandbox carriers: {portal.sandbox_url}/_control/accounts")
    say(f"Demo mail:        {portal.url}/demo/mail/")
