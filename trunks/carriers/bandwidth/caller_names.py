"""
Names of callers at Bandwidth: an order lists a name in the database of lines (LIDB).

Facts: `numbers_v2.openapi.yaml` (`lidbs`, `tns/{tn}/tndetails`). What a number has is told by its
details, what becomes of an order by the orders about the number. No order takes a name off, and one
error (11020) says that a number which has a name gets no other, so both are left to a person where
they are refused. Whether callers are looked up is a line option that no description shows for one
number: a person sets it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from xml.etree.ElementTree import Element

from lib.e164 import E164
from trunks.carriers.bandwidth.payloads import number_out, why
from trunks.carriers.bandwidth.wire import EMPTY, BandwidthWire, there
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected, Unavailable
from trunks.features import NOTHING, CallerNames, Problem, Stage, Standing
from trunks.roles import SetsCallerName
from trunks.xml import Content, text_of, xml_of

_ASKED_FOR = frozenset({Stage.ACTIVE, Stage.PENDING})
_ON_NUMBERS = {"success": Stage.ACTIVE, "failed": Stage.REJECTED}
_OF_ORDERS = {
    "COMPLETE": Stage.ABSENT,
    "PARTIAL": Stage.REJECTED,
    "FAILED": Stage.REJECTED,
}
"""One that is done says nothing: it outlives a number that was given back, and that tells more."""


@dataclass(frozen=True)
class Listing:
    """A name, and how far it is."""

    text: str
    stage: Stage
    words: str = ""

    @property
    def standing(self) -> Standing:
        """Give how it stands."""
        minded = (Problem(field="text", words=self.words),) if self.words else ()
        return Standing(stage=self.stage, problems=minded)


class BandwidthCallerNames(BandwidthWire, SetsCallerName):
    """The part of the adapter that lists names."""

    lists_names: ClassVar[bool] = True
    looks_up_callers: ClassVar[bool] = False
    unlists_names: ClassVar[bool] = False

    def set_caller_names(
        self, number: E164, wanted: CallerNames, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Order the name, unless it is there or on its way."""
        found = self._listing_of(number, wanted.text, deadline)
        if not wanted.text:
            if found is None:
                return NOTHING
            raise Rejected(
                "Bandwidth's interface takes no name off. Have its support do it.",
                reason=Reason.NOT_ALLOWED,
            )
        if found is not None and found.text == wanted.text and found.stage in _ASKED_FOR:
            return found.standing
        return self._call(
            "POST",
            "lidbs",
            content=order_body(number, wanted.text),
            parse=lambda body: placed_from(there(body)),
            deadline=deadline,
        )

    def caller_names_of(
        self, number: E164, wanted: CallerNames, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Read what the number has, else what becomes of the last order about it."""
        found = self._listing_of(number, wanted.text, deadline)
        is_wanted = found is not None and found.text == wanted.text and bool(wanted.text)
        return found.standing if found is not None and is_wanted else NOTHING

    def _listing_of(self, number: E164, text: str, deadline: Deadline) -> Listing | None:
        has = self._call(
            "GET",
            f"tns/{number_out(number)}/tndetails",
            parse=lambda body: listing_from(there(body)),
            deadline=deadline,
        )
        if not text or (has is not None and has.text == text):
            return has
        ids = self._namings(number, deadline)
        return self._naming(ids[0], deadline) if ids else has

    def _namings(self, number: E164, deadline: Deadline) -> list[str]:
        try:
            return self._call(
                "GET",
                "lidbs",
                params=[("tn", number_out(number))],
                parse=lambda body: order_ids_from(there(body)),
                means={EMPTY: []},
                deadline=deadline,
            )
        except Rejected as refusal:
            if refusal.reason is Reason.NOT_FOUND:
                # An account without such orders is answered in this way.
                return []
            raise

    def _naming(self, id_: str, deadline: Deadline) -> Listing:
        try:
            return self._call(
                "GET",
                f"lidbs/{id_}",
                parse=lambda body: order_from(there(body)),
                deadline=deadline,
            )
        except Rejected as refusal:
            # Never to be taken for a word about the number.
            raise Unavailable("The carrier does not show an order that it lists.") from refusal


def order_body(number: E164, text: str) -> bytes:
    """Say which name a number's calls show."""
    group: Content = [
        ("TelephoneNumbers", [("TelephoneNumber", number_out(number))]),
        ("SubscriberInformation", text),
        ("UseType", "BUSINESS"),
        ("Visibility", "PUBLIC"),
    ]
    return xml_of("LidbOrder", [("LidbTnGroups", [("LidbTnGroup", group)])])


def placed_from(body: Element) -> Standing:
    """
    Read how far an order is that was just made.

    :raises Rejected: if it has failed at once, of which its status may say nothing
    """
    made = order_from(body)
    if made.stage is Stage.REJECTED or made.words:
        raise why(body)
    return made.standing


def order_from(body: Element) -> Listing:
    """Read an order about one number; an answer has it as its root or within."""
    found = next(body.iter("LidbOrder"), None)
    if found is None:
        raise ValueError("no order in the answer")
    stage = _OF_ORDERS.get(text_of(found, "ProcessingStatus"), Stage.PENDING)
    minded = [text_of(error, "Description") for error in found.iter("Error")]
    return Listing(
        text=text_of(found, "LidbTnGroups/LidbTnGroup/SubscriberInformation"),
        stage=stage,
        words="; ".join(minded),
    )


def listing_from(body: Element) -> Listing | None:
    """Read the name that a number has, whose status is a word of its own."""
    part = body.find(".//Features/Lidb")
    if part is None or not part.findtext("SubscriberInformation"):
        return None
    word = (part.findtext("Status") or "").lower()
    return Listing(
        text=text_of(part, "SubscriberInformation"), stage=_ON_NUMBERS.get(word, Stage.PENDING)
    )


def order_ids_from(body: Element) -> list[str]:
    """Read which orders are about a number, the latest first."""
    if body.tag != "ResponseSelectWrapper":
        raise ValueError("not a list of orders")
    rows = [
        (text_of(part, "OrderDate"), text_of(part, "orderId"))
        for part in body.iter("OrderIdUserIdDate")
    ]
    if len(rows) < int(body.findtext("ListOrderIdUserIdDate/TotalCount") or 0):
        raise ValueError("the list has fewer orders than it counts")
    return [id_ for _, id_ in sorted(rows, reverse=True)]
