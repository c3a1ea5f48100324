"""
A carrier without an interface: a person plays it, in its portal or by mail.

Every write answers `NeedsPerson`, which is as exact as a call: what to do, a text to be copied, and
what it is about. Nothing can be looked up, so nothing is ever believed to have happened before
somebody says so. Carriers of this kind are declarations: see the modules beside this one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import ClassVar

from lib.e164 import E164, display
from trunks.by_hand import NeedsPerson, RefusalCode
from trunks.deadlines import Deadline
from trunks.errors import Reason
from trunks.offers import PlacedOrder
from trunks.operations import Operation
from trunks.roles import RoutesNumbers, SellsNumbers

_O = Operation


class SellsByHand(SellsNumbers):
    """A carrier at which a person buys numbers, and gives them back."""

    needed_credentials: ClassVar[tuple[str, ...]] = ()
    numbers_per_order: ClassVar[int] = 200
    lookup_lag: ClassVar[timedelta] = timedelta(0)
    binds_with_order: ClassVar[bool] = True
    by_hand: ClassVar[Mapping[Operation, str]] = {
        _O.ORDER: "A person orders the numbers of a quote, by mail or in the carrier's portal.",
        _O.RELEASE: "A person has the number ceased, by mail or in the carrier's portal.",
        _O.MAKE_TRUNKS: "A person makes the trunk with the carrier and describes it here.",
        _O.TEXTS: "A person has the carrier hand a number's messages on, by mail or in its portal.",
    }
    not_done: ClassVar[Mapping[Operation, str]] = {
        _O.SEARCH: "It cannot be searched. Enter what it offers you as a quote.",
        _O.LIST: "It gives no list by itself. Take a list of its portal into stock instead.",
        _O.MESSAGES: "It sends none; a person says how far an order is.",
    }

    country: ClassVar[str] = ""
    """In whose national form numbers are added to what people copy; empty for none."""
    calendar: ClassVar[str] = ""
    """Whose business days count, such as "GB-ENG"; empty for every weekday."""
    days: ClassVar[Mapping[Operation, int]] = {_O.ORDER: 2, _O.RELEASE: 5, _O.ROUTE: 2}
    """Business days in which each should be done."""
    where: ClassVar[str] = "by mail or in its portal"
    trunk_word: ClassVar[str] = "Trunk"
    """What the carrier calls that to which numbers are delivered."""
    notes: ClassVar[Mapping[Operation, tuple[str, ...]]] = {}
    """What this carrier wants to be minded, each a sentence."""
    refusal_codes: ClassVar[tuple[RefusalCode, ...]] = (
        RefusalCode("GONE", "No longer available", Reason.NUMBER_GONE),
        RefusalCode("DOCUMENTS", "Documents or an address are missing", Reason.DOCUMENTS_MISSING),
        RefusalCode("FUNDS", "The account's credit does not allow it", Reason.NO_FUNDS),
        RefusalCode("NOT_ALLOWED", "The contract does not allow it", Reason.NOT_ALLOWED),
        RefusalCode("OTHER", "Another reason", Reason.OTHER),
    )

    def order(
        self, numbers: Sequence[E164], *, reference: str, binding: str, deadline: Deadline
    ) -> PlacedOrder:
        """Have a person order the numbers."""
        raise self._ask(
            _O.ORDER,
            numbers,
            f"Order the numbers at {self.name}, {self.where}. Give our reference along.",
            "Please order these numbers for us:",
            (self.trunk_word, binding),
            ("Our reference", reference),
            last="Write down what became of each number; whatever is not decided yet can wait.",
        )

    def find_order(
        self, *, reference: str, numbers: Sequence[E164], deadline: Deadline
    ) -> PlacedOrder | None:
        """Have a person order them: nothing was ever sent before somebody was asked."""
        return self.order(numbers, reference=reference, binding="", deadline=deadline)

    def release(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> None:
        """Have a person cease the number."""
        ask = self._ask(
            _O.RELEASE,
            [number],
            f"Have what stands below ceased at {self.name}, {self.where}.",
            "Please cease:",
            last="Say so in this task once the carrier has confirmed the day.",
        )
        if carrier_reference:
            # On the number's own line: many numbers may be ceased by one mail.
            ask.text += f", your reference {carrier_reference}"
        raise ask

    def _ask(
        self,
        operation: Operation,
        numbers: Sequence[E164],
        first: str,
        opening: str,
        *facts: tuple[str, str],
        last: str,
    ) -> NeedsPerson:
        told = [f"{name}: {value}" for name, value in facts if value]
        return NeedsPerson(
            operation,
            steps=(first, *self.notes.get(operation, ()), last),
            text="\n".join([opening, *map(self._written, numbers), *told]),
            payload={"numbers": list(numbers), "codes": self._codes()},
            days=self.days[operation],
            calendar=self.calendar,
        )

    def _codes(self) -> list[tuple[str, str, str]]:
        return [(known.code, known.words, known.reason) for known in self.refusal_codes]

    def _written(self, number: E164) -> str:
        at_home = display(number, home=self.country) if self.country else number
        return number if at_home == number or at_home[:1] == "+" else f"{number} ({at_home})"


class Manual(SellsByHand, RoutesNumbers):
    """Any carrier that is worked by hand."""

    slug: ClassVar[str] = "manual"
    name: ClassVar[str] = "Carrier by hand"
    by_hand: ClassVar[Mapping[Operation, str]] = {
        **SellsByHand.by_hand,
        _O.ROUTE: "A person has the number delivered elsewhere, by mail or in its portal.",
    }

    def bind(
        self, number: E164, *, carrier_reference: str, trunk_reference: str, deadline: Deadline
    ) -> None:
        """Have a person deliver the number to another trunk."""
        raise self._ask(
            _O.ROUTE,
            [number],
            f"Have the number delivered to {trunk_reference or 'no trunk'} at {self.name}, "
            f"{self.where}.",
            "Please change where this number is delivered:",
            (self.trunk_word, trunk_reference or "none"),
            ("Your reference", carrier_reference),
            last="Complete this task once calls arrive there.",
        )

    def binding_of(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> str:
        """Have a person look where the number is delivered."""
        raise self._ask(
            _O.ROUTE,
            [number],
            f"Look where {self.name} delivers the number, {self.where}.",
            "Where do you deliver this number?",
            ("Your reference", carrier_reference),
            last="Complete this task once calls arrive where they should.",
        )
