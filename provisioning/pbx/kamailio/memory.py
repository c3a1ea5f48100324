"""What a running router holds in memory, read and changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provisioning.pbx.kamailio.file import HTABLES, READY, TABLES, Held
from provisioning.pbx.kamailio.rpc import Refused, Rpc

_LOADING = 600.0
"""Seconds that loading a table of some million rows may take."""
_NOT_FOUND = "not found"


@dataclass(frozen=True)
class State:
    """What the router says about itself; ``boot`` changes with every start."""

    boot: str
    ready: bool
    versions: Mapping[str, int]


class NotYet(Exception):
    """The dispatcher reloads at most once a second; ask again."""


class Memory:
    """The tables of one running router."""

    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    def state(self) -> State:
        """Ask what it holds."""
        meta = {
            item["name"]: item["value"]
            for slot in self._rpc.call("htable.dump", "meta") or []
            for item in slot["slot"]
        }
        boot = str(meta.get("boot", ""))
        versions = {}
        for table in TABLES:
            version, marked, noted_for = str(meta.get(table, "")).partition("@")
            # Read from the file at start, or noted by the agent for this very start.
            if version and (not marked or noted_for == boot):
                versions[table] = int(version)
        return State(boot, meta.get(READY) == "1", versions)

    def counts(self) -> dict[str, int]:
        """Count the rows of the hash tables."""
        stats = self._rpc.call("htable.stats") or []
        return {each["name"]: int(each["all"]) for each in stats if each["name"] in HTABLES}

    def apply(self, table: str, changes: Mapping[str, str | None]) -> None:
        """
        Change rows of a hash table.

        :raises Refused: if a row was not taken
        """
        refusals = self._rpc.call_all(
            ("htable.delete", table, key) if value is None else ("htable.sets", table, key, value)
            for key, value in changes.items()
        )
        for refusal in refusals:
            # A key that is already gone may be deleted again: replaying is harmless.
            if _NOT_FOUND not in str(refusal):
                raise refusal

    def load(self, table: str) -> None:
        """
        Read a table from the file; the old rows answer until the new ones are there.

        :raises NotYet: if targets were loaded within the last second
        """
        if table in HTABLES:
            self._rpc.call("htable.reload", table, seconds=_LOADING)
            return
        try:
            self._rpc.call("dispatcher.reload", seconds=_LOADING)
        except Refused as refusal:
            if "Ongoing" in str(refusal):
                raise NotYet from refusal
            raise

    def set_held(self, table: str, held: Held, *, boot: str) -> None:
        """
        Note in the router itself which version its rows are.

        :param boot: the start that got the rows; another one, begun meanwhile, never had them and
            does not take the note for its own
        """
        self._rpc.call("htable.sets", "meta", table, f"{held.version}@{boot}")

    def set_ready(self) -> None:
        """Let it take calls."""
        self._rpc.call("htable.sets", "meta", READY, "1")
