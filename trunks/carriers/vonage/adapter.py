"""
Vonage: synchronous purchases of one number each, priced in euro, without orders, holds or trunks.

Facts: Vonage's API descriptions (`numbers.yml`, `account.yml`, 2021) and its SDK (vonage 4.9.1).
The result of a call is final and nothing is announced, so there is no message to wait for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import ClassVar

from lib.e164 import E164, DidFormat, country_of
from lib.money import Money
from trunks.carriers.vonage import forwarding, payloads
from trunks.carriers.vonage.emergency import VonageEmergency
from trunks.coverage import NORTH_AMERICA, NORTH_AMERICAN_TYPES, Sale
from trunks.deadlines import Deadline
from trunks.errors import CarrierError, Reason, Rejected
from trunks.features import IN_FORCE, NOTHING, Standing
from trunks.offers import (
    FoundNumber,
    MadeTrunk,
    PlacedOrder,
    TrunkSpec,
    Wanted,
    bought,
)
from trunks.operations import Operation, Whole
from trunks.roles import (
    EnablesMessaging,
    LooksAgain,
    ManagesTrunks,
    ReportsBalance,
    RoutesNumbers,
    SellsNumbers,
)

MOST_PAGES = 3
"""Of a search: the carrier allows one or two calls a second."""


class Vonage(
    VonageEmergency,
    LooksAgain,
    SellsNumbers,
    RoutesNumbers,
    ManagesTrunks,
    EnablesMessaging,
    ReportsBalance,
):
    """One Vonage account, used by its API key and secret."""

    slug: ClassVar[str] = "vonage"
    name: ClassVar[str] = "Vonage"
    needed_credentials: ClassVar[tuple[str, ...]] = ("api_key", "api_secret")
    open_credentials: ClassVar[tuple[str, ...]] = ("api_key",)
    # What its support says of the numbers' interface cannot be read; its other ones allow 15.
    calls_per_second: ClassVar[float] = 2.0
    # In North America it sells local numbers as mobile ones.
    sales: ClassVar[tuple[Sale, ...]] = (
        Sale(countries=NORTH_AMERICA, types=NORTH_AMERICAN_TYPES),
        Sale(types=frozenset(payloads.TYPES)),
    )
    numbers_per_order: ClassVar[int] = 1
    # Nothing is said of a lag; it is waited for as if there were one.
    lookup_lag: ClassVar[timedelta] = timedelta(seconds=15)
    trunk_lag: ClassVar[timedelta] = timedelta(0)
    binds_with_order: ClassVar[bool] = False
    # We write the address of each number ourselves, so any form will do.
    did_formats: ClassVar[frozenset[DidFormat]] = frozenset(DidFormat)
    # An update names all that a number has: what it leaves out may be taken away.
    writes_whole: ClassVar[Mapping[Operation, Whole]] = {
        Operation.ROUTE: Whole.NUMBER,
        Operation.TEXTS: Whole.NUMBER,
    }
    by_hand: ClassVar[Mapping[Operation, str]] = {
        Operation.CAMPAIGNS: "Vonage registers brands and campaigns through an interface that "
        "wants the key of an application, which is not asked for here. A task asks a person for "
        "each.",
    }

    def search(self, wanted: Wanted, *, deadline: Deadline) -> list[FoundNumber]:
        """Find numbers with their prices; what the search cannot ask for is chosen from it."""
        found: dict[E164, FoundNumber] = {}
        if not payloads.can_be_searched(wanted):
            return []
        for page in range(1, MOST_PAGES + 1):
            offers, is_last = self._call(
                "GET",
                "/number/search",
                params=payloads.search_params(wanted, page),
                parse=partial(payloads.found_numbers_from, wanted=wanted, page=page),
                deadline=deadline,
            )
            found |= {offer.number: offer for offer in offers}
            if is_last or len(found) >= wanted.limit:
                break
        return list(found.values())[: wanted.limit]

    def order(
        self, numbers: Sequence[E164], *, reference: str, binding: str, deadline: Deadline
    ) -> PlacedOrder:
        """Buy one number; it is ours when the answer comes."""
        del reference, binding
        (number,) = numbers
        try:
            self._write("/number/buy", payloads.order_form(number), deadline)
        except Rejected as refusal:
            if refusal.reason is not Reason.OTHER:
                raise
            reason = self._why_not(number, deadline)
            raise Rejected(str(refusal), reason=reason) from refusal
        return bought({number: payloads.reference_of(number, country_of(number))})

    def _why_not(self, number: E164, deadline: Deadline) -> Reason:
        """Look up what the one code for every refusal does not say; at worst it stays unsaid."""
        with suppress(CarrierError):
            prices = self._call(
                "GET",
                "/number/search",
                params=[("country", country_of(number)), *payloads.exactly(number)],
                parse=payloads.prices_from,
                deadline=deadline,
            )
            if number not in prices:
                # Somebody has it; it may be ourselves.
                return Reason.NUMBER_GONE
            if self.balance(deadline=deadline) < prices[number]:
                return Reason.NO_FUNDS
        return Reason.OTHER

    def find_order(
        self, *, reference: str, numbers: Sequence[E164], deadline: Deadline
    ) -> PlacedOrder | None:
        """Look for the numbers among ours: the carrier keeps neither orders nor our reference."""
        del reference
        found = [self.owned_number(number, deadline=deadline) for number in numbers]
        ours = {mine.number: mine.carrier_reference for mine in found if mine}
        return bought(ours) if ours else None

    def release(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> None:
        """Give a number back, at once and for good."""
        country = carrier_reference.partition("-")[0] or self._ours(number, deadline).country
        try:
            self._write("/number/cancel", payloads.number_form(number, country), deadline)
        except Rejected:
            # It does not say why; what is not ours any more was given back before.
            self._ours(number, deadline)
            raise

    def bind(
        self, number: E164, *, carrier_reference: str, trunk_reference: str, deadline: Deadline
    ) -> None:
        """Write on a number where its calls go, and everything else that is on it once more."""
        del carrier_reference
        entry = self._ours(number, deadline)
        value = forwarding.value_of(trunk_reference, number) if trunk_reference else ""
        form = payloads.update_form(entry, value)
        self._write("/number/update", form, deadline)
        if not value and self._ours(number, deadline).owned.trunk_reference:
            # Whether an update takes away what it leaves out is not described: it did not.
            form = payloads.update_form(entry, value, says_empty=True)
            self._write("/number/update", form, deadline)

    def binding_of(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> str:
        """Read where a number's calls go."""
        del carrier_reference
        return self._ours(number, deadline).owned.trunk_reference

    def route_messages(
        self, number: E164, address: str, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Write on a number where its messages go, which the carrier tries before it takes it."""
        del carrier_reference
        entry = self._ours(number, deadline)
        if entry.messages_to != address:
            self._write("/number/update", payloads.messages_form(entry, address), deadline)
        if not address and self._ours(number, deadline).messages_to:
            # Whether an update takes away what it leaves out is not described: it did not.
            form = payloads.messages_form(entry, address, says_empty=True)
            self._write("/number/update", form, deadline)
        return IN_FORCE if address else NOTHING

    def messages_of(
        self, number: E164, address: str, *, carrier_reference: str, deadline: Deadline
    ) -> Standing:
        """Read where a number's messages go."""
        del carrier_reference
        there = self._ours(number, deadline).messages_to
        return IN_FORCE if address and there == address else NOTHING

    def create_trunk(self, spec: TrunkSpec, *, reference: str, deadline: Deadline) -> MadeTrunk:
        """Write a trunk short; nothing is made at the carrier before a number is bound to it."""
        del reference, deadline
        return MadeTrunk(carrier_reference=forwarding.reference_of(spec))

    def find_trunk(self, *, reference: str, deadline: Deadline) -> MadeTrunk | None:
        """Find none: the carrier keeps none, and making one again changes nothing."""
        del reference, deadline
        return None

    def balance(self, *, deadline: Deadline) -> Money:
        """Read the balance. Without one, the carrier takes rented numbers back."""
        return self._call(
            "GET", "/account/get-balance", parse=payloads.balance_from, deadline=deadline
        )
