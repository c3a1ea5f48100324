"""What is particular to VoIP Innovations' names of callers."""

from __future__ import annotations

import httpx2
import pytest

from trunks.errors import OutcomeUnknown, Reason, Rejected
from trunks.features import CallerNames, Stage, Standing
from trunks.tests.carriers.voip_innovations.test_voip_innovations import (
    NUMBER,
    REFERENCE,
    answering,
    did,
    said,
    soon,
)
from trunks.xml import xml_from

NAMED = CallerNames(text="ACME INC")
LOOKED_UP = CallerNames(shows_callers=True)


def ours(*, looks_up: bool = False) -> httpx2.Response:
    """Show the number as one of ours."""
    flag = "true" if looks_up else "false"
    return said(did(availability="Assigned", refId=REFERENCE, cnam=flag))


def name(text: str = "") -> httpx2.Response:
    """Show the name on file; of none there is no record."""
    return said(f"<DisplayName>{text}</DisplayName>") if text else said(code="101")


def set_names(wanted: CallerNames, *answers: httpx2.Response) -> tuple[Standing, list[str]]:
    """Set names with these answers; gives how they stand and what was written."""
    carrier, seen = answering(*answers)
    told = carrier.set_caller_names(NUMBER, wanted, carrier_reference="", deadline=soon())
    return told, [line for request in seen if (line := written(request))]


def written(request: httpx2.Request) -> str:
    """Say what a request changes; empty where it only reads."""
    root = xml_from(request.content)
    assert root is not None
    method = root[0][0]
    if method.tag in {"queryDID", "GetCNAMDisplay"}:
        return ""
    inner = [part.text for part in method.iter() if part.tag not in {"login", "secret"}]
    return " ".join([method.tag, *(text for text in inner if text)])


class TestNames:
    def test_are_put_on_file_and_shown_in_capitals(self) -> None:
        answers = (ours(), name(), said(), ours(), name(" Acme Inc  "))
        told, wrote = set_names(NAMED, *answers)

        assert told.stage is Stage.ACTIVE
        assert wrote == ["UpdateCNAMDisplay 7045550810 ACME INC"]

    def test_that_are_not_shown_yet_are_pending(self) -> None:
        told, _ = set_names(NAMED, ours(), name(), said(), ours(), name())

        assert told.stage is Stage.PENDING

    def test_are_not_written_where_they_are_so(self) -> None:
        shown = (ours(), name("ACME INC"))

        assert set_names(NAMED, *shown, *shown)[1] == []

    @pytest.mark.parametrize(
        ("code", "reason"), [("933", Reason.NOT_ALLOWED), ("934", Reason.INVALID)]
    )
    def test_are_refused_before_anything_else_is_set(self, code: str, reason: Reason) -> None:
        carrier, seen = answering(ours(), name(), said(code=code, words="Invalid name"))
        wanted = CallerNames(text="ACME INC", shows_callers=True)

        with pytest.raises(Rejected) as caught:
            carrier.set_caller_names(NUMBER, wanted, carrier_reference="", deadline=soon())
        assert caught.value.reason is reason
        assert len(seen) == 3

    def test_of_a_number_that_can_have_none_are_none(self) -> None:
        refused = said(code="933", words="Not available")
        answers = (ours(), refused, said(did()), ours(looks_up=True))
        told, _ = set_names(LOOKED_UP, *answers, ours(looks_up=True), refused)

        assert told.stage is Stage.ACTIVE

    def test_are_removed_by_a_method_of_their_own(self) -> None:
        told, wrote = set_names(CallerNames(), ours(), name("ACME INC"), said(), ours(), name())

        assert told.stage is Stage.ABSENT
        assert wrote == ["RemoveCNAM 7045550810"]

    def test_that_stay_are_for_a_person(self) -> None:
        shown = (ours(), name("ACME INC"))

        with pytest.raises(Rejected, match="back office"):
            set_names(CallerNames(), *shown, said(), *shown)

    def test_an_exception_says_nothing_about_what_was_done(self) -> None:
        with pytest.raises(OutcomeUnknown):
            set_names(NAMED, ours(), name(), said(code="900", words="Exception"))


class TestLookUp:
    def test_is_told_with_all_settings(self) -> None:
        shown = (ours(looks_up=True), name())
        told, wrote = set_names(LOOKED_UP, ours(), name(), said(did()), ours(looks_up=True), *shown)

        assert told.stage is Stage.ACTIVE
        assert wrote == [f"configDID 7045550810 1 {REFERENCE} 71"]

    def test_is_told_in_the_words_of_the_answers_where_the_figure_does_nothing(self) -> None:
        answers = (ours(), name(), said(did()), ours(), said(did()), ours(looks_up=True))
        told, wrote = set_names(LOOKED_UP, *answers, ours(looks_up=True), name())

        assert told.stage is Stage.ACTIVE
        assert [line.split()[2] for line in wrote] == ["1", "true"]

    def test_is_switched_off_in_words_of_its_own(self) -> None:
        answers = (ours(looks_up=True), name(), said(did()), ours(), ours(), name())
        told, wrote = set_names(CallerNames(), *answers)

        assert told.stage is Stage.ABSENT
        assert wrote == [f"configDID 7045550810 0 {REFERENCE} 71"]
