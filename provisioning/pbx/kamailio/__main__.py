"""Run a router: ``python -m provisioning.pbx.kamailio run --listen udp:127.0.0.1:5060 ...``."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import NoReturn

from provisioning.pbx.kamailio import listening, mark
from provisioning.pbx.kamailio.file import prepare
from provisioning.pbx.kamailio.router import NotInstalled, Router


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says."""
    given = _parser().parse_args(arguments)
    try:
        _do(given)
    except (NotInstalled, listening.AddressTaken) as lack:
        sys.stderr.write(f"{lack}\n")
        return 1
    return 0


def _do(given: argparse.Namespace) -> None:
    if given.what == "prepare":
        whole = prepare(given.file)
        given.folder.mkdir(parents=True, exist_ok=True)
        mark.prepare(given.folder, given.file)
        sys.stdout.write("The file is whole.\n" if whole else "An empty file was written.\n")
        return
    folder: Path = given.folder
    router = Router(
        given.listen,
        folder,
        given.file or folder / "routes.sqlite",
        workers=given.workers,
        probe_seconds=given.probe_seconds,
        memory=given.memory,
        private=given.private,
    )
    if given.what == "command":
        sys.stdout.write(shlex.join(router.command()) + "\n")
        return
    router.prepare()
    if given.operator is not None:
        shutil.copyfile(given.operator, folder / "operator.cfg")
    taken = listening.take(given.listen)
    taken.set_inheritable(True)
    os.chdir(folder)
    _become(router.command())


def _become(command: list[str]) -> NoReturn:
    os.execv(command[0], command)  # noqa: S606


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m provisioning.pbx.kamailio")
    what = parser.add_subparsers(dest="what", required=True)
    for name, purpose in (("run", "become a router"), ("command", "print its command line")):
        each = what.add_parser(name, help=purpose)
        each.add_argument("--listen", required=True, help="such as udp:127.0.0.1:5060")
        each.add_argument("--folder", type=Path, required=True, help="for its sockets and files")
        each.add_argument("--file", type=Path, help="its tables; routes.sqlite in the folder")
        each.add_argument("--operator", type=Path, help="a file with route[OPERATOR]")
        each.add_argument("--workers", type=int, default=4)
        each.add_argument("--probe-seconds", type=int, default=2)
        each.add_argument("--memory", type=int, default=1024, help="shared, in megabytes")
        each.add_argument("--private", type=int, default=512, help="of each process, in megabytes")
    place = what.add_parser("prepare", help="make file and secret that a router can start from")
    place.add_argument("--folder", type=Path, required=True, help="where the router will run")
    place.add_argument("--file", type=Path, required=True)
    return parser


if __name__ == "__main__":
    sys.exit(main())
