"""`script/server`: the whole portal with demo data in one terminal."""

from __future__ import annotations

import time

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
    began = time.monotonic()
    with Supervisor(Folders(data_folder(), store_identity())) as run:
        portal = open_portal(run, host=host, first_port=first_port, demo=not empty)
        try:
            say(f"Data folder: {run.folders.data}")
            portal.start_stores()
            say(f"Stores and tables are ready after {time.monotonic() - began:.1f} s.")
            if not empty:
                portal.start_sandbox()
            portal.start_portal()
            tell(portal, began)
            run.watch()
        except Stopped:
            say("\nStopping: workers, beat, web, agents, routers, sandbox, Valkey, PostgreSQL.")
            run.stop()
            say("Stopped.")
        except UnableToRun:
            say("Stopping everything.")
            raise
        finally:
            portal.listener.close()
    return 0


def tell(portal: PortalRun, began: float) -> None:
    """Say where the portal is and how to get in."""
    say(f"The portal answers at {portal.url} after {time.monotonic() - began:.1f} s.")
    say("Ctrl-C stops everything; the data stays.")
