"""
Names of callers at VoIP Innovations: a name on file for a number, and a flag to look callers up.

Names: the carrier's service description of 2014. Codes, and how the flag is said: the client
`skywiretech/voip_api`. No document says how soon a name or a flag is shown, so what is written and
not shown yet is pending; what was taken off and stays is for a person.
"""

from __future__ import annotations

from typing import ClassVar
from xml.etree.ElementTree import Element

from lib.e164 import E164
from trunks.carriers.voip_innovations.payloads import number_out
from trunks.carriers.voip_innovations.wire import FLAGS, Settings, VoipInnovationsWire
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected
from trunks.features import IN_FORCE, NOTHING, CallerNames, Stage, Standing
from trunks.roles import SetsCallerName
from trunks.xml import Content

REMAINS = "VoIP Innovations still has a name or looks callers up. End that in its back office."


class VoipInnovationsCallerNames(VoipInnovationsWire, SetsCallerName):
    """The part of the adapter that names callers."""

    lists_names: ClassVar[bool] = True
    looks_up_callers: ClassVar[bool] = True

    def set_caller_names(
        self, number: E164, wanted: CallerNames, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Put the name on file, then say all settings of the number with the look-up changed."""
        del carrier_reference
        there = self._settings(number, deadline)
        # The name first: where it is refused, nothing that costs by the call was switched on.
        if self._name_of(number, deadline) != wanted.text:
            self._keep_name(number, wanted.text, deadline)
        if there.shows_callers != wanted.shows_callers:
            self._switch_look_up(there, wanted.shows_callers, deadline)
        if wanted == CallerNames():
            if self._names_of(number, deadline) != wanted:
                raise Rejected(REMAINS)
            return NOTHING
        is_shown = self._names_of(number, deadline) == wanted
        return IN_FORCE if is_shown else Standing(stage=Stage.PENDING)

    def caller_names_of(
        self, number: E164, wanted: CallerNames, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Read the name on file and the flag."""
        del carrier_reference
        there = self._names_of(number, deadline)
        return IN_FORCE if there == wanted != CallerNames() else NOTHING

    def _names_of(self, number: E164, deadline: Deadline) -> CallerNames:
        there = self._settings(number, deadline)
        return CallerNames(text=self._name_of(number, deadline), shows_callers=there.shows_callers)

    def _name_of(self, number: E164, deadline: Deadline) -> str:
        try:
            return self._call("GetCNAMDisplay", _tn(number), name_from, deadline)
        except Rejected as refusal:
            if refusal.reason is not Reason.NOT_ALLOWED:
                raise
            # No name can be kept of this number, so it has none.
            return ""

    def _keep_name(self, number: E164, text: str, deadline: Deadline) -> None:
        method = "UpdateCNAMDisplay" if text else "RemoveCNAM"
        told = [*_tn(number), ("name", text)] if text else _tn(number)
        self._call(method, told, lambda _result: None, deadline)

    def _switch_look_up(self, there: Settings, shows_callers: bool, deadline: Deadline) -> None:
        trunk = there.mine.trunk_reference
        for flag in FLAGS[shows_callers]:
            self._configure(there, trunk=trunk, flag=flag, deadline=deadline)
            # The answer itself says that it is off, whatever was said.
            if self._settings(there.mine.number, deadline).shows_callers == shows_callers:
                return


def name_from(result: Element) -> str:
    """Read the name on file as we write it; empty where there is none."""
    return (result.findtext("DisplayName") or "").strip().upper()


def _tn(number: E164) -> list[tuple[str, Content]]:
    return [("tn", number_out(number))]
