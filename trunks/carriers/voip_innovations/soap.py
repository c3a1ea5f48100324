"""VoIP Innovations' envelopes: credentials inside, and a code of success around every answer."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from trunks.errors import Misconfigured, Reason, Rejected
from trunks.xml import Content, text_of, xml_of

NAMESPACE = "http://tempuri.org/"
SPACES = {"xmlns:soap": "http://schemas.xmlsoap.org/soap/envelope/", "xmlns:vi": NAMESPACE}
SUCCESS = "100"
ALREADY_THERE = "911"
"""The very emergency location that is asked for is provisioned."""
NOTHING_FOUND = frozenset({"101", "910", "205200", "206200"})
"""No record; the others are about emergency locations alone."""
REFUSED_ACCESS = frozenset({"901", "902"})
"""Our address, or user and password, are not those of the API user."""
CODES = {
    "909": Reason.NOT_FOUND,
    "933": Reason.NOT_ALLOWED,
    "934": Reason.INVALID,
    "941": Reason.NOT_ALLOWED,
    "944": Reason.INVALID,
    "948": Reason.INVALID,
    "302490": Reason.INVALID,
}
NO_FUNDS = ("funds", "balance")
"""No code for lack of money is known from anywhere: the words decide."""


def envelope(method: str, content: list[tuple[str, Content]], access: Mapping[str, str]) -> bytes:
    """Write a request; the order of its elements counts, with ours first."""
    signed_in: list[tuple[str, Content]] = [
        ("login", access["login"]),
        ("secret", access["secret"]),
    ]
    body: Content = [(f"vi:{method}", _named([*signed_in, *content]))]
    return xml_of("soap:Envelope", [("soap:Body", body)], attributes=SPACES)


def _named(content: Content) -> Content:
    if isinstance(content, str):
        return content
    return [(f"vi:{name}", _named(part)) for name, part in content]


def result_from(body: Element | None, *, spends: bool) -> Element:
    """
    Read what an answer says under its own code.

    An exception, and a code that nobody knows, say nothing about what was done.

    :param spends: whether it was asked for something that money may lack for
    :raises Rejected: if it says no
    :raises Misconfigured: if it does not know us
    :raises ValueError: if it says nothing
    """
    parts = () if body is None else body.iter()
    result = next((part for part in parts if part.find("responseCode") is not None), None)
    if result is None:
        raise ValueError("no code in the answer")
    code = text_of(result, "responseCode")
    words = (result.findtext("responseMessage") or "").strip()
    if code in {SUCCESS, ALREADY_THERE} or code in NOTHING_FOUND:
        return result
    if code in REFUSED_ACCESS:
        raise Misconfigured(
            f"The carrier refuses our credentials or our address ({code}): the public address of "
            "the portal must be registered for the API user."
        )
    if code in CODES:
        raise Rejected(f"{words} ({code})", reason=CODES[code])
    if spends and any(word in words.lower() for word in NO_FUNDS):
        raise Rejected(f"{words} ({code})", reason=Reason.NO_FUNDS)
    raise ValueError(f"the carrier says {code}")


def refusal_from(_status: int, body: Element | None) -> tuple[Reason, str]:
    """Read a fault; it comes with a status of its own where the request itself is wrong."""
    if body is None:
        raise ValueError("a refusal without words")
    return Reason.OTHER, text_of(body, ".//faultstring")
