"""
What Bandwidth does later: orders, disconnects and moves, each with a status of its own.

Field names and values: `numbers_v2.openapi.yaml`; `FailedNumbers` is known from its own SDK alone
(`@bandwidth/numbers`).
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from lib.e164 import E164
from trunks.carriers.bandwidth.payloads import number_in, number_out, raise_errors, why
from trunks.carriers.bandwidth.refusals import errors_in
from trunks.errors import Rejected
from trunks.offers import LineStatus, OrderedNumber, PlacedOrder
from trunks.xml import Content, text_of, xml_of

RECEIVED = "RECEIVED"
"""Also what is meant where the answer to an order or a disconnect tells no status."""
UNDER_WAY = frozenset({RECEIVED, "PROCESSING"})
OVER = frozenset({"PARTIAL", "FAILED"})
"""Words after which a number that is not completed will not be."""
DONE = "COMPLETE"


def order_body(numbers: Sequence[E164], *, reference: str, site: str, binding: str) -> bytes:
    """Say what is bought, under which reference of ours, and to which location it goes."""
    peer = [("PeerId", binding)] if binding else []
    content: list[tuple[str, Content]] = [
        ("CustomerOrderId", reference),
        # One guide says that an order must have a name; the description does not.
        ("Name", reference),
        ("SiteId", site),
        *peer,
        ("PartialAllowed", "true"),
        ("BackOrderRequested", "false"),
        ("ExistingTelephoneNumberOrderType", [_listed("TelephoneNumberList", numbers)]),
    ]
    return xml_of("Order", content)


def placed_order_from(
    body: Element, numbers: Sequence[E164], our_reference: str, order_id: str = ""
) -> PlacedOrder:
    """
    Read an order with what became of each number.

    :param order_id: the order that was asked for; its own answer does not name it
    """
    reference = body.findtext("Order/id") or body.findtext("OrderId") or order_id
    if not reference:
        # A good status may carry errors; without an order nothing was placed.
        raise_errors(body)
        raise ValueError("no order in the answer")
    if (body.findtext("Order/CustomerOrderId") or our_reference) != our_reference:
        raise ValueError("the order is somebody else's")
    word = body.findtext("OrderStatus", RECEIVED).strip()
    bought, failed = (set(_numbers(body, f"{kind}Numbers")) for kind in ("Completed", "Failed"))
    count = body.findtext("CompletedQuantity")
    if word in OVER and count is not None and int(count) != len(bought):
        # Only then a number that is not named counts as failed.
        raise ValueError("the completed numbers are not all named")
    asked = _numbers(body, "Order/ExistingTelephoneNumberOrderType/TelephoneNumberList")
    return PlacedOrder(
        carrier_reference=reference,
        numbers=tuple(
            _line(number, word, bought=bought, failed=failed, body=body)
            for number in dict.fromkeys([*(asked or numbers), *bought])
        ),
    )


def _line(
    number: E164, word: str, *, bought: set[E164], failed: set[E164], body: Element
) -> OrderedNumber:
    if number in bought:
        return OrderedNumber(
            number=number, status=LineStatus.BOUGHT, carrier_reference=number_out(number)
        )
    if word in OVER or (word == DONE and number in failed):
        return OrderedNumber(number=number, status=LineStatus.FAILED, reason=_reason(number, body))
    if word in UNDER_WAY:
        return OrderedNumber(number=number, status=LineStatus.PENDING)
    # Also COMPLETE without the number, and a back order that nobody asked for.
    return OrderedNumber(
        number=number,
        status=LineStatus.PENDING,
        reason=f"The carrier says {word[:40]!r} and does not tell what became of the number.",
        word=word[:40] or "(empty)",
    )


def _reason(number: E164, body: Element) -> str:
    """Give the words about this number, else those about no number at all."""
    errors = errors_in(body)
    about = [error for error in errors if number in map(number_in, error.numbers)]
    chosen = about or [error for error in errors if not error.numbers]
    words = "; ".join(f"{error.words} ({error.code})" for error in chosen)
    return words or "The carrier could not supply the number."


def order_ids_from(body: Element, reference: str) -> list[str]:
    """Read which orders carry exactly our reference; an entry may leave it out."""
    if body.tag != "ResponseSelectWrapper":
        raise ValueError("not a list of orders")
    return [
        # The schema writes OrderId, the example orderId.
        entry.findtext("OrderId") or text_of(entry, "orderId")
        for entry in body.iter("OrderIdUserIdDate")
        if entry.findtext("CustomerOrderId") in (None, reference)
    ]


def release_body(number: E164) -> bytes:
    """Say which number is given back."""
    listed = [_listed("TelephoneNumberList", [number])]
    return xml_of(
        "DisconnectTelephoneNumberOrder", [("DisconnectTelephoneNumberOrderType", listed)]
    )


def move_body(number: E164, *, site: str, peer: str) -> bytes:
    """Say to which location a number goes."""
    return xml_of(
        "MoveTnsOrder",
        [("SiteId", site), ("SipPeerId", peer), _listed("TelephoneNumbers", [number])],
    )


def job_from(body: Element) -> tuple[str, str]:
    """Read the id and the status of a disconnect or a move; ids have three spellings."""
    id_ = next((part.text for name in ("OrderId", "id") for part in body.iter(name)), None)
    status = _status(body) if not id_ else _word(body) or RECEIVED
    if status in OVER:
        raise why(body)
    return id_ or "", status


def job_status_from(body: Element) -> tuple[str, Rejected | None]:
    """Read how far a disconnect or a move is, and why it failed."""
    status = _status(body)
    return status, why(body) if status in OVER else None


def _status(body: Element) -> str:
    word = _word(body)
    if not word:
        raise KeyError("OrderStatus")
    return word


def _word(body: Element) -> str:
    words = (part.text for name in ("ProcessingStatus", "OrderStatus") for part in body.iter(name))
    return (next(words, "") or "").strip()


def _numbers(body: Element, path: str) -> list[E164]:
    """Give the numbers below a path; some lists nest the same name twice."""
    there = body.find(path)
    return [
        number_in(part.text)
        for part in (() if there is None else there.iter())
        if part.tag in {"TelephoneNumber", "FullNumber"} and not len(part) and part.text
    ]


def _listed(name: str, numbers: Sequence[E164]) -> tuple[str, Content]:
    return name, [("TelephoneNumber", number_out(number)) for number in numbers]
