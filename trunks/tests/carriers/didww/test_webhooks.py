"""DIDWW's messages: what is signed, by what, and what they are about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import httpx2
import pytest

from lib.e164 import E164
from trunks.carriers.didww import webhooks
from trunks.carriers.didww.adapter import Didww
from trunks.http import Caller
from trunks.offers import LineStatus, Wanted
from trunks.tests.carriers.conformance import WEBHOOKS, soon
from trunks.tests.carriers.sandbox import CarrierSandbox

FORM = {"status": "completed", "id": "1dd7a68b-e235-402b-8912-fe73ee14243a", "type": "orders"}
BODY = urlencode(FORM).encode()
WANTED = Wanted(country="US", area_code="312", limit=1)
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def adapter(**credentials: str) -> Didww:
    """Give an adapter that only listens."""
    return Didww(credentials=credentials, caller=Caller(httpx2.Client()))


def believed(carrier: Didww, secret: str, body: bytes = BODY) -> bool:
    """Tell whether a message is believed that a secret has signed."""
    told = {"X-Didww-Signature": webhooks.signature(WEBHOOKS, FORM, secret)}
    return carrier.verify(headers=told, body=body, url=WEBHOOKS, now=NOW)


class TestSignature:
    @pytest.mark.parametrize(
        ("url", "expected"),
        [
            ("http://foo.com/bar", "4d1ce2be656d20d064183bec2ab98a2ff3981f73"),
            ("http://foo.com:80/bar", "4d1ce2be656d20d064183bec2ab98a2ff3981f73"),
            ("http://foo.com:443/bar", "904eaa65c0759afac0e4d8912de424e2dfb96ea1"),
            ("http://foo.com/bar?baz=boo", "78b00717a86ce9df06abf45ff818aa94537e1729"),
            ("http://user:pass@foo.com/bar", "88615a11a78c021c1da2e1e0bfb8cc165170afc5"),
            ("https://foo.com/bar", "f26a771c302319a7094accbe2989bad67fff2928"),
            ("https://foo.com:8384/bar", "9c9fec4b7ebd6e1c461cb8e4ffe4f2987a19a5d3"),
            ("https://foo.com/bar#baz", "5024919770ea5ca2e3ccc07cb940323d79819508"),
            ("http://[::1]:9090/bar", "ebec110ec5debd0e0fd086ff2f02e48ca665b543"),
            ("https://[::1]/bar", "f3cfe6f523fdf1d4eaadc310fcd3ed92e1e324b0"),
            ("http://foo.com/foo%2Fbar", "db24428442b012fa0972a453ba1ba98e755bba10"),
        ],
    )
    def test_is_that_of_the_carriers_own_examples(self, url: str, expected: str) -> None:
        assert webhooks.signature(url, FORM, "SOMEAPIKEY") == expected

    def test_covers_fields_that_are_empty(self) -> None:
        form = {
            "status": "approved",
            "id": "7ae7c48f-d48a-499f-9dc1-c9217014b457",
            "type": "address_verifications",
            "reject_reason": "",
        }
        url = f"http://example.com/callback.php?{urlencode(sorted(form.items()))}"
        headers = {"X-DIDWW-Signature": "18050028b6b22d0ed516706fba1c1af8d6a8f9d5"}
        assert webhooks.is_signed(headers, urlencode(form).encode(), url, ["SOMEAPIKEY"])


class TestVerify:
    def test_believes_the_key_and_the_secret_that_is_made_for_it(self) -> None:
        both = adapter(api_key="k", callback_secret="s")
        assert believed(both, "k")
        assert believed(both, "s")
        assert not believed(both, "x")
        assert not believed(adapter(api_key="k"), "s")

    def test_never_believes_what_nothing_has_signed(self) -> None:
        assert not believed(adapter(api_key="k", callback_secret=""), "")

    def test_a_field_more_is_another_message(self) -> None:
        assert not believed(adapter(api_key="k"), "k", BODY + b"&amount=1")


class TestHint:
    def test_names_the_object_and_what_became_of_it(self) -> None:
        hint = webhooks.hint_from(BODY)
        assert (hint.kind, hint.carrier_reference) == ("orders.completed", FORM["id"])
        assert hint.event_id != webhooks.hint_from(BODY.replace(b"completed", b"canceled")).event_id


class TestOrder:
    @pytest.fixture
    def sandbox(self) -> CarrierSandbox:
        return CarrierSandbox()

    def test_says_where_its_message_goes(self, sandbox: CarrierSandbox) -> None:
        credentials = sandbox.account("didww")["credentials"]
        mine: Any = sandbox.adapter_for("didww", credentials, webhook_url=WEBHOOKS)
        bought(mine)
        sandbox.close()
        (letter,) = sandbox.letters
        assert letter.url == WEBHOOKS
        orders = sandbox.world.store.table("didww.orders")
        assert mine.hint(letter.body).carrier_reference in orders

    def test_has_none_sent_where_nobody_could_take_it(self, sandbox: CarrierSandbox) -> None:
        bought(sandbox.adapter("didww"))
        sandbox.close()
        assert sandbox.letters == []

    def test_is_signed_by_the_secret_where_there_is_one(self, sandbox: CarrierSandbox) -> None:
        credentials = {"api_key": "k-1", "callback_secret": "s-1"}
        made = sandbox.control("POST", "accounts", {"carrier": "didww", "credentials": credentials})
        assert made["credentials"] == credentials
        mine: Any = sandbox.adapter_for("didww", credentials, webhook_url=WEBHOOKS)
        bought(mine)
        sandbox.close()
        (letter,) = sandbox.letters
        signed: Any = {
            "headers": letter.headers,
            "body": letter.body,
            "url": letter.url,
            "now": NOW,
        }
        assert mine.verify(**signed)
        assert not adapter(api_key="k-1").verify(**signed)


def bought(carrier: Any, wanted: Wanted = WANTED) -> E164:
    """Buy a number, and wait for it."""
    number: E164 = carrier.search(wanted, deadline=soon())[0].number
    reference = str(uuid4())
    carrier.order([number], reference=reference, binding="", deadline=soon())
    found = carrier.find_order(reference=reference, numbers=[number], deadline=soon())
    assert found.numbers[0].status is LineStatus.BOUGHT
    return number
