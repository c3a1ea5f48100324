"""What the parts of Bandwidth share."""

from __future__ import annotations

import re
import zlib
from datetime import datetime
from random import Random
from xml.etree.ElementTree import Element

from sandbox.bandwidth import errors
from sandbox.carrier import Carrier
from sandbox.faults import odd_elements
from sandbox.wire import Answer, Request, as_text
from sandbox.world import Account
from trunks.xml import Content, xml_from, xml_of

XML = "application/xml"
STATUSES = ("OrderStatus", "ProcessingStatus", "Status")
NUMBER = re.compile(r"\+[1-9]\d{6,14}")


class BandwidthBase(Carrier):
    """The carrier as its parts see it."""

    slug = "bandwidth"
    source_address = "127.0.3.10"
    announces_orders = False
    order_seconds: float
    """How long orders, disconnects and moves take, and how long until a number is in service."""

    def with_odd_words(self, body: bytes, chance: Random) -> bytes:
        """Put words that nobody knows in place of the statuses."""
        return odd_elements(body, STATUSES, chance)


def account_id(account: Account) -> str:
    """Give the account's number, which follows from the user's name."""
    return str(5_000_000 + zlib.crc32(account.id.encode()) % 1_000_000)


def site_id(account: Account) -> str:
    """Give the number of the account's one site."""
    return str(10_000 + zlib.crc32(f"site {account.id}".encode()) % 10_000)


def default_peer(account: Account) -> str:
    """Give the site's default location: it exists from the start and delivers nowhere."""
    return str(500_000 + zlib.crc32(f"peer {account.id}".encode()) % 100_000)


def moment(at: datetime) -> str:
    """Write a time."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def answer(name: str, content: Content, *, status: int = 200) -> Answer:
    """Answer with a document."""
    return as_text(xml_of(name, content), XML, status=status)


def document(request: Request, name: str) -> Element:
    """
    Read a request's document; names of elements count in every letter.

    :raises Refusal: if it is none, or another
    """
    try:
        root = xml_from(request.body)
    except ValueError as trouble:
        raise errors.invalid(errors.MALFORMED, "The request is not well-formed.") from trouble
    if root is None or root.tag != name or not request.headers["content-type"].startswith(XML):
        # Without its wrapper the server breaks (command line tool, 2026-06).
        raise errors.broken()
    return root


def numbers_in(listed: Element | None) -> list[str]:
    """
    Read a list of numbers.

    :raises Refusal: if it is missing, empty or holds something else
    """
    numbers = [] if listed is None else [part.text or "" for part in listed]
    if not numbers or not all(NUMBER.fullmatch(number) for number in numbers):
        raise errors.invalid(5001, "The telephone number list is invalid.")
    if len(set(numbers)) < len(numbers):
        raise errors.invalid(5093, "The telephone number list has duplicates.")
    return numbers


def links(path: str, following: str) -> Content:
    """Write the links of a page, addresses in angle brackets inside of the text."""

    def link(page: str, rel: str) -> str:
        # The next page is named by a number whose plus is not escaped (description, `/tns`).
        return f'Link=<https://dashboard.bandwidth.com:443/v2.0{path}&page={page}>;rel="{rel}";'

    shown = [("first", link("1", "first"))]
    return shown + ([("next", link(following, "next"))] if following else [])
