"""
Telnyx: asynchronous orders that carry our reference, connections, Ed25519 messages.

Facts: Telnyx's API description (`telnyx-provisioning.openapi.yaml`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from lib.e164 import E164
from lib.money import Money
from trunks.carriers.telnyx import payloads, webhooks
from trunks.carriers.telnyx.caller_names import TelnyxCallerNames
from trunks.carriers.telnyx.emergency import TelnyxEmergency
from trunks.carriers.telnyx.messaging import TelnyxMessaging
from trunks.carriers.telnyx.regulation import TelnyxRegulation
from trunks.carriers.telnyx.toll_free import TelnyxTollFree
from trunks.carriers.telnyx.trunking import TelnyxTrunks
from trunks.carriers.telnyx.wire import page
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected, Unavailable
from trunks.matching import fits
from trunks.offers import (
    FoundNumber,
    Hint,
    Hold,
    LineStatus,
    PlacedOrder,
    Wanted,
)
from trunks.roles import (
    HoldsNumbers,
    LocksDeletion,
    ReportsBalance,
    RoutesNumbers,
    SearchesNumbers,
    SellsNumbers,
    SendsEvents,
)


class Telnyx(
    SearchesNumbers,
    HoldsNumbers,
    SellsNumbers,
    RoutesNumbers,
    LocksDeletion,
    ReportsBalance,
    SendsEvents,
    TelnyxTrunks,
    TelnyxCallerNames,
    TelnyxEmergency,
    TelnyxRegulation,
    TelnyxMessaging,
    TelnyxTollFree,
):
    """One Telnyx account, used by its v2 API key."""

    slug: ClassVar[str] = "telnyx"
    name: ClassVar[str] = "Telnyx"
    needed_credentials: ClassVar[tuple[str, ...]] = ("api_key", "public_key")
    open_credentials: ClassVar[tuple[str, ...]] = ("public_key",)
    numbers_per_hold: ClassVar[int] = 50
    numbers_per_order: ClassVar[int] = 50
    lookup_lag: ClassVar[timedelta] = timedelta(seconds=15)
    binds_with_order: ClassVar[bool] = True

    def search(self, wanted: Wanted, *, deadline: Deadline) -> list[FoundNumber]:
        """Find numbers, each with its price."""

        def parse(body: Any) -> list[FoundNumber]:
            found = payloads.found_numbers_from(body, wanted)
            return [offer for offer in found if fits(offer.number, wanted)][: wanted.limit]

        params = payloads.search_params(wanted)
        return self._call(
            "GET", "available_phone_numbers", params=params, parse=parse, deadline=deadline
        )

    def hold(self, numbers: Sequence[E164], *, reference: str, deadline: Deadline) -> Hold:
        """Reserve numbers for half an hour."""
        return self._call(
            "POST",
            "number_reservations",
            json=payloads.hold_body(numbers, reference),
            parse=lambda body: payloads.hold_from(body["data"]),
            deadline=deadline,
        )

    def find_hold(self, *, reference: str, deadline: Deadline) -> Hold | None:
        """Find a reservation by our reference."""
        filters = [("filter[customer_reference]", reference)]

        def read(row: Mapping[str, Any]) -> Hold | None:
            ours = row.get("customer_reference") == reference
            return payloads.hold_from(row) if ours else None

        found = self._entries("number_reservations", filters, read, deadline)
        return next((hold for hold in found if hold is not None), None)

    def read_hold(self, carrier_reference: str, *, deadline: Deadline) -> Hold | None:
        """Read one reservation; a number that was bought or has lapsed keeps its status there."""
        try:
            return self._call(
                "GET",
                f"number_reservations/{carrier_reference}",
                parse=lambda body: payloads.hold_from(body["data"]),
                deadline=deadline,
            )
        except Rejected as refusal:
            if refusal.reason is Reason.NOT_FOUND:
                return None
            raise

    def order(
        self, numbers: Sequence[E164], *, reference: str, binding: str, deadline: Deadline
    ) -> PlacedOrder:
        """Place an order; its numbers are decided upon later."""
        return self._call(
            "POST",
            "number_orders",
            json=payloads.order_body(numbers, reference=reference, binding=binding),
            parse=payloads.placed_order_from,
            deadline=deadline,
        )

    def find_order(
        self, *, reference: str, numbers: Sequence[E164], deadline: Deadline
    ) -> PlacedOrder | None:
        """Find an order by our reference; only the single order tells each number's status."""
        ids = self._call(
            "GET",
            "number_orders",
            params=[("filter[customer_reference]", reference), *page(1)],
            parse=lambda body: payloads.order_ids_from(body, reference),
            deadline=deadline,
        )
        if not ids:
            return None
        order = self._call(
            "GET",
            f"number_orders/{ids[0]}",
            parse=payloads.placed_order_from,
            deadline=deadline,
        )
        if not any(line.status is LineStatus.BOUGHT for line in order.numbers):
            return order
        mine = self._owned([("filter[customer_reference]", reference)], deadline)
        return payloads.with_ids(order, {entry.number: entry.carrier_reference for entry in mine})

    def release(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> None:
        """Delete a number; the account keeps no right to it."""
        id_ = carrier_reference or self._id_of(number, deadline)
        self._call("DELETE", f"phone_numbers/{id_}", parse=_nothing, deadline=deadline)

    def bind(
        self, number: E164, *, carrier_reference: str, trunk_reference: str, deadline: Deadline
    ) -> None:
        """Say to which connection a number's calls go."""
        id_ = carrier_reference or self._id_of(number, deadline)
        self._call(
            "PATCH",
            f"phone_numbers/{id_}",
            json={"connection_id": trunk_reference},
            parse=_nothing,
            deadline=deadline,
        )

    def binding_of(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> str:
        """Read to which connection a number's calls go."""
        id_ = carrier_reference or self._id_of(number, deadline)
        return self._call(
            "GET",
            f"phone_numbers/{id_}",
            parse=lambda body: str(body["data"]["connection_id"] or ""),
            deadline=deadline,
        )

    def is_locked(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> bool:
        """Read whether a number may not be deleted."""
        id_ = carrier_reference or self._id_of(number, deadline)
        return self._call(
            "GET",
            f"phone_numbers/{id_}",
            parse=lambda body: body["data"]["deletion_lock_enabled"] is True,
            deadline=deadline,
        )

    def set_lock(
        self, number: E164, *, carrier_reference: str, locked: bool, deadline: Deadline
    ) -> None:
        """Have a job lock the number or unlock it: its own update does not take the lock."""
        id_ = carrier_reference or self._id_of(number, deadline)
        try:
            self._call(
                "POST",
                "phone_numbers/jobs/update_phone_numbers",
                json={"phone_numbers": [id_], "deletion_lock_enabled": locked},
                parse=_nothing,
                deadline=deadline,
            )
        except Rejected as refusal:
            if payloads.is_busy_with_jobs(str(refusal)):
                raise Unavailable(str(refusal)) from refusal
            raise

    def balance(self, *, deadline: Deadline) -> Money:
        """Read what may be spent, credit line included."""
        return self._call("GET", "balance", parse=payloads.balance_from, deadline=deadline)

    def verify(self, *, headers: Mapping[str, str], body: bytes, url: str, now: datetime) -> bool:
        """Check the Ed25519 signature; the address is no part of it."""
        del url
        return webhooks.is_signed(headers, body, self.credentials["public_key"], now)

    def hint(self, body: bytes) -> Hint:
        """Read what an event is about."""
        return webhooks.hint_from(body)


def _nothing(_body: Any) -> None:
    return None
