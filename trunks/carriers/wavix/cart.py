"""
The cart: one for the whole account, so orders of an account come one after the other.

Numbers in it are neither held nor bought; filling it can be done again, and what goes wrong before
the checkout has bought nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from lib.e164 import E164
from trunks.carriers.wavix import payloads
from trunks.carriers.wavix.wire import Wire
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected, Unavailable

CART = "buy/cart"


def fill(wire: Wire, number: E164, deadline: Deadline) -> None:
    """
    Have this number in the cart and nothing else.

    :raises Rejected: if it is not for sale
    :raises Unavailable: if somebody else is buying, such as a person on the carrier's pages
    """
    _take_out(wire, _content(wire, deadline) - {number}, deadline)
    with _as_gone():
        _change(wire, "PUT", [number], deadline)
    # The description has the answer as what is in the cart now; its words leave open whether only
    # what was added is meant. The cart itself says it.
    content = _content(wire, deadline)
    if number not in content:
        raise Rejected("The carrier did not put the number in the cart.", reason=Reason.NUMBER_GONE)
    if content != {number}:
        raise Unavailable("The cart at the carrier holds numbers of somebody else.")


def check_out(wire: Wire, number: E164, deadline: Deadline) -> None:
    """Buy what is in the cart: the one outside write of an order, which names its number."""
    with _as_gone():
        wire.call(
            "POST",
            f"{CART}/checkout",
            json=payloads.ids_body([number]),
            parse=payloads.done_from,
            deadline=deadline,
        )


def _content(wire: Wire, deadline: Deadline) -> set[E164]:
    return wire.call("GET", CART, parse=payloads.cart_from, deadline=deadline)


def _take_out(wire: Wire, numbers: Collection[E164], deadline: Deadline) -> None:
    if not numbers:
        return
    try:
        _change(wire, "DELETE", numbers, deadline)
    except Rejected as refusal:
        # Somebody took them out already.
        if refusal.reason is not Reason.NOT_FOUND:
            raise


def _change(wire: Wire, method: str, numbers: Collection[E164], deadline: Deadline) -> None:
    # What is in the cart is read afterwards, so an answer that cannot be read does no harm.
    wire.call(
        method,
        CART,
        json=payloads.ids_body(numbers),
        parse=lambda _body: None,
        deadline=deadline,
        changes=False,
    )


@contextmanager
def _as_gone() -> Iterator[None]:
    """Read 404 as "no longer for sale": how a number that is gone is refused is in no document."""
    try:
        yield
    except Rejected as refusal:
        if refusal.reason is Reason.NOT_FOUND:
            raise Rejected(str(refusal), reason=Reason.NUMBER_GONE) from refusal
        raise
