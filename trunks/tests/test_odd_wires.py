"""Carriers that speak no JSON, say no with a good status, or write by GET; no network, no store."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element

import httpx2
import pytest

from trunks.deadlines import Deadline
from trunks.errors import CarrierError, OutcomeUnknown, Reason, Rejected, Unavailable
from trunks.http import READ_ATTEMPTS, Call, Caller
from trunks.transport import new_client
from trunks.xml import text_of, xml_from, xml_of

URL = "https://carrier.example/api"
SECRET = "KEY-very-secret"


def bought(body: Element) -> str:
    """Read an answer whose status may be good while its words are not."""
    if text_of(body, "Status") != "OK":
        raise Rejected(text_of(body, "Why"), reason=Reason.NUMBER_GONE)
    return text_of(body, "Order/Id")


class Wire:
    """Answers as told, and counts how often it was asked."""

    def __init__(self, content: bytes, status: int = 200) -> None:
        self.answer = httpx2.Response(status, content=content)
        self.requests: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        return self.answer

    def call(
        self,
        *,
        method: str = "POST",
        changes: bool | None = None,
        means: Mapping[int, str] | None = None,
    ) -> str:
        call = Call(
            method=method,
            url=URL,
            content=xml_of("Order", [("Number", "+14155550100"), ("Note", "<&>")]),
            headers={"Content-Type": "application/xml"},
            decode=xml_from,
            changes=changes,
            means=means or {},
        )
        caller = Caller(new_client(httpx2.MockTransport(self)), secrets=[SECRET])
        return caller.call(
            call,
            parse=bought,
            explain=lambda _status, body: (Reason.INVALID, text_of(body, "Why")),
            deadline=Deadline(5),
        )


def test_speaks_xml_both_ways() -> None:
    wire = Wire(b'<r xmlns="urn:x"><Status>OK</Status><Order><Id> 7 </Id></Order></r>')

    assert wire.call() == "7"
    sent = xml_from(wire.requests[0].content)
    assert sent is not None
    assert text_of(sent, "Note") == "<&>"


def test_a_good_status_may_carry_a_refusal() -> None:
    wire = Wire(f"<r><Status>NO</Status><Why>gone, {SECRET}</Why></r>".encode())

    with pytest.raises(Rejected) as caught:
        wire.call()
    assert caught.value.reason is Reason.NUMBER_GONE
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"ok", b"<r><Status>NO</Status><Why>half</Why></r>"])
def test_a_status_may_mean_all_whatever_the_body_says(content: bytes) -> None:
    assert Wire(content, 207).call(means={207: "7"}) == "7"
    with pytest.raises(CarrierError):
        Wire(content, 201).call(means={207: "7"})


def test_a_refusal_is_explained_in_its_own_format() -> None:
    with pytest.raises(Rejected, match="not yours"):
        Wire(b"<r><Why>not yours</Why></r>", 400).call()


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"ok",
        b"<r>",
        b'{"Status": "OK"}',
        b'<!DOCTYPE r [<!ENTITY a "OK">]><r><Status>&a;</Status><Order><Id>7</Id></Order></r>',
    ],
)
@pytest.mark.parametrize(("writes", "trouble"), [(True, OutcomeUnknown), (False, Unavailable)])
def test_what_cannot_be_read_is_doubted(
    garbage: bytes, writes: bool, trouble: type[CarrierError]
) -> None:
    with pytest.raises(trouble):
        Wire(garbage).call(changes=writes)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(("changes", "times"), [(True, 1), (False, READ_ATTEMPTS)])
def test_what_changes_something_is_asked_once_whatever_its_method(
    method: str, changes: bool, times: int
) -> None:
    wire = Wire(b"", 500)

    with pytest.raises(CarrierError):
        wire.call(method=method, changes=changes)
    assert len(wire.requests) == times
