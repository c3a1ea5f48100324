"""Calls at a steady rate to numbers whose routes all move, whatever is done meanwhile."""

from __future__ import annotations

import contextlib
import csv
import re
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from provisioning.agent.tests.cluster import Cluster, own_cluster
from provisioning.agent.tests.publishing import (
    TRUNK,
    Stage,
    eventually,
    free_port,
    make_router,
    prepare,
    publish_basics,
)
from provisioning.pbx.kamailio import calls
from provisioning.pbx.kamailio.phones import Phones, Rang
from provisioning.pbx.kamailio.rpc import connected

RATE = 50
"""Calls a second."""
NUMBERS = [f"999{n:08}" for n in range(1_000)]
ENDLESS = 1_000_000
MANY = 100_000
FURTHER = 25
"""So many calls are begun while a fault lasts, at least."""
SCENARIO = Path(calls.__file__).with_name("scenarios") / "caller.xml"
_TO_WALL = time.time() - time.monotonic()


@dataclass(frozen=True)
class Counted:
    """What SIPp says of its calls."""

    begun: int
    ended: int
    lost: int


@dataclass
class Moves:
    """When each version of all routes began to be published, and when it was acknowledged."""

    began: dict[int, float] = field(default_factory=dict)
    done: dict[int, float] = field(default_factory=dict)

    def may_ring(self, version: int, *, called: float, rang: float) -> bool:
        """
        Tell whether a call may ring where that version says.

        It is none older than what was acknowledged when the caller began the call, and was about to
        be published when it rang.
        """
        settled = max((each for each, at in self.done.items() if at <= called), default=0)
        return settled <= version and self.began.get(version, rang + 1) <= rang


def place(version: int) -> dict[str, str | None]:
    """Give every number a place that tells the version."""
    return dict.fromkeys(NUMBERS, f"c,20,{version}@a.example")


def called_at(rang: Rang) -> float:
    """Read when the caller began the call; the last word of what SIPp calls a timestamp."""
    return float(rang.message.one("subject").split()[-1])


@dataclass
class Fire:
    """A router with its agent, another one beside it, and the database that feeds both."""

    cluster: Cluster
    stage: Stage
    second: Stage
    phones: Phones
    moves: Moves = field(default_factory=Moves)
    took: dict[str, float] = field(default_factory=dict)
    """Seconds that one or the other took."""
    many: int = MANY
    """Changes by which an agent falls far behind."""

    def begin(self, *, further: Mapping[str, str | None] | None = None) -> None:
        """Publish another place for every number; gives back before anyone has it."""
        version = len(self.moves.began) + 1
        self.moves.began[version] = time.time()
        published = self.stage.publisher.publish("inbound", {**place(version), **(further or {})})
        assert published == version

    def finish(self, *, seconds: float = 60.0) -> None:
        """Wait until the router has what was published; again is harmless."""
        version = len(self.moves.began)
        if version in self.moves.done:
            return
        eventually(lambda: self.stage.publisher.acknowledged("inbound", version), seconds=seconds)
        self.moves.done[version] = time.time()

    def move(self) -> None:
        """Move every number and wait until the router has it."""
        self.begin()
        self.finish()

    def hold(self, further: int = FURTHER) -> None:
        """Leave everything as it is until further calls have been begun."""
        before = self.counted().begun
        eventually(lambda: self.counted().begun >= before + further, seconds=60)

    @contextmanager
    def crowd(self, *, calls: int = ENDLESS, refused: str = "", at: str = "") -> Iterator[Crowd]:
        """
        Call all numbers in turn; whatever is not answered and hung up in order is a lost call.

        :param refused: a status by which a call may end in good order too
        :param at: whom they call, as host:port; the first router unless given
        """
        folder = self.stage.folder
        (folder / "crowd.xml").write_text(_scenario(refused))
        (folder / "numbers.csv").write_text("SEQUENTIAL\n" + "\n".join(NUMBERS) + "\n")
        (folder / "calls.csv").unlink(missing_ok=True)
        command = [
            *("sipp", at or self.stage.router.address, "-i", TRUNK, "-p", str(free_port(TRUNK))),
            *("-sf", "crowd.xml", "-inf", "numbers.csv", "-r", str(RATE), "-m", str(calls)),
            *("-l", "1000", "-nostdin", "-trace_stat", "-stf", "calls.csv", "-fd", "1"),
            *("-recv_timeout", "20000"),
        ]
        with (folder / "sipp.log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        eventually(lambda: self.counted().begun > 0)
        try:
            yield Crowd(process)
        finally:
            process.kill()
            process.wait(10)

    def counted(self) -> Counted:
        """Read what SIPp wrote last, which it does once a second."""
        names = ("TotalCallCreated", "SuccessfulCall(C)", "FailedCall(C)")
        with contextlib.suppress(FileNotFoundError):
            with (self.stage.folder / "calls.csv").open() as file:
                rows = [row for row in csv.DictReader(file, delimiter=";") if row[names[-1]]]
            if rows:
                return Counted(*(int(rows[-1][name]) for name in names))
        return Counted(0, 0, 0)

    def rang_after(self) -> list[float]:
        """Give the seconds from each caller's INVITE until it rang."""
        return [rang.at + _TO_WALL - called_at(rang) for rang in self.phones.rang]

    def wrong(self) -> list[str]:
        """Name what rang where it should not have at that time."""
        return [
            f"{rang.request_uri} for {rang.to}"
            for rang in self.phones.rang
            if not self.moves.may_ring(
                int(rang.request_uri[4:].partition("@")[0]),
                called=called_at(rang),
                rang=rang.at + _TO_WALL,
            )
        ]

    def in_memory(self) -> dict[str, str]:
        """Read what the router holds, number by number."""
        with connected(self.stage.router.rpc) as rpc:
            return {n: rpc.call("htable.get", "inbound", n)["item"]["value"] for n in NUMBERS}


@dataclass(frozen=True)
class Crowd:
    """The callers."""

    process: subprocess.Popen[bytes]

    def end(self) -> None:
        """Have no further calls begun, and wait until those that go on have ended."""
        self.process.send_signal(signal.SIGUSR1)
        self.process.wait(60)

    def wait(self, *, seconds: float) -> None:
        """Wait until the last call has ended."""
        self.process.wait(seconds)


def _scenario(refused: str) -> str:
    text = SCENARIO.read_text().replace("[request_uri]", "sip:+[field0]@[remote_ip]:[remote_port]")
    text = text.replace("[to_user]", "+[field0]").replace("[from_user]", "+13105550123")
    text = text.replace("X-Outside: planted", "X-Outside: planted\nSubject: [timestamp]")
    refusals = r'.*response="(?!REFUSED)[4-6]\d\d".*\n'.replace("REFUSED", refused or "none")
    return re.sub(refusals, "", text)


@contextmanager
def kindled(folder: Path) -> Iterator[Fire]:
    """Bring up a database server, two routers with their agents, and a target of each."""
    with own_cluster() as cluster, Phones() as phones, Phones() as others, ExitStack() as stages:
        both = []
        for name, target in (("first", phones), ("second", others)):
            place_of_one = folder / name
            place_of_one.mkdir()
            stage = Stage(prepare(cluster.owner), make_router(place_of_one), place_of_one)
            stages.callback(stage.close)
            stages.callback(stage.publisher.close)
            publish_basics(stage.publisher, target)
            stage.start_router()
            stage.start_agent()
            both.append(stage)
        fire = Fire(cluster, both[0], both[1], phones)
        fire.second.publisher.publish("inbound", place(1))
        for stage in both:
            stage.settle()
        fire.move()
        yield fire
