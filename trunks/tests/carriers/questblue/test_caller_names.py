"""What is particular to QuestBlue's names of callers."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from lib.e164 import E164
from trunks.errors import Rejected
from trunks.features import CallerNames, Stage, Standing
from trunks.tests.carriers.conformance import soon
from trunks.tests.carriers.questblue.test_questblue import DID, answering, listed, mine, said

NUMBER = E164(f"+1{DID}")
WISH = CallerNames(text="ACME INC")


def set_names(wanted: CallerNames, *answers: httpx2.Response) -> tuple[Standing, Any]:
    """Set names with these answers; gives how they stand and what was sent."""
    carrier, seen = answering(*answers)
    return carrier.set_caller_names(NUMBER, wanted, carrier_reference="", deadline=soon()), seen


class TestNames:
    def test_are_written_together(self) -> None:
        there = mine(cnam="off", lidb="ACME INC")
        told, seen = set_names(WISH, mine(cnam="on", lidb=""), said(), there)

        assert told.stage is Stage.ACTIVE
        assert dict(seen[1].url.params) == {"did": DID, "cnam": "off", "lidb": "ACME INC"}

    def test_are_not_written_where_they_are_so(self) -> None:
        assert len(set_names(WISH, mine(cnam="off", lidb="ACME INC"))[1]) == 1

    def test_a_name_that_stays_is_for_a_person(self) -> None:
        there = mine(cnam="off", lidb="ACME INC")
        with pytest.raises(Rejected, match="portal"):
            set_names(CallerNames(), there, said(), there)

    def test_a_short_name_is_refused_before_anything_is_sent(self) -> None:
        carrier, seen = answering()
        with pytest.raises(Rejected, match="4 characters"):
            carrier.set_caller_names(
                NUMBER, CallerNames(text="ACE"), carrier_reference="", deadline=soon()
            )
        assert seen == []

    @pytest.mark.parametrize("settings", [[], ["active"], {"status": "active"}])
    def test_what_cannot_be_read_is_for_a_person(self, settings: Any) -> None:
        carrier, _ = answering(listed({DID: settings}))
        with pytest.raises(Rejected, match="portal"):
            carrier.caller_names_of(NUMBER, WISH, carrier_reference="", deadline=soon())
