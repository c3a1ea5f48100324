"""Emergency addresses at Vonage: each reading of what its documents leave open."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from lib.e164 import E164
from trunks.addresses import EmergencyState
from trunks.carriers.vonage.emergency import addresses_from, named_from, refusal_from
from trunks.errors import OutcomeUnknown, Reason, Rejected
from trunks.offers import Wanted
from trunks.tests.carriers.conformance import ELSEWHERE, OFFICE, soon
from trunks.tests.carriers.sandbox import CarrierSandbox
from trunks.tests.carriers.vonage.test_vonage import answering, listed, ok, row

NUMBER = E164("+13125550300")
PATH = "/v1/emergency/numbers/13125550300"
REFERENCE = "11111111-2222-4333-8444-555555555555"
LABEL = REFERENCE.replace("-", "")
NOT_FOUND = ok({"title": "Not Found", "detail": "Not found."}, 404)
OURS = listed(row(NUMBER, country="US"))
DONE = ok({})


def kept(*names: str) -> httpx2.Response:
    """Write the account's addresses; the ids count from 1."""
    rows = [{"id": str(id_), "address_name": name} for id_, name in enumerate(names, 1)]
    return ok({"total_items": len(rows), "_embedded": {"addresses": rows}})


def body(name: str = LABEL, **more: Any) -> dict[str, Any]:
    """Write a number that names an address."""
    return {"number": NUMBER[1:], "address": {"id": "1", "address_name": name}, **more}


def register(*answers: httpx2.Response) -> tuple[Any, list[httpx2.Request]]:
    """Register with these answers; gives what is there and what was sent."""
    carrier, seen = answering(*answers)
    there = carrier.register(
        NUMBER, carrier_reference="", address=OFFICE, reference=REFERENCE, deadline=soon()
    )
    return there, seen


def unregister(*answers: httpx2.Response) -> list[str]:
    """Unregister with these answers; gives what was called."""
    carrier, seen = answering(*answers)
    try:
        carrier.unregister(NUMBER, carrier_reference="", deadline=soon())
    finally:
        assert {one.url.path for one in seen} <= {PATH, "/account/numbers"}
    return [one.method for one in seen]


class TestRegister:
    def test_keeps_an_address_under_our_reference_and_names_it(self) -> None:
        there, seen = register(kept("another"), ok({"id": "9"}), DONE, ok(body()))

        assert (there.state, there.our_reference) == (EmergencyState.ACTIVE, REFERENCE)
        assert {one.url.host for one in seen} == {"api.nexmo.com"}
        assert json.loads(seen[1].content) == {
            "address_name": LABEL,
            "address_line1": "100 N Main St",
            "address_line2": "Suite 5, Floor 2",
            "city": "Chicago",
            "region": "IL",
            "type": "emergency",
            "address_location_type": "business",
            "postal_code": "60601",
            "country": "US",
        }
        told = {"address": {"id": "9"}, "contact_name": "Oak Street Dental"}
        assert (seen[2].method, seen[2].url.path, json.loads(seen[2].content)) == (
            "PATCH",
            PATH,
            told,
        )

    def test_keeps_it_once(self) -> None:
        _, seen = register(kept("another", LABEL), DONE, ok(body()))

        assert json.loads(seen[1].content)["address"] == {"id": "2"}

    @pytest.mark.parametrize("shown", [{"number": NUMBER[1:]}, body("f" * 32)])
    def test_waits_where_a_yes_is_not_shown(self, shown: dict[str, Any]) -> None:
        there, _ = register(kept(LABEL), DONE, ok(shown))

        assert (there.state, there.our_reference) == (EmergencyState.PENDING, REFERENCE)

    def test_a_number_of_ours_that_it_does_not_know_there_takes_none(self) -> None:
        with pytest.raises(Rejected, match="takes no emergency address") as refusal:
            register(kept(LABEL), NOT_FOUND, OURS)
        assert refusal.value.reason is Reason.NOT_ALLOWED

    def test_names_the_parts_that_are_minded(self) -> None:
        minded = [{"name": "address_line1", "reason": "is unknown"}]
        words = {"title": "Invalid", "detail": "The address is wrong"}

        # Elsewhere there, this word asks for documents.
        expected = (Reason.INVALID, "The address is wrong; address_line1: is unknown")
        assert refusal_from(422, {**words, "invalid_parameters": minded}) == expected


class TestAddresses:
    @pytest.mark.parametrize("more", [{}, {"_embedded": {}}, {"_embedded": {"addresses": None}}])
    def test_may_lack_where_there_is_none(self, more: dict[str, Any]) -> None:
        assert addresses_from({"total_items": 0, **more}) == ([], 0)


class TestRegistered:
    @pytest.mark.parametrize(
        "more", [{"address": None}, {"address": {}}, {"address": {"id": ""}}, {"status": "none"}]
    )
    def test_is_nothing_however_that_is_said(self, more: dict[str, Any]) -> None:
        assert named_from(body(**more), NUMBER)[0] is None

    def test_is_nothing_where_it_does_not_know_a_number_of_ours(self) -> None:
        carrier, _ = answering(NOT_FOUND, OURS)

        assert carrier.registered(NUMBER, carrier_reference="", deadline=soon()) is None

    @pytest.mark.parametrize(
        ("word", "state"),
        [
            ("", EmergencyState.ACTIVE),
            ("Active", EmergencyState.ACTIVE),
            ("pending", EmergencyState.PENDING),
            ("a word of no description", EmergencyState.PENDING),
            ("failed", EmergencyState.FAILED),
            ("removing", EmergencyState.REMOVING),
        ],
    )
    @pytest.mark.parametrize("name", ["status", "emergency_status"])
    def test_is_in_force_unless_a_word_says_otherwise(
        self, word: str, state: EmergencyState, name: str
    ) -> None:
        address = {**body()["address"], name: word}

        for shown in (body(**{name: word}), body(address=address)):
            there, _ = named_from(shown, NUMBER)
            assert there is not None
            assert there.state is state
            assert there.is_of(REFERENCE, ELSEWHERE)
            assert bool(there.reason) == (state is EmergencyState.FAILED)

    def test_is_read_of_the_address_where_only_its_id_is_shown(self) -> None:
        carrier, seen = answering(ok(body(address={"id": "7"})), ok({"address_name": LABEL}))
        there = carrier.registered(NUMBER, carrier_reference="", deadline=soon())

        assert there is not None
        assert there.our_reference == REFERENCE
        assert seen[1].url.path == "/v1/addresses/7"

    def test_is_believed_of_no_other_number(self) -> None:
        with pytest.raises(ValueError, match="another number"):
            named_from(body(number="13125550301"), NUMBER)


class TestUnregister:
    THERE, OFF = ok(body()), ok({"number": NUMBER[1:]})

    def test_writes_nothing_where_there_is_none(self) -> None:
        assert unregister(self.OFF) == ["GET"]
        assert unregister(ok(body(status="removing"))) == ["GET"]

    def test_first_changes_nothing_but_the_address(self) -> None:
        assert unregister(self.THERE, DONE, self.OFF) == ["GET", "PATCH", "GET"]

    @pytest.mark.parametrize(
        "refusal", [ok({"title": "x"}, 422), httpx2.Response(405, text="<html>"), ok({}, 403)]
    )
    def test_then_takes_away_all_and_asks_a_person_where_it_stays(
        self, refusal: httpx2.Response
    ) -> None:
        with pytest.raises(Rejected, match="Take it off in its dashboard"):
            unregister(self.THERE, refusal, self.THERE, refusal, self.THERE)

    def test_a_lost_answer_is_looked_up(self) -> None:
        with pytest.raises(OutcomeUnknown):
            unregister(self.THERE, ok({}, 502))


class TestSandbox:
    @pytest.fixture
    def carrier(self, sandbox: CarrierSandbox) -> Any:
        return sandbox.adapter("vonage")

    def bought(self, carrier: Any) -> E164:
        (offer,) = carrier.search(Wanted(country="US", limit=1), deadline=soon())
        carrier.order([offer.number], reference="r", binding="", deadline=soon())
        return E164(offer.number)

    def enter(self, carrier: Any, number: E164, street: str) -> Any:
        address = replace(OFFICE, street=street)
        carrier.register(
            number, carrier_reference="", address=address, reference=REFERENCE, deadline=soon()
        )
        return carrier.registered(number, carrier_reference="", deadline=soon())

    @pytest.mark.parametrize("clears_by", ["PATCH", "DELETE", ""])
    @pytest.mark.parametrize("tells_status", [False, True])
    def test_is_survived_by_each_reading(
        self, sandbox: CarrierSandbox, carrier: Any, clears_by: str, *, tells_status: bool
    ) -> None:
        sandbox.reads("vonage", clears_by=clears_by, tells_status=tells_status)
        number = self.bought(carrier)
        assert self.enter(carrier, number, "Main St").state is EmergencyState.ACTIVE
        if clears_by:
            carrier.unregister(number, carrier_reference="", deadline=soon())
        else:
            with pytest.raises(Rejected, match="dashboard"):
                carrier.unregister(number, carrier_reference="", deadline=soon())
        there = carrier.registered(number, carrier_reference="", deadline=soon())
        assert (there is None) == bool(clears_by)

    @pytest.mark.parametrize("street", ["Mian St", "Nowhere Rd", "Failing Ave"])
    def test_refuses_what_cannot_be_found_or_entered(self, carrier: Any, street: str) -> None:
        number = self.bought(carrier)

        with pytest.raises(Rejected) as refusal:
            self.enter(carrier, number, street)
        assert refusal.value.reason is Reason.INVALID
        assert carrier.registered(number, carrier_reference="", deadline=soon()) is None

    def test_may_be_refused_later(self, sandbox: CarrierSandbox, carrier: Any) -> None:
        sandbox.reads("vonage", tells_status=True)
        there = self.enter(carrier, self.bought(carrier), "Failing Ave")

        assert (there.state, there.reason) == (EmergencyState.FAILED, "Vonage says: failed.")
