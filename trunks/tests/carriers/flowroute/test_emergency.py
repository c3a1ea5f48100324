"""What is particular to Flowroute's emergency addresses."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from lib.e164 import E164
from trunks.addresses import EmergencyState
from trunks.carriers.flowroute import emergency
from trunks.errors import OutcomeUnknown, Reason, Rejected, Unavailable
from trunks.tests.carriers.conformance import OFFICE, soon
from trunks.tests.carriers.flowroute.test_flowroute import answering, ok, refused

NUMBER = E164("+12065550700")
REFERENCE = "11111111-2222-4333-8444-555555555555"
DONE = httpx2.Response(204)


def number(linked: object) -> httpx2.Response:
    """Write one of our numbers with the address that it has."""
    links = {"e911_address": {"data": linked}}
    return ok({"data": {"id": "12065550700", "attributes": {}, "relationships": links}})


def listed(*labels: str) -> httpx2.Response:
    """Write the account's addresses; the ids count from 1."""
    rows = [
        {"type": "e911", "id": str(id_), "attributes": {"label": label}}
        for id_, label in enumerate(labels, 1)
    ]
    return ok({"data": rows})


def register(*answers: httpx2.Response) -> tuple[Any, list[str]]:
    """Register with these answers; gives what is there and what was called."""
    carrier, seen = answering(*answers)
    there = carrier.register(
        NUMBER, carrier_reference="", address=OFFICE, reference=REFERENCE, deadline=soon()
    )
    return there, [f"{one.method} {one.url.path.removeprefix('/v2/')}" for one in seen]


LINK = "numbers/12065550700/relationships/e911s"


class TestRegister:
    def test_keeps_an_address_once(self) -> None:
        there, calls = register(number(None), listed("another", REFERENCE), DONE)

        assert (there.state, there.carrier_reference) == (EmergencyState.ACTIVE, "2")
        assert calls[-1] == f"PATCH {LINK}/2"

    def test_writes_nothing_where_it_is_done(self) -> None:
        linked = {"type": "e911", "id": "1"}
        assert len(register(number(linked), listed(REFERENCE))[1]) == 2

    @pytest.mark.parametrize("made", [{"data": {"type": "e911", "attributes": {}}}, None])
    def test_looks_for_one_that_was_made_without_telling_its_id(self, made: object) -> None:
        answer = httpx2.Response(201) if made is None else ok(made, 201)
        there, _ = register(number(None), listed(), answer, listed(REFERENCE), DONE)

        assert there.carrier_reference == "1"

    def test_does_not_know_what_became_of_one_that_is_not_listed(self) -> None:
        with pytest.raises(OutcomeUnknown):
            register(number(None), listed(), httpx2.Response(201), listed())

    def test_takes_the_one_that_another_number_kept_meanwhile(self) -> None:
        taken = refused(422, "label must be unique")
        there, _ = register(number(None), listed(), taken, listed(REFERENCE), DONE)

        assert there.carrier_reference == "1"

    def test_an_address_that_nobody_finds_is_refused_in_the_carriers_words(self) -> None:
        with pytest.raises(Rejected, match="required format"):
            register(number(None), listed(), refused(422, "The required format is"), listed())

    def test_takes_off_the_one_of_before_where_the_carrier_insists(self) -> None:
        linked = {"type": "e911", "id": "9"}
        there, calls = register(number(linked), listed(REFERENCE), refused(409), DONE, DONE)

        assert there.carrier_reference == "1"
        assert calls[2:] == [f"PATCH {LINK}/1", f"DELETE {LINK}", f"PATCH {LINK}/1"]

    def test_does_not_know_which_one_there_is_where_it_insists_twice(self) -> None:
        with pytest.raises(OutcomeUnknown):
            register(number(None), listed(REFERENCE), refused(409), DONE, refused(409))

    def test_an_address_that_is_gone_is_no_word_about_the_number(self) -> None:
        with pytest.raises(Rejected) as refusal:
            register(number(None), listed(REFERENCE), refused(404))
        assert refusal.value.reason is Reason.INVALID

    def test_a_number_for_which_there_is_no_help_is_refused(self) -> None:
        words = "Cannot assign an E911 record to a number that does not support emergency services."
        with pytest.raises(Rejected, match="does not support"):
            register(number(None), listed(REFERENCE), refused(422, words))


class TestRegistered:
    @pytest.mark.parametrize("linked", [{"type": "e911", "id": 7}, "7"])
    def test_reads_the_link_as_both_descriptions_have_it(self, linked: object) -> None:
        shown = ok({"data": {"id": "7", "attributes": {"label": REFERENCE}}})
        carrier, seen = answering(number(linked), shown)

        there = carrier.registered(NUMBER, carrier_reference="", deadline=soon())

        assert there is not None
        assert there.is_of(REFERENCE, OFFICE)
        assert seen[-1].url.path == "/v2/e911s/7"

    def test_an_address_that_is_not_shown_says_nothing_about_the_number(self) -> None:
        carrier, _ = answering(number({"id": "7"}), refused(404))
        with pytest.raises(Unavailable, match="names"):
            carrier.registered(NUMBER, carrier_reference="", deadline=soon())

    def test_a_number_that_does_not_tell_has_not_none(self) -> None:
        silent = [ok({"data": {"id": "12065550700", "attributes": {}}}) for _ in range(3)]
        carrier, _ = answering(*silent)
        with pytest.raises(Unavailable):
            carrier.registered(NUMBER, carrier_reference="", deadline=soon())


class TestBody:
    def told(self, **changed: str) -> dict[str, str]:
        body = emergency.address_body(replace(OFFICE, **changed), label="x")
        attributes: dict[str, str] = json.loads(body)["data"]["attributes"]
        return attributes

    def test_names_a_kind_of_unit_that_the_carrier_knows(self) -> None:
        assert self.told()["address_type"] == "Suite"
        assert self.told(unit_type="Bay")["address_type"] == "Unit"
        assert "address_type" not in self.told(unit="")

    def test_says_the_street_with_its_directions_and_five_digits(self) -> None:
        told = self.told(house_suffix="1/2", postal_code="60601-1234")

        assert (told["street_number"], told["street_name"]) == ("100 1/2", "N Main St")
        assert told["zip"] == "60601"

    def test_a_single_name_stands_for_both(self) -> None:
        told = self.told(name="Dental")
        assert (told["first_name"], told["last_name"]) == ("Dental", "Dental")


class TestCheck:
    @pytest.mark.parametrize("status", [404, 422])
    def test_a_bad_address_is_told_with_either_status(self, status: int) -> None:
        carrier, _ = answering(refused(status, "Use ST in place of STR."))

        checked = carrier.check_address(OFFICE, deadline=soon())

        assert [problem.words for problem in checked.problems] == ["Use ST in place of STR."]

    def test_needs_a_label_that_is_nobodys(self) -> None:
        carrier, seen = answering(DONE)

        assert carrier.check_address(OFFICE, deadline=soon()).is_good
        assert json.loads(seen[0].content)["data"]["attributes"]["label"] == emergency.LABEL
