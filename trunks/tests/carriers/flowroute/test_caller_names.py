"""What is particular to Flowroute's names of callers."""

from __future__ import annotations

import json

import httpx2
import pytest

from lib.e164 import E164
from trunks.errors import Reason, Rejected
from trunks.features import CallerNames, Stage, Standing
from trunks.tests.carriers.conformance import soon
from trunks.tests.carriers.flowroute.test_flowroute import answering, ok, refused

NUMBER = E164("+12065550700")
WISH = CallerNames(text="ACME INC")
DONE = httpx2.Response(202)


def number(preset: str | None = None, *, looks_up: bool = False) -> httpx2.Response:
    """Write one of our numbers with the record that it has."""
    linked = None if preset is None else {"type": "cnam", "id": preset}
    facts = {"cnam_lookups_enabled": looks_up}
    links = {"cnam_preset": {"data": linked}}
    return ok({"data": {"id": NUMBER[1:], "attributes": facts, "relationships": links}})


def record(
    text: str, *, approved: bool = False, refusal: str | None = None, id_: int = 7
) -> object:
    """Write a record; its id may be a number."""
    told = {"value": text, "is_approved": approved, "rejection_reason": refusal}
    return {"type": "cnam", "id": id_, "attributes": told}


def listed(*records: object) -> httpx2.Response:
    """Write the account's records."""
    return ok({"data": records})


def set_names(wanted: CallerNames, *answers: httpx2.Response) -> tuple[Standing, list[str]]:
    """Set names with these answers; gives how they stand and what was called."""
    carrier, seen = answering(*answers)
    told = carrier.set_caller_names(NUMBER, wanted, carrier_reference="", deadline=soon())
    return told, [f"{one.method} {one.url.path.removeprefix('/v2/')}" for one in seen]


def read(wanted: CallerNames, *answers: httpx2.Response) -> Standing:
    """Read how names stand."""
    carrier, _ = answering(*answers)
    return carrier.caller_names_of(NUMBER, wanted, carrier_reference="", deadline=soon())


LINKS = f"numbers/{NUMBER[1:]}/relationships/cnams"


class TestSet:
    def test_keeps_the_first_name_where_no_list_is_a_404(self) -> None:
        made = ok({"data": record("ACME INC")}, 201)

        assert set_names(WISH, number(), refused(404), made)[0].stage is Stage.PENDING

    def test_keeps_a_name_that_staff_must_see_first(self) -> None:
        made = ok({"data": record("ACME INC")}, 201)
        told, calls = set_names(WISH, number(), listed(record("OTHER", approved=True)), made)

        assert told.stage is Stage.PENDING
        assert calls[-1] == "POST cnams"

    def test_links_one_that_is_approved_and_keeps_no_second(self) -> None:
        there = listed(record("ACME INC", refusal="No", id_=6), record("Acme Inc", approved=True))
        told, calls = set_names(WISH, number(), there, DONE)

        assert told.stage is Stage.ACTIVE
        assert calls[-1] == f"PATCH {LINKS}/7"

    def test_links_one_where_only_the_old_path_is_there(self) -> None:
        there = listed(record("ACME INC", approved=True))
        told, calls = set_names(WISH, number(), there, refused(404), DONE)

        assert told.stage is Stage.ACTIVE
        assert calls[-1] == f"PATCH {LINKS.removesuffix('s')}/7"

    def test_takes_the_one_of_before_off_while_the_next_one_waits(self) -> None:
        told, calls = set_names(WISH, number("5"), listed(record("ACME INC")), DONE)

        assert told.stage is Stage.PENDING
        assert calls[-1] == f"DELETE {LINKS}"

    def test_takes_a_name_off_where_only_the_old_path_is_there(self) -> None:
        told, calls = set_names(CallerNames(), number("7"), refused(404), DONE)

        assert told.stage is Stage.ABSENT
        assert calls[1:] == [f"DELETE {LINKS}", f"DELETE {LINKS[:-1]}"]

    def test_writes_the_look_up_in_plain_json(self) -> None:
        carrier, seen = answering(number(), number(looks_up=True))
        wanted = CallerNames(shows_callers=True)

        carrier.set_caller_names(NUMBER, wanted, carrier_reference="", deadline=soon())
        assert json.loads(seen[1].content) == {"type": "number", "cnam_lookups_enabled": True}
        assert seen[1].headers["content-type"] == "application/json"

    def test_one_that_is_linked_already_is_no_refusal(self) -> None:
        there = listed(record("ACME INC", approved=True))
        assert set_names(WISH, number(), there, refused(409))[0].stage is Stage.ACTIVE

    def test_a_record_that_is_gone_is_no_word_about_the_number(self) -> None:
        there = listed(record("ACME INC", approved=True))
        with pytest.raises(Rejected) as refusal:
            set_names(WISH, number(), there, refused(404), refused(404))
        assert refusal.value.reason is Reason.INVALID


class TestRead:
    @pytest.mark.parametrize(
        ("there", "stage"),
        [
            (record("ACME INC"), Stage.PENDING),
            (record("ACME INC", approved=True), Stage.READY),
            (record("ACME INC", refusal="Misleading."), Stage.REJECTED),
            (record("ACME"), Stage.ABSENT),
        ],
    )
    def test_tells_how_far_staff_is(self, there: object, stage: Stage) -> None:
        assert read(WISH, number(), listed(there)).stage is stage

    def test_names_the_field_that_staff_minds(self) -> None:
        told = read(WISH, number(), listed(record("ACME INC", refusal="Misleading.")))
        assert [(one.field, one.words) for one in told.problems] == [("text", "Misleading.")]

    def test_a_name_that_is_still_there_is_not_nothing(self) -> None:
        wanted = CallerNames(shows_callers=True)
        assert read(wanted, number("7", looks_up=True)).stage is Stage.ABSENT
        assert read(wanted, number(looks_up=True)).stage is Stage.ACTIVE
