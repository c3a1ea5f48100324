"""What the conformance suite does not say about text messages at Bandwidth."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from trunks.carriers.bandwidth.adapter import Bandwidth
from trunks.carriers.bandwidth.texts import application_name
from trunks.errors import Rejected
from trunks.features import Stage
from trunks.tests.carriers import answering as carriers
from trunks.tests.carriers.bandwidth.test_caller_names import CREDENTIALS, NUMBER, xml
from trunks.tests.carriers.conformance import HERE, soon

NUMBERS = "SipPeerTelephoneNumbersCount"


def details(*services: str) -> httpx2.Response:
    """Write the details of a number at location 7."""
    named = "".join(f"<ServiceType>{name}</ServiceType>" for name in services)
    return xml(
        "<TelephoneNumberResponse><TelephoneNumberDetails>"
        f"<FullNumber>{NUMBER}</FullNumber><SipPeer><PeerId>7</PeerId></SipPeer>"
        f"<ServiceTypes>{named}</ServiceTypes></TelephoneNumberDetails></TelephoneNumberResponse>"
    )


def application(id_: str, url: str = HERE) -> httpx2.Response:
    """List one application."""
    return xml(
        "<ApplicationProvisioningResponse><ApplicationList><Application>"
        f"<ApplicationId>{id_}</ApplicationId><ServiceType>Messaging-V2</ServiceType>"
        f"<AppName>{application_name(url)}</AppName><InboundCallbackUrl>{url}</InboundCallbackUrl>"
        "</Application></ApplicationList></ApplicationProvisioningResponse>"
    )


def linked(id_: str, name: str = "ApplicationsSettings") -> httpx2.Response:
    """Write what a location does with messages."""
    inside = f"<HttpMessagingV2AppId>{id_}</HttpMessagingV2AppId>"
    return xml(f"<{name}Response><{name}>{inside}</{name}></{name}Response>")


def order(status: str, word: str, *, at: str = "2026-01-01", error: str = "") -> str:
    """Write an order."""
    minded = f"<Error><Code>5076</Code><Description>{error}</Description></Error>" if error else ""
    return (
        f"<TnOptionOrder><OrderCreateDate>{at}</OrderCreateDate>"
        f"<ProcessingStatus>{status}</ProcessingStatus><TnOptionGroups><TnOptionGroup>"
        f"<Sms>{word}</Sms><TelephoneNumbers><TelephoneNumber>{NUMBER}</TelephoneNumber>"
        "</TelephoneNumbers></TnOptionGroup></TnOptionGroups>"
        f"<ErrorList>{minded}</ErrorList></TnOptionOrder>"
    )


def orders(*texts: str) -> httpx2.Response:
    """List orders."""
    inside = f"<TnOptionOrders>{''.join(texts)}</TnOptionOrders>"
    return xml(f"<TnOptionOrderReportResponse>{inside}</TnOptionOrderReportResponse>")


def speaking(*answers: httpx2.Response) -> tuple[Any, list[httpx2.Request]]:
    """Give an adapter that is answered so."""
    return carriers.answering(Bandwidth, CREDENTIALS, answers)


class TestRouteMessages:
    def test_does_not_take_the_messages_of_others_at_the_location(self) -> None:
        count = f"<{NUMBERS}Response><{NUMBERS}><{NUMBERS}>2</{NUMBERS}></{NUMBERS}>"
        carrier, seen = speaking(
            details("Voice"), application("a1"), linked("a2"), xml(f"{count}</{NUMBERS}Response>")
        )
        with pytest.raises(Rejected, match="same trunk"):
            carrier.route_messages(NUMBER, HERE, carrier_reference="", deadline=soon())
        assert {request.method for request in seen} == {"GET"}

    def test_changes_nothing_where_all_is_as_it_shall_be(self) -> None:
        carrier, _ = speaking(details("Voice", "Messaging"), application("a1"), linked("a1"))
        told = carrier.route_messages(NUMBER, HERE, carrier_reference="", deadline=soon())
        assert told.stage is Stage.ACTIVE

    def test_leaves_the_location_alone_where_a_number_is_switched_off(self) -> None:
        answer = f"<TnOptionOrderResponse>{order('RECEIVED', 'off')}</TnOptionOrderResponse>"
        carrier, seen = speaking(details("Voice", "Messaging"), xml(answer, 201))
        told = carrier.route_messages(NUMBER, "", carrier_reference="", deadline=soon())
        assert told.stage is Stage.ABSENT
        assert b"<Sms>off</Sms>" in seen[-1].content

    def test_an_order_that_fails_at_once_is_refused(self) -> None:
        failed = order("FAILED", "on", error="not in service")
        answer = f"<TnOptionOrderResponse>{failed}</TnOptionOrderResponse>"
        carrier, _ = speaking(details(), application("a1"), linked("a1"), xml(answer, 201))
        with pytest.raises(Rejected, match="not in service"):
            carrier.route_messages(NUMBER, HERE, carrier_reference="", deadline=soon())


class TestMessagesOf:
    @pytest.mark.parametrize(
        ("told", "stage"),
        [
            ([order("RECEIVED", "on")], Stage.PENDING),
            ([order("COMPLETE", "on")], Stage.ACTIVE),
            ([order("FAILED", "on", error="No")], Stage.REJECTED),
            ([order("COMPLETE", "on"), order("COMPLETE", "off", at="2026-01-02")], Stage.ABSENT),
            ([], Stage.ABSENT),
        ],
    )
    def test_reads_the_last_order_where_the_number_does_not_tell(
        self, told: list[str], stage: Stage
    ) -> None:
        carrier, _ = speaking(details("Voice"), application("a1"), linked("a1"), orders(*told))
        read = carrier.messages_of(NUMBER, HERE, carrier_reference="", deadline=soon())
        assert read.stage is stage

    def test_reads_the_application_under_the_name_that_its_sdks_know(self) -> None:
        carrier, _ = speaking(
            details("Messaging"), application("a1"), linked("a1", "ApplicationSettings")
        )
        read = carrier.messages_of(NUMBER, HERE, carrier_reference="", deadline=soon())
        assert read.stage is Stage.ACTIVE

    def test_an_application_of_our_name_with_another_address_is_another_one(self) -> None:
        other = application("a1").text.replace(
            f"<InboundCallbackUrl>{HERE}", "<InboundCallbackUrl>"
        )
        carrier, _ = speaking(details("Messaging"), xml(other))
        read = carrier.messages_of(NUMBER, HERE, carrier_reference="", deadline=soon())
        assert read.stage is Stage.ABSENT
