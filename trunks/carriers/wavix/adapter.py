"""
Wavix: a search from country to city, a cart that the whole account shares, numbers that carry
their SIP addresses.

Facts: Wavix's API description (`wavix-api.yaml`, June 2026) and its documentation. Its messages are
unsigned and none is about purchases; ports and emergency addresses have no interface.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, ClassVar

from lib.e164 import E164
from lib.money import Money
from trunks.carriers.wavix import cart, for_sale, forwarding, payloads, places
from trunks.carriers.wavix.campaigns import WavixCampaigns
from trunks.carriers.wavix.regulation import WavixRegulation
from trunks.carriers.wavix.trunking import WavixTrunks
from trunks.coverage import NORTH_AMERICA, Sale
from trunks.deadlines import Deadline
from trunks.errors import CarrierError, Reason, Rejected
from trunks.features import IN_FORCE, NOTHING, Standing
from trunks.numbering import NumberType
from trunks.offers import (
    FoundNumber,
    LineStatus,
    OrderedNumber,
    PlacedOrder,
    Wanted,
    bought,
)
from trunks.operations import Operation
from trunks.roles import (
    EnablesMessaging,
    ReportsBalance,
    RoutesNumbers,
    SearchesNumbers,
    SellsNumbers,
)


class Wavix(
    WavixRegulation,
    SearchesNumbers,
    SellsNumbers,
    RoutesNumbers,
    WavixTrunks,
    EnablesMessaging,
    WavixCampaigns,
    ReportsBalance,
):
    """One Wavix account, used by its API key."""

    slug: ClassVar[str] = "wavix"
    name: ClassVar[str] = "Wavix"
    needed_credentials: ClassVar[tuple[str, ...]] = ("api_key",)
    # Whether a checkout of several is all or nothing is in no document.
    # In North America its search knows cities only.
    sales: ClassVar[tuple[Sale, ...]] = (
        Sale(countries=NORTH_AMERICA | {"PR"}, types=frozenset({NumberType.LOCAL})),
        Sale(countries=frozenset(places.COUNTRIES)),
    )
    numbers_per_order: ClassVar[int] = 1
    orders_one_at_a_time: ClassVar[bool] = True
    # Nothing is said of a lag; it is waited for as if there were one.
    lookup_lag: ClassVar[timedelta] = timedelta(seconds=15)
    trunk_lag: ClassVar[timedelta] = timedelta(seconds=15)
    binds_with_order: ClassVar[bool] = False
    in_part: ClassVar[Mapping[Operation, str]] = {
        Operation.MAKE_TRUNKS: "A trunk is the SIP addresses that are written on each number, or a "
        "login with which you register there. A person asks in its portal for a SIP trunk to a "
        "fixed address, then describes it here as made by hand, with its id as reference."
    }

    def search(self, wanted: Wanted, *, deadline: Deadline) -> list[FoundNumber]:
        """Find numbers city by city, each with its price."""
        found: dict[E164, FoundNumber] = {}
        pages = for_sale.pages(self.wire, wanted, payloads.found_numbers_from, deadline)
        for offers in pages:
            found |= {offer.number: offer for offer in offers}
            if len(found) >= wanted.limit:
                break
        return list(found.values())[: wanted.limit]

    def order(
        self, numbers: Sequence[E164], *, reference: str, binding: str, deadline: Deadline
    ) -> PlacedOrder:
        """Buy one number: into the empty cart, and out of it at the checkout, which is final."""
        del binding
        (number,) = numbers
        cart.fill(self.wire, number, deadline)
        cart.check_out(self.wire, number, deadline)
        with suppress(CarrierError):
            placed = self.find_order(reference=reference, numbers=numbers, deadline=deadline)
            if placed is not None:
                return placed
        # The answer names nothing; a checkout that left it out would show in the list only.
        line = OrderedNumber(number=number, status=LineStatus.PENDING)
        return PlacedOrder(carrier_reference="", numbers=(line,))

    def order_with_papers(
        self,
        numbers: Sequence[E164],
        *,
        reference: str,
        binding: str,
        papers: str,
        deadline: Deadline,
    ) -> PlacedOrder:
        """Buy it as any other: what it asks for is sent once it is ours."""
        del papers
        return self.order(numbers, reference=reference, binding=binding, deadline=deadline)

    def find_order(
        self, *, reference: str, numbers: Sequence[E164], deadline: Deadline
    ) -> PlacedOrder | None:
        """Look for the numbers among ours: the carrier keeps neither orders nor our reference."""
        del reference
        found = [self.owned_number(number, deadline=deadline) for number in numbers]
        ours = {mine.number: mine.carrier_reference for mine in found if mine}
        return bought(ours) if ours else None

    def release(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> None:
        """Give a number back, by its digits: how a list of ids is written is told in two ways."""
        del carrier_reference
        self.wire.call(
            "DELETE",
            "numbers",
            params=[("dids", payloads.written(number))],
            parse=payloads.done_from,
            deadline=deadline,
        )

    def bind(
        self, number: E164, *, carrier_reference: str, trunk_reference: str, deadline: Deadline
    ) -> None:
        """Write on a number where its calls go; what is not sent stays as it is."""
        id_ = carrier_reference or self._ours(number, deadline).carrier_reference
        destinations = self._destinations(number, trunk_reference, deadline)

        def parse(body: Any) -> None:
            if payloads.owned_number_from(body).number != number:
                raise ValueError("the answer is about another number")

        self.wire.call(
            "PATCH",
            f"numbers/{id_}",
            json={"destinations": destinations},
            parse=parse,
            deadline=deadline,
        )

    def _destinations(self, number: E164, reference: str, deadline: Deadline) -> list[Any]:
        if not reference:
            return []
        if not forwarding.is_own_trunk(reference):
            return forwarding.destinations_of(reference, number)
        login = self._login_of(reference, deadline)
        return forwarding.to_own_trunk(reference, login)

    def binding_of(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> str:
        """Read where a number's calls go."""
        if not carrier_reference:
            return self._ours(number, deadline).trunk_reference
        mine = self.wire.call(
            "GET",
            f"numbers/{carrier_reference}",
            parse=payloads.owned_number_from,
            deadline=deadline,
        )
        if mine.number != number:
            raise Rejected("The number is not ours at the carrier.", reason=Reason.NOT_FOUND)
        return mine.trunk_reference

    def route_messages(
        self, number: E164, address: str, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Write on a number where its messages go; what is not sent stays as it is."""
        id_ = carrier_reference or self._ours(number, deadline).carrier_reference
        told: dict[str, object] = {"sms_enabled": bool(address)}
        there = self.wire.call(
            "PATCH",
            f"numbers/{id_}",
            json=told | ({"sms_relay_url": address} if address else {}),
            parse=lambda body: payloads.messages_from(body, number),
            deadline=deadline,
        )
        if there != address:
            # It answers with the number as it is: one that takes no messages stays without them.
            raise Rejected("Wavix takes no messages for this number.", reason=Reason.NOT_ALLOWED)
        return IN_FORCE if address else NOTHING

    def messages_of(
        self, number: E164, address: str, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Read where a number's messages go."""
        id_ = carrier_reference or self._ours(number, deadline).carrier_reference
        there = self.wire.call(
            "GET",
            f"numbers/{id_}",
            parse=lambda body: payloads.messages_from(body, number),
            deadline=deadline,
        )
        return IN_FORCE if address and there == address else NOTHING

    def balance(self, *, deadline: Deadline) -> Money:
        """Read the balance."""
        return self.wire.call(
            "GET", "profile/config", parse=payloads.balance_from, deadline=deadline
        )
