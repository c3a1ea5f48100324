"""
Options of numbers at Bandwidth (`tnoptions`): ordered, decided later, and read from their orders.

What an order does not name of a number's options stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from lib.e164 import E164
from trunks.carriers.bandwidth.payloads import number_in, number_out, why
from trunks.carriers.bandwidth.wire import EMPTY, BandwidthWire, there
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected
from trunks.features import Problem, Stage, Standing
from trunks.xml import Content, text_of, xml_of

_STAGES = {"COMPLETE": Stage.ACTIVE, "PARTIAL": Stage.REJECTED, "FAILED": Stage.REJECTED}


@dataclass(frozen=True)
class Ordered:
    """What the last order of an option said, and how it stands."""

    word: str
    standing: Standing


class BandwidthOptions(BandwidthWire):
    """The part of the adapter that orders options of numbers."""

    def _order_option(
        self, number: E164, option: tuple[str, Content], *, done: Stage, deadline: Deadline
    ) -> Standing:
        """Order an option; `done` is how it stands where that is ABSENT once it is ordered."""
        return self._call(
            "POST",
            "tnoptions",
            content=option_body(number, option),
            parse=lambda body: placed_from(there(body), done=done),
            deadline=deadline,
        )

    def _last_order(
        self, number: E164, deadline: Deadline, word_of: Callable[[Element], str]
    ) -> Ordered | None:
        """
        Find the last order of an option.

        :param word_of: reads what a group of an order says of it; empty where nothing
        """
        try:
            return self._call(
                "GET",
                "tnoptions",
                params=[("tn", number_out(number)), ("orderDetails", "true")],
                parse=lambda body: last_order_from(there(body), number, word_of),
                means={EMPTY: None},
                deadline=deadline,
            )
        except Rejected as refusal:
            if refusal.reason is Reason.NOT_FOUND:
                return None
            raise


def option_body(number: E164, option: tuple[str, Content]) -> bytes:
    """Order one option of a number."""
    group: Content = [option, ("TelephoneNumbers", [("TelephoneNumber", number_out(number))])]
    return xml_of("TnOptionOrder", [("TnOptionGroups", [("TnOptionGroup", group)])])


def placed_from(body: Element, *, done: Stage) -> Standing:
    """
    Read how far an order is that was just made.

    :raises Rejected: if it has failed at once
    """
    order = body.find("TnOptionOrder")
    if order is None:
        raise ValueError("no order in the answer")
    stage = _STAGES.get(text_of(order, "ProcessingStatus"), Stage.PENDING)
    if stage is Stage.REJECTED:
        raise why(order)
    return Standing(stage=Stage.ABSENT if done is Stage.ABSENT else stage)


def last_order_from(
    body: Element, number: E164, word_of: Callable[[Element], str]
) -> Ordered | None:
    """Read the last order that said something of an option of a number."""
    if body.tag != "TnOptionOrderReportResponse":
        raise ValueError("not a list of orders")
    found = [
        (text_of(order, "OrderCreateDate"), word, order)
        for order in body.iter("TnOptionOrder")
        if (word := _word_in(order, number, word_of))
    ]
    if not found:
        return None
    _, word, order = max(found, key=lambda each: each[0])
    stage = _STAGES.get(text_of(order, "ProcessingStatus"), Stage.PENDING)
    minded = (Problem(field="", words=str(why(order))),) if stage is Stage.REJECTED else ()
    return Ordered(word=word, standing=Standing(stage=stage, problems=minded))


def _word_in(order: Element, number: E164, word_of: Callable[[Element], str]) -> str:
    for group in order.iter("TnOptionGroup"):
        named = {number_in(part.text or "") for part in group.iter("TelephoneNumber")}
        if number in named and (word := word_of(group)):
            return word
    return ""
