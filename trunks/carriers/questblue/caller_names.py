"""
Names of callers at QuestBlue: two settings of a number, in force as soon as they are set.

`lidb` lists a name of 4 to 15 characters, `cnam` looks callers up. That an empty name takes a
listed one away is in no document: it is looked at, and where it stays a person takes it away.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from lib.e164 import E164
from trunks.carriers.questblue.payloads import did_of
from trunks.carriers.questblue.wire import QuestBlueWire
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected
from trunks.features import IN_FORCE, NOTHING, CallerNames, Standing
from trunks.roles import SetsCallerName

SHORTEST_NAME = 4
UNREADABLE = "QuestBlue does not say which names the number has. Look into its portal."


class QuestBlueCallerNames(QuestBlueWire, SetsCallerName):
    """The part of the adapter that names callers."""

    lists_names: ClassVar[bool] = True
    looks_up_callers: ClassVar[bool] = True

    def set_caller_names(
        self, number: E164, wanted: CallerNames, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Write both settings, unless they are so already."""
        del carrier_reference
        if wanted.text and len(wanted.text) < SHORTEST_NAME:
            raise Rejected(
                f"QuestBlue lists names of {SHORTEST_NAME} characters or more.",
                reason=Reason.INVALID,
            )
        there = self._names(number, deadline)
        if there != wanted:
            cnam = "on" if wanted.shows_callers else "off"
            told = [("did", did_of(number)), ("cnam", cnam), ("lidb", wanted.text)]
            self._write("PUT", "did", told, deadline)
            if self._names(number, deadline) != wanted:
                raise Rejected("QuestBlue keeps other names. Change them in its portal.")
        return IN_FORCE if wanted != CallerNames() else NOTHING

    def caller_names_of(
        self, number: E164, wanted: CallerNames, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Read both settings."""
        del carrier_reference
        there = self._names(number, deadline)
        return IN_FORCE if there == wanted != CallerNames() else NOTHING

    def _names(self, number: E164, deadline: Deadline) -> CallerNames:
        try:
            return names_from(self._settings(number, deadline))
        except ValueError as trouble:
            raise Rejected(UNREADABLE) from trouble


def names_from(settings: Any) -> CallerNames:
    """
    Read the names among a number's settings.

    :raises ValueError: if these have no names
    """
    if not isinstance(settings, Mapping) or "cnam" not in settings:
        raise ValueError("settings without names")
    return CallerNames(
        text=str(settings.get("lidb") or ""),
        shows_callers=str(settings["cnam"]).lower() in {"on", "yes", "1", "true"},
    )
