"""What the conformance suite does not say about campaigns of numbers at Bandwidth."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from trunks.carriers.bandwidth.adapter import Bandwidth
from trunks.errors import Reason, Rejected, Unavailable
from trunks.features import Stage
from trunks.tests.carriers import answering as carriers
from trunks.tests.carriers.bandwidth.test_caller_names import CREDENTIALS, NUMBER, xml
from trunks.tests.carriers.bandwidth.test_texts import order as order_of_texts
from trunks.tests.carriers.bandwidth.test_texts import orders
from trunks.tests.carriers.conformance import soon


def details(campaign: str = "") -> httpx2.Response:
    """Write the details of a number."""
    told = f"<CampaignId>{campaign}</CampaignId>" if campaign else ""
    return xml(
        f"<TelephoneNumberResponse><TelephoneNumberDetails><FullNumber>{NUMBER}</FullNumber>"
        f"<MessagingSettings>{told}</MessagingSettings></TelephoneNumberDetails>"
        "</TelephoneNumberResponse>"
    )


def listed(id_: str, message_class: str = "") -> httpx2.Response:
    """List one campaign."""
    told = f"<MessageClass>{message_class}</MessageClass>" if message_class else ""
    inside = f"<MessagingA2pCampaign><CampaignId>{id_}</CampaignId>{told}</MessagingA2pCampaign>"
    name = "MessagingA2pCampaigns"
    return xml(f"<{name}Response><{name}>{inside}</{name}></{name}Response>")


def order(status: str, settings: str, *, at: str = "2026-01-01") -> str:
    """Write an order about a campaign."""
    return (
        f"<TnOptionOrder><OrderCreateDate>{at}</OrderCreateDate>"
        f"<ProcessingStatus>{status}</ProcessingStatus><TnOptionGroups><TnOptionGroup>"
        f"<A2pSettings>{settings}</A2pSettings><TelephoneNumbers>"
        f"<TelephoneNumber>{NUMBER}</TelephoneNumber></TelephoneNumbers></TnOptionGroup>"
        "</TnOptionGroups><ErrorList/></TnOptionOrder>"
    )


def placed(status: str = "RECEIVED") -> httpx2.Response:
    """Answer an order."""
    text = order(status, "<CampaignId>C1</CampaignId>")
    return xml(f"<TnOptionOrderResponse>{text}</TnOptionOrderResponse>", 201)


def speaking(*answers: httpx2.Response) -> tuple[Any, list[httpx2.Request]]:
    """Give an adapter that is answered so."""
    return carriers.answering(Bandwidth, CREDENTIALS, answers)


def ways() -> dict[str, Any]:
    """Give what every operation takes."""
    return {"campaign_reference": "C1", "carrier_reference": "", "deadline": soon()}


class TestJoinCampaign:
    @pytest.mark.parametrize("message_class", ["", "Campaign-A"])
    def test_says_the_class_that_the_account_lists(self, message_class: str) -> None:
        carrier, seen = speaking(details(), listed("C1", message_class), placed())

        assert carrier.join_campaign(NUMBER, **ways()).stage is Stage.PENDING
        assert ("<MessageClass>" in seen[2].content.decode()) is bool(message_class)

    def test_is_refused_where_the_account_lists_no_such_campaign(self) -> None:
        carrier, seen = speaking(details(), listed("C2"))

        with pytest.raises(Rejected, match="lists no campaign C1") as caught:
            carrier.join_campaign(NUMBER, **ways())
        assert caught.value.reason is Reason.INVALID
        assert [request.method for request in seen] == ["GET", "GET"]


class TestCampaignOf:
    @pytest.mark.parametrize(
        ("told", "stage"),
        [
            ((), Stage.ABSENT),
            ((order("RECEIVED", "<CampaignId>C1</CampaignId>"),), Stage.PENDING),
            ((order("FAILED", "<CampaignId>C1</CampaignId>"),), Stage.REJECTED),
            ((order("RECEIVED", "<CampaignId>C2</CampaignId>"),), Stage.ABSENT),
            ((order("COMPLETE", "<CampaignId>C1</CampaignId>"),), Stage.ACTIVE),
            (
                (
                    order("RECEIVED", "<CampaignId>C1</CampaignId>"),
                    order("RECEIVED", "<Action>delete</Action>", at="2026-01-02"),
                ),
                Stage.ABSENT,
            ),
            (
                (
                    order("RECEIVED", "<CampaignId>C1</CampaignId>"),
                    order_of_texts("COMPLETE", "on", at="2026-01-02"),
                ),
                Stage.PENDING,
            ),
        ],
    )
    def test_is_what_the_last_order_for_one_says(self, told: tuple[str, ...], stage: Stage) -> None:
        carrier, _ = speaking(details(), orders(*told))

        assert carrier.campaign_of(NUMBER, **ways()).stage is stage

    def test_is_another_one_where_the_number_shows_that(self) -> None:
        done = order("COMPLETE", "<CampaignId>C1</CampaignId>")
        carrier, _ = speaking(details("C2"), orders(done))

        assert carrier.campaign_of(NUMBER, **ways()).stage is Stage.ABSENT


def test_a_number_without_a_campaign_is_taken_out_of_none() -> None:
    last = order("COMPLETE", "<Action>delete</Action>")
    for told in (orders(), orders(last)):
        carrier, seen = speaking(told, details())
        carrier.leave_campaign(NUMBER, carrier_reference="", deadline=soon())
        assert [request.method for request in seen] == ["GET", "GET"]


def test_only_the_status_of_an_empty_list_says_that_nothing_was_ordered() -> None:
    carrier, seen = speaking(httpx2.Response(204), details())
    carrier.leave_campaign(NUMBER, carrier_reference="", deadline=soon())
    assert len(seen) == 2

    carrier, _ = speaking(*[httpx2.Response(200)] * 5)
    with pytest.raises(Unavailable):
        carrier.leave_campaign(NUMBER, carrier_reference="", deadline=soon())
