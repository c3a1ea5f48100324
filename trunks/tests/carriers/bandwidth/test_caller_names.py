"""What the conformance suite does not say about names at Bandwidth."""

from __future__ import annotations

import httpx2
import pytest

from lib.e164 import E164
from trunks.carriers.bandwidth.adapter import Bandwidth
from trunks.errors import OutcomeUnknown, Rejected, Unavailable
from trunks.features import CallerNames, Stage
from trunks.tests.carriers import answering as carriers
from trunks.tests.carriers.conformance import soon

NUMBER = E164("+17045550100")
WISH = CallerNames(text="ACME INC")
CREDENTIALS = {"account_id": "1", "site_id": "2", "username": "u", "password": "p"}
BARE = "<TelephoneNumberResponse><TelephoneNumberDetails/></TelephoneNumberResponse>"
LISTED = (
    "<ResponseSelectWrapper><ListOrderIdUserIdDate><TotalCount>1</TotalCount><OrderIdUserIdDate>"
    "<OrderDate>2026-01-01T00:00:00Z</OrderDate><orderId>o1</orderId></OrderIdUserIdDate>"
    "</ListOrderIdUserIdDate></ResponseSelectWrapper>"
)


def xml(text: str, status: int = 200) -> httpx2.Response:
    """Write an answer."""
    return httpx2.Response(status, text=text, headers={"Content-Type": "application/xml"})


def order(status: str, error: str = "", text: str = WISH.text) -> str:
    """Write an order."""
    minded = f"<Error><Code>11020</Code><Description>{error}</Description></Error>" if error else ""
    return (
        f"<LidbOrder><orderId>o1</orderId><ProcessingStatus>{status}</ProcessingStatus>"
        f"<ErrorList>{minded}</ErrorList><LidbTnGroups><LidbTnGroup><SubscriberInformation>{text}"
        "</SubscriberInformation></LidbTnGroup></LidbTnGroups></LidbOrder>"
    )


def details(status: str) -> str:
    """Write the details of a number that has the name."""
    listing = f"<Status>{status}</Status><SubscriberInformation>{WISH.text}</SubscriberInformation>"
    inside = f"<Features><Lidb>{listing}</Lidb></Features>"
    return BARE.replace("<TelephoneNumberDetails/>", f"<D>{inside}</D>")


def read(*answers: httpx2.Response) -> Stage:
    """Read how the name stands."""
    carrier, _ = carriers.answering(Bandwidth, CREDENTIALS, answers)
    told = carrier.caller_names_of(NUMBER, WISH, carrier_reference="", deadline=soon())
    return told.stage


class TestCallerNamesOf:
    @pytest.mark.parametrize(
        ("word", "stage"),
        [("Success", Stage.ACTIVE), ("Pending", Stage.PENDING), ("Odd", Stage.PENDING)],
    )
    def test_reads_it_from_the_number(self, word: str, stage: Stage) -> None:
        assert read(xml(details(word))) is stage

    @pytest.mark.parametrize(
        ("word", "stage"),
        [
            ("RECEIVED", Stage.PENDING),
            ("PROCESSING", Stage.PENDING),
            ("FAILED", Stage.REJECTED),
            ("COMPLETE", Stage.ABSENT),
        ],
    )
    def test_reads_it_from_the_last_order_where_the_number_lacks_it(
        self, word: str, stage: Stage
    ) -> None:
        assert read(xml(BARE), xml(LISTED), xml(order(word))) is stage

    def test_an_order_of_another_name_says_nothing(self) -> None:
        assert read(xml(BARE), xml(LISTED), xml(order("RECEIVED", text="OTHER"))) is Stage.ABSENT

    def test_no_orders_at_all_is_a_404(self) -> None:
        assert read(xml(BARE), httpx2.Response(404)) is Stage.ABSENT

    def test_an_order_that_is_listed_and_not_shown_says_nothing_about_the_number(self) -> None:
        with pytest.raises(Unavailable):
            read(xml(BARE), xml(LISTED), httpx2.Response(404))


class TestSetCallerNames:
    def test_a_good_status_with_an_error_is_a_refusal(self) -> None:
        carrier, _ = carriers.answering(
            Bandwidth,
            CREDENTIALS,
            (xml(BARE), httpx2.Response(404), xml(order("RECEIVED", "already has LIDB"), 201)),
        )
        with pytest.raises(Rejected, match="already has LIDB"):
            carrier.set_caller_names(NUMBER, WISH, carrier_reference="", deadline=soon())

    def test_orders_again_what_an_order_of_before_did(self) -> None:
        carrier, seen = carriers.answering(
            Bandwidth,
            CREDENTIALS,
            (xml(BARE), xml(LISTED), xml(order("COMPLETE")), xml(order("RECEIVED"), 201)),
        )
        told = carrier.set_caller_names(NUMBER, WISH, carrier_reference="", deadline=soon())
        assert told.stage is Stage.PENDING
        assert seen[-1].method == "POST"

    def test_orders_nothing_twice(self) -> None:
        carrier, seen = carriers.answering(
            Bandwidth, CREDENTIALS, (xml(BARE), xml(LISTED), xml(order("RECEIVED")))
        )
        carrier.set_caller_names(NUMBER, WISH, carrier_reference="", deadline=soon())
        assert {request.method for request in seen} == {"GET"}

    def test_an_answer_without_an_order_is_not_believed(self) -> None:
        carrier, _ = carriers.answering(
            Bandwidth, CREDENTIALS, (xml(BARE), httpx2.Response(404), xml("<Odd/>", 201))
        )
        with pytest.raises(OutcomeUnknown):
            carrier.set_caller_names(NUMBER, WISH, carrier_reference="", deadline=soon())
