"""Names of callers at Twilio: reviewed in Trust Hub, and linked with numbers once they are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx2
import pytest

from lib.e164 import E164
from trunks.carriers.twilio import caller_names
from trunks.carriers.twilio.adapter import Twilio
from trunks.errors import Reason, Rejected, Unavailable
from trunks.features import IN_FORCE, CallerNames, Problem, Stage
from trunks.offers import Wanted
from trunks.tests.carriers.conformance import BRAND, soon
from trunks.tests.carriers.sandbox import CarrierSandbox
from trunks.tests.carriers.twilio import test_conformance as twilio
from trunks.tests.carriers.twilio.test_twilio import answering

NUMBER, SID = E164("+14155550100"), f"PN{'0' * 32}"
NAMED = CallerNames(text="ACME INC", business="Acme Incorporated")
NAME = caller_names.product_name(NAMED)


def listed(*rows: dict[str, Any]) -> httpx2.Response:
    """Write a list."""
    return httpx2.Response(200, json={"results": list(rows), "meta": {}})


def looked_up(*, is_on: bool) -> httpx2.Response:
    """Write a number."""
    return httpx2.Response(200, json={"voice_caller_id_lookup": is_on})


def product(status: str, name: str = NAME, **more: Any) -> dict[str, Any]:
    """Write a product of Trust Hub."""
    return {"sid": "BU1", "friendly_name": name, "status": status, **more}


def standing(*answers: httpx2.Response, wanted: CallerNames = NAMED) -> Any:
    """Read how a name stands with these answers."""
    carrier: Twilio = answering(*answers)[0]
    return carrier.caller_names_of(NUMBER, wanted, carrier_reference=SID, deadline=soon())


class TestStanding:
    @pytest.mark.parametrize(
        ("status", "stage"),
        [
            ("draft", Stage.ABSENT),
            ("pending-review", Stage.PENDING),
            ("in-review", Stage.PENDING),
            ("a-new-word", Stage.PENDING),
            ("twilio-rejected", Stage.REJECTED),
        ],
    )
    def test_is_that_of_its_product(self, status: str, stage: Stage) -> None:
        assert standing(looked_up(is_on=False), listed(product(status))).stage is stage

    def test_is_ready_until_the_number_is_linked(self) -> None:
        off, approved = looked_up(is_on=False), listed(product("twilio-approved"))
        other = {"channel_endpoint_sid": f"PN{'1' * 32}", "sid": "RA1"}
        mine = {"channel_endpoint_sid": SID, "sid": "RA2"}

        assert standing(off, approved, listed(other)).stage is Stage.READY
        assert standing(off, approved, listed(other, mine)) == IN_FORCE

    def test_has_the_words_of_a_review_and_of_an_evaluation(self) -> None:
        errors = [{"code": 22225, "message": "Too general."}, {"code": 7}]
        there = standing(looked_up(is_on=False), listed(product("twilio-rejected", errors=errors)))
        assert there.problems == (Problem(field="text", words="Too general. 7"),)

        results = [{"passed": True}, {"passed": False, "invalid": [{"failure_reason": "Long."}]}]
        failed = {"status": "noncompliant", "results": results}
        assert caller_names.minded_from(failed) == "Long."
        assert caller_names.minded_from({"status": "noncompliant", "results": None})
        assert caller_names.minded_from({"status": "compliant"}) == ""

    def test_is_of_the_product_that_was_handed_in_where_a_lost_answer_left_two(self) -> None:
        rows = listed(product("draft"), product("in-review"), product("in-review", name="x"))
        assert standing(looked_up(is_on=False), rows).stage is Stage.PENDING

    def test_is_absent_where_the_look_up_stands_otherwise(self) -> None:
        assert standing(looked_up(is_on=True)).stage is Stage.ABSENT
        shown = CallerNames(shows_callers=True)
        assert standing(looked_up(is_on=True), wanted=shown) == IN_FORCE
        assert standing(looked_up(is_on=False), wanted=CallerNames()).stage is Stage.ABSENT

    def test_one_name_of_two_businesses_is_two_products(self) -> None:
        names = {caller_names.product_name(replace(NAMED, business=who)) for who in ("A", "B")}
        assert len(names) == 2


class TestSandbox:
    @pytest.fixture
    def carrier(self, sandbox: CarrierSandbox) -> Any:
        return sandbox.adapter("twilio")

    def bought(self, carrier: Any, count: int = 1) -> list[E164]:
        offers = carrier.search(Wanted(country="US", limit=count), deadline=soon())
        for offer in offers:
            carrier.order([offer.number], reference="r", binding="", deadline=soon())
        return [offer.number for offer in offers]

    def ask(self, carrier: Any, number: E164, text: str, business: str = BRAND.legal_name) -> Any:
        wanted = CallerNames(text=text, business=business)
        carrier.set_caller_names(number, wanted, carrier_reference="", deadline=soon())
        return carrier.caller_names_of(number, wanted, carrier_reference="", deadline=soon())

    def test_waits_for_a_profile_of_the_business(self, carrier: Any) -> None:
        (number,) = self.bought(carrier)

        with pytest.raises(Unavailable, match="named Nobody Ltd") as later:
            self.ask(carrier, number, "ACME INC", "Nobody Ltd")
        assert later.value.retry_after == 3600.0

    def test_is_reviewed_once_for_all_numbers(self, carrier: Any) -> None:
        twilio.TestTwilio().prepare(carrier, BRAND)
        first, second = self.bought(carrier, 2)
        assert self.ask(carrier, first, "ACME INC").stage is Stage.READY

        assert self.ask(carrier, first, "ACME INC") == IN_FORCE
        assert self.ask(carrier, second, "ACME INC") == IN_FORCE
        policy = [("PolicySid", caller_names.POLICY)]
        assert len(carrier.bundles("TrustProducts", policy, dict, soon())) == 1
        assert len(carrier.bundles("EndUsers", [], dict, soon())) == 1

    def test_is_refused_by_the_evaluation_or_the_review(self, carrier: Any) -> None:
        twilio.TestTwilio().prepare(carrier, BRAND)
        (number,) = self.bought(carrier)

        with pytest.raises(Rejected, match="begins with a letter") as refusal:
            self.ask(carrier, number, "24 OAKS")
        assert refusal.value.reason is Reason.INVALID
        there = self.ask(carrier, number, "POLICE")
        assert there.stage is Stage.REJECTED
        assert there.problems[0].words == "The name is not the one of a business."
        # Asked for again, it is reviewed again.
        assert self.ask(carrier, number, "POLICE").stage is Stage.REJECTED

    def test_another_name_takes_its_place(self, carrier: Any) -> None:
        twilio.TestTwilio().prepare(carrier, BRAND)
        (number,) = self.bought(carrier)
        for _ in range(2):
            self.ask(carrier, number, "ACME INC")
        self.ask(carrier, number, "ACME LTD")

        assert self.ask(carrier, number, "ACME LTD") == IN_FORCE
