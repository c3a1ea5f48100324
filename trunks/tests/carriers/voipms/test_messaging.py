"""What is particular to VoIP.ms's text messages and names of callers."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import httpx2
import pytest

from lib.e164 import E164
from trunks.carriers.voipms.messaging import url_of
from trunks.errors import Rejected
from trunks.features import CallerNames, Stage
from trunks.tests.carriers.conformance import soon
from trunks.tests.carriers.voipms.test_voipms import DID, answering, row, said

NUMBER = E164(f"+1{DID}")
HERE = "https://pbx.example/texts"


def mine(**more: Any) -> httpx2.Response:
    """Write the answer about one of our numbers."""
    return said(dids=[row(**more)])


def form(request: httpx2.Request) -> dict[str, str]:
    """Read what was sent, without who sent it."""
    told = dict(parse_qsl(request.content.decode(), keep_blank_values=True))
    return {name: text for name, text in told.items() if not name.startswith("api_")}


class TestMessages:
    def test_the_address_is_asked_with_the_message(self) -> None:
        assert url_of(HERE).startswith(f"{HERE}?from={{FROM}}&")
        assert url_of(f"{HERE}?key=1").startswith(f"{HERE}?key=1&from={{FROM}}&")

    def test_repeats_the_other_ways_of_a_message(self) -> None:
        there = mine(sms_email_enabled=1, sms_email="a@example.com", sms_forward_enabled=0)
        carrier, seen = answering(there, said())
        carrier.route_messages(NUMBER, HERE, carrier_reference="", deadline=soon())

        assert form(seen[1]) == {
            "method": "setSMS",
            "did": DID,
            "enable": "1",
            "url_callback_enable": "1",
            "url_callback": url_of(HERE),
            "url_callback_retry": "1",
            "email_enabled": "1",
            "email_address": "a@example.com",
        }

    def test_repeats_whom_the_carrier_calls_by_smpp(self) -> None:
        place = {"smpp_url": "smpp.example.com", "smpp_user": "u", "smpp_pass": "Word-7"}
        carrier, seen = answering(mine(smpp_enabled=1, **place), said())
        carrier.route_messages(NUMBER, HERE, carrier_reference="", deadline=soon())

        assert {"smpp_enabled": "1", **place}.items() <= form(seen[1]).items()

    @pytest.mark.parametrize(
        ("changed", "stage"),
        [
            ({}, Stage.ACTIVE),
            ({"sms_enabled": "0"}, Stage.ABSENT),
            ({"sms_url_callback_enabled": 0}, Stage.ABSENT),
            ({"sms_url_callback": HERE}, Stage.ABSENT),
        ],
    )
    def test_are_read_from_three_settings(self, changed: dict[str, Any], stage: Stage) -> None:
        on = {"sms_enabled": "1", "sms_url_callback_enabled": 1, "sms_url_callback": url_of(HERE)}
        carrier, _ = answering(mine(**on | changed))
        told = carrier.messages_of(NUMBER, HERE, carrier_reference="", deadline=soon())

        assert told.stage is stage


class TestNames:
    def test_the_look_up_is_switched_with_all_other_settings(self) -> None:
        carrier, seen = answering(mine(routing="sip:5", note="n"), said())
        wanted = CallerNames(shows_callers=True)
        carrier.set_caller_names(NUMBER, wanted, carrier_reference="", deadline=soon())

        told = form(seen[1])
        assert (told["cnam"], told["routing"], told["note"]) == ("1", "sip:5", "n")
        assert {"pop", "dialtime", "billing_type"} <= told.keys()

    def test_no_name_can_be_listed(self) -> None:
        carrier, seen = answering()
        with pytest.raises(Rejected):
            carrier.set_caller_names(
                NUMBER, CallerNames(text="ACME"), carrier_reference="", deadline=soon()
            )
        assert seen == []
