"""
DIDWW: reservations, orders that do not list their numbers, groups of trunks.

Facts: the field map of version 2026-04-16 and the SDK (didww 3.2.0). Its messages about an order go
where the order says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar

from lib.e164 import E164, DidFormat
from lib.money import Money
from trunks.carriers.didww import coverage, payloads, sales, trunking, webhooks
from trunks.carriers.didww.documents import Row, body_of, link, row_from, rows_from
from trunks.carriers.didww.emergency import DidwwEmergency
from trunks.carriers.didww.regulation import DidwwRegulation
from trunks.carriers.didww.sales import ForSale
from trunks.coverage import Sale
from trunks.deadlines import Deadline
from trunks.errors import CarrierError, Reason, Rejected
from trunks.offers import (
    FoundNumber,
    Hint,
    Hold,
    LineStatus,
    MadeTrunk,
    OrderedNumber,
    OwnedNumber,
    PlacedOrder,
    TrunkSpec,
    Wanted,
)
from trunks.operations import Operation
from trunks.roles import (
    HoldsNumbers,
    ManagesTrunks,
    ReportsBalance,
    RoutesNumbers,
    SearchesNumbers,
    SellsNumbers,
    SendsEvents,
)


class Didww(
    SearchesNumbers,
    HoldsNumbers,
    SellsNumbers,
    RoutesNumbers,
    ManagesTrunks,
    DidwwRegulation,
    DidwwEmergency,
    ReportsBalance,
    SendsEvents,
):
    """One DIDWW account, used by its API key."""

    slug: ClassVar[str] = "didww"
    name: ClassVar[str] = "DIDWW"
    needed_credentials: ClassVar[tuple[str, ...]] = ("api_key",)
    optional_credentials: ClassVar[tuple[str, ...]] = ("callback_secret",)
    numbers_per_hold: ClassVar[int] = 1
    sales: ClassVar[tuple[Sale, ...]] = (Sale(types=frozenset(payloads.TYPES.values())),)
    numbers_per_order: ClassVar[int] = 1
    # Nothing is said of a lag; it is waited for as if there were one.
    lookup_lag: ClassVar[timedelta] = timedelta(seconds=15)
    trunk_lag: ClassVar[timedelta] = timedelta(seconds=15)
    binds_with_order: ClassVar[bool] = False
    told_with_orders: ClassVar[bool] = True
    did_formats: ClassVar[frozenset[DidFormat]] = frozenset({DidFormat.E164})
    in_part: ClassVar[Mapping[Operation, str]] = {
        Operation.EMERGENCY: "Addresses of its numbers are handed in by its interface, and its "
        "people review them. That an outbound trunk lets calls for help through is set in its "
        "panel."
    }

    def search(self, wanted: Wanted, *, deadline: Deadline) -> list[FoundNumber]:
        """Find numbers, each with its price; places and types are asked for by identifier."""
        places = coverage.places(self.wire, wanted, deadline)
        if places is None:
            return []
        found = self.wire.read(
            "available_dids",
            params=payloads.search_params(wanted, places),
            parse=lambda body: payloads.found_numbers_from(body, wanted),
            deadline=deadline,
        )
        return found[: wanted.limit]

    def hold(self, numbers: Sequence[E164], *, reference: str, deadline: Deadline) -> Hold:
        """Reserve one number for some minutes; ten at a time are allowed."""
        (number,) = numbers
        nothing = Hold(carrier_reference="", numbers=(), until=None)
        item = self._for_sale(number, deadline)
        if item is None:
            return nothing
        try:
            return self.wire.write(
                "POST",
                "did_reservations",
                content=sales.hold_body(item.id, reference),
                parse=lambda body: sales.hold_from(row_from(body), number),
                deadline=deadline,
            )
        except Rejected as refusal:
            if refusal.reason is Reason.NUMBER_GONE:
                return nothing
            raise

    def find_hold(self, *, reference: str, deadline: Deadline) -> Hold | None:
        """Look through all reservations; the list takes no filter by description."""
        holds = self.wire.pages("did_reservations", sales.RESERVED, sales.holds_from, deadline)
        return next((hold for ours, hold in holds if ours == reference), None)

    def read_hold(self, carrier_reference: str, *, deadline: Deadline) -> Hold | None:
        """Read one reservation; it is gone once it was used or has lapsed."""
        return self.wire.there(
            f"did_reservations/{carrier_reference}",
            sales.RESERVED,
            sales.one_hold_from,
            deadline,
        )

    def order(
        self, numbers: Sequence[E164], *, reference: str, binding: str, deadline: Deadline
    ) -> PlacedOrder:
        """Buy one number, held or not; it is decided upon later."""
        del binding
        (number,) = numbers
        item = self._reserved(number, deadline) or self._for_sale(number, deadline)
        if item is None:
            raise Rejected("The number is no longer for sale.", reason=Reason.NUMBER_GONE)
        try:
            row = self.wire.write(
                "POST",
                "orders",
                content=sales.order_body(item.item, reference, self.webhook_url),
                parse=row_from,
                deadline=deadline,
            )
        except Rejected as refusal:
            if refusal.reason is Reason.INVALID and self._is_gone(number, deadline):
                raise Rejected(str(refusal), reason=Reason.NUMBER_GONE) from refusal
            raise
        with suppress(CarrierError):
            return self._placed(row, number, deadline)
        # It was placed; what became of it is looked up later.
        return _placed_as(row, OrderedNumber(number=number, status=LineStatus.PENDING))

    def order_with_papers(
        self,
        numbers: Sequence[E164],
        *,
        reference: str,
        binding: str,
        papers: str,
        deadline: Deadline,
    ) -> PlacedOrder:
        """Buy one number as any other: it is blocked until it is shown with its documents."""
        del papers
        return self.order(numbers, reference=reference, binding=binding, deadline=deadline)

    def _is_gone(self, number: E164, deadline: Deadline) -> bool:
        with suppress(CarrierError):
            return self._for_sale(number, deadline) is None
        return False

    def _for_sale(self, number: E164, deadline: Deadline) -> ForSale | None:
        return self.wire.read(
            "available_dids",
            params=[("filter[number_contains]", payloads.written(number)), payloads.OFFER],
            parse=lambda body: sales.for_sale_from(body, number),
            deadline=deadline,
        )

    def _reserved(self, number: E164, deadline: Deadline) -> ForSale | None:
        held = self.wire.pages("did_reservations", sales.RESERVED, sales.reserved_from, deadline)
        return next((item for held_number, item in held if held_number == number), None)

    def find_order(
        self, *, reference: str, numbers: Sequence[E164], deadline: Deadline
    ) -> PlacedOrder | None:
        """Find an order by our reference, and its numbers by the order."""
        (number,) = numbers
        row = self.wire.read(
            "orders",
            params=[("filter[external_reference_id]", reference)],
            parse=lambda body: payloads.row_with(body, reference),
            deadline=deadline,
        )
        return None if row is None else self._placed(row, number, deadline)

    def _placed(self, row: Row, number: E164, deadline: Deadline) -> PlacedOrder:
        # One that is not told is a word that we don't know: the order is there.
        word = str(row["attributes"].get("status") or "")
        status = sales.ORDER_STATUSES.get(word)
        line = OrderedNumber(number=number, status=status or LineStatus.PENDING)
        if status is None:
            line = replace(line, word=word[:40] or "(empty)", reason="An unknown status.")
        elif status is LineStatus.FAILED:
            line = replace(line, reason="The carrier canceled the order.")
        elif status is LineStatus.BOUGHT:
            line = self._supplied(row["id"], line, deadline)
        return _placed_as(row, line)

    def _supplied(self, order: str, line: OrderedNumber, deadline: Deadline) -> OrderedNumber:
        params = [("filter[order.id]", order), payloads.OWNED]
        ids = self.wire.read(
            "dids",
            params=params,
            parse=lambda body: {
                payloads.number_of(row["attributes"]["number"]): row["id"]
                for row in rows_from(body)
            },
            deadline=deadline,
        )
        if line.number in ids:
            return replace(line, carrier_reference=ids[line.number])
        if not ids:
            # Not listed yet, or given back since.
            return replace(line, status=LineStatus.PENDING)
        reason = "The carrier supplied another number."
        return replace(line, status=LineStatus.PENDING, word="another number", reason=reason)

    def release(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> None:
        """Give a number back; it stays until the end of what is paid, and is ours no more."""
        mine = self._ours(number, carrier_reference, deadline)
        body = body_of("dids", id_=mine.carrier_reference, attributes={"terminated": True})
        self._change(mine.carrier_reference, body, deadline)

    def _ours(self, number: E164, carrier_reference: str, deadline: Deadline) -> OwnedNumber:
        mine = (
            self.wire.there(
                f"dids/{carrier_reference}",
                payloads.OWNED,
                lambda body: payloads.owned_number(body, row_from(body)),
                deadline,
            )
            if carrier_reference
            else self.owned_number(number, deadline=deadline)
        )
        if mine is None:
            raise Rejected("The number is not ours at the carrier.", reason=Reason.NOT_FOUND)
        return mine

    def bind(
        self, number: E164, *, carrier_reference: str, trunk_reference: str, deadline: Deadline
    ) -> None:
        """Say to which group a number's calls go, which takes it off any single trunk."""
        mine = self._ours(number, carrier_reference, deadline)
        name = "voice_in_trunk_group"
        if not trunk_reference and mine.trunk_reference.startswith("voice_in_trunk:"):
            name = "voice_in_trunk"
        relationships = {name: link(f"{name}s", trunk_reference)}
        body = body_of("dids", id_=mine.carrier_reference, relationships=relationships)
        try:
            self._change(mine.carrier_reference, body, deadline)
        except Rejected as refusal:
            if refusal.reason is Reason.NOT_FOUND:
                # The number was there a moment ago, so it is the group that is not.
                raise Rejected(str(refusal), reason=Reason.INVALID) from refusal
            raise

    def _change(self, id_: str, content: bytes, deadline: Deadline) -> None:
        self.wire.write("PATCH", f"dids/{id_}", content=content, parse=row_from, deadline=deadline)

    def binding_of(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> str:
        """Read to which group a number's calls go."""
        return self._ours(number, carrier_reference, deadline).trunk_reference

    def create_trunk(self, spec: TrunkSpec, *, reference: str, deadline: Deadline) -> MadeTrunk:
        """Make a trunk for each gateway, and the group of them."""
        return trunking.create(self.wire, spec, reference=reference, deadline=deadline)

    def find_trunk(self, *, reference: str, deadline: Deadline) -> MadeTrunk | None:
        """Look for the group that carries our reference."""
        return trunking.find(self.wire, reference=reference, deadline=deadline)

    def balance(self, *, deadline: Deadline) -> Money:
        """Read what may be spent, credit included."""
        return self.wire.read("balance", params=[], parse=payloads.balance_from, deadline=deadline)

    def verify(self, *, headers: Mapping[str, str], body: bytes, url: str, now: datetime) -> bool:
        """Tell whether a secret of the account signed a message; they carry no time."""
        del now
        return webhooks.is_signed(headers, body, url, filter(None, self.credentials.values()))

    def hint(self, body: bytes) -> Hint:
        """Read what a message is about."""
        return webhooks.hint_from(body)


def _placed_as(row: Row, line: OrderedNumber) -> PlacedOrder:
    return PlacedOrder(carrier_reference=str(row["id"]), numbers=(line,))
