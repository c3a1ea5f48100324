"""`python -m portal.supervisor server`, or `stores -- command ...` to run it beside own stores."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence

from portal.supervisor.errors import UnableToRun
from portal.supervisor.folders import Folders, throwaway_folder
from portal.supervisor.identity import store_identity
from portal.supervisor.run import LOOK_SECONDS, Stopped, Supervisor, refuse_windows
from portal.supervisor.say import complain

INTERRUPTED = 130


def main(arguments: Sequence[str]) -> int:
    """Run one of the commands and give the exit status."""
    parser = argparse.ArgumentParser(prog="python -m portal.supervisor")
    commands = parser.add_subparsers(dest="command", required=True)
    server = commands.add_parser("server", help="run the portal with demo data")
    server.add_argument("--port", type=int, default=8000, help="first web port to try")
    server.add_argument("--host", default="127.0.0.1", help="address to listen on")
    server.add_argument("--empty", action="store_true", help="no demo data, carriers or routers")
    stores = commands.add_parser("stores", help="run a command beside throwaway stores")
    stores.add_argument("program", nargs=argparse.REMAINDER)
    wanted = parser.parse_args(arguments)
    try:
        refuse_windows()
        if wanted.command == "stores":
            return beside_stores(wanted.program[wanted.program[:1] == ["--"] :])
        # Only here, since the server is by far the longest story.
        from portal.supervisor.server import serve

        return serve(host=wanted.host, first_port=wanted.port, empty=wanted.empty)
    except UnableToRun as trouble:
        complain(str(trouble))
        return 1
    except Stopped:
        return INTERRUPTED


def beside_stores(command: Sequence[str]) -> int:
    """Run a command with stores of its own, gone when it ends; gives its exit status."""
    with Supervisor(Folders(throwaway_folder("stores"), store_identity(), throwaway=True)) as run:
        run.start_stores()
        program = subprocess.Popen(command, env={**os.environ, **run.environment})
        try:
            while program.poll() is None:
                run.look()
                time.sleep(LOOK_SECONDS)
        finally:
            if program.poll() is None:
                program.terminate()
                program.wait()
        return program.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
