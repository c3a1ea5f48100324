"""
Plivo: synchronous purchases of one number each, and trunks that stand where applications do.

Facts: Plivo's documentation of numbers, accounts and SIP trunking (2026), and what its SDK for
Python (4.59) is tested with; it publishes no API description. Nothing keeps our reference with an
order or a number, and no message says that an order is decided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar

from lib.e164 import E164, DidFormat, country_of
from lib.money import Money
from trunks.carriers.plivo import payloads
from trunks.carriers.plivo.caller_names import PlivoCallerNames
from trunks.coverage import NORTH_AMERICA, NORTH_AMERICAN_TYPES, Sale
from trunks.deadlines import Deadline
from trunks.errors import CarrierError, Reason, Rejected
from trunks.offers import (
    FoundNumber,
    LineStatus,
    MadeTrunk,
    OrderedNumber,
    OwnedNumber,
    PlacedOrder,
    Transport,
    TrunkSpec,
    Wanted,
)
from trunks.operations import Operation
from trunks.paging import each_once, whole_list
from trunks.roles import (
    ListsNumbers,
    LooksAgain,
    ManagesTrunks,
    ReportsBalance,
    RoutesNumbers,
    SellsNumbers,
)

MOST_PAGES = 3
"""Of a search: a page has twenty numbers at most."""
RANKS = ("1", "2")
"""The end of the name of an address: a trunk has a primary one and perhaps a fallback."""


class Plivo(
    PlivoCallerNames,
    LooksAgain,
    SellsNumbers,
    ListsNumbers,
    RoutesNumbers,
    ManagesTrunks,
    ReportsBalance,
):
    """One Plivo account, used by its auth id and auth token."""

    slug: ClassVar[str] = "plivo"
    name: ClassVar[str] = "Plivo"
    needed_credentials: ClassVar[tuple[str, ...]] = ("auth_id", "auth_token")
    open_credentials: ClassVar[tuple[str, ...]] = ("auth_id",)
    sales: ClassVar[tuple[Sale, ...]] = (
        Sale(countries=NORTH_AMERICA, types=NORTH_AMERICAN_TYPES),
        Sale(types=frozenset(payloads.TYPES)),
    )
    numbers_per_order: ClassVar[int] = 1
    # Nothing is said of a lag; it is waited for as if there were one.
    lookup_lag: ClassVar[timedelta] = timedelta(seconds=15)
    trunk_lag: ClassVar[timedelta] = timedelta(seconds=15)
    binds_with_order: ClassVar[bool] = True
    # No call sets how the called number is written: whoever makes the trunk says how it comes.
    did_formats: ClassVar[frozenset[DidFormat]] = frozenset({DidFormat.E164, DidFormat.PLUS_E164})
    by_hand: ClassVar[Mapping[Operation, str]] = {
        Operation.TEXTS: "At Plivo a number has one application for its calls and its messages, "
        "and the trunk stands in that place. A task asks a person for each.",
        Operation.DOCUMENTS: "Plivo takes compliance applications through its interface, which the "
        "portal does not fill in. A task asks a person to hand documents in there.",
    }

    def search(self, wanted: Wanted, *, deadline: Deadline) -> list[FoundNumber]:
        """Find numbers with their prices; what the search cannot ask for is chosen from it."""
        found: dict[E164, FoundNumber] = {}
        if not payloads.can_be_searched(wanted):
            return []
        offset = 0
        for _ in range(MOST_PAGES):
            offers, count, total = self._read(
                "PhoneNumber/",
                params=[*payloads.search_params(wanted), *payloads.page_params(offset)],
                parse=partial(payloads.found_page_from, wanted=wanted),
                deadline=deadline,
            )
            found |= {offer.number: offer for offer in offers}
            offset += count
            if not count or offset >= total or len(found) >= wanted.limit:
                break
        return list(found.values())[: wanted.limit]

    def order(
        self, numbers: Sequence[E164], *, reference: str, binding: str, deadline: Deadline
    ) -> PlacedOrder:
        """Buy one number; what has become of it is said of the number, not of the order."""
        del reference
        (number,) = numbers
        try:
            return self._write(
                "POST",
                f"PhoneNumber/{payloads.path_of(number)}/",
                payloads.order_body(binding),
                parse=partial(payloads.placed_order_from, number=number),
                deadline=deadline,
            )
        except Rejected as refusal:
            if refusal.reason is Reason.NOT_FOUND:
                # Also what another order of ours bought is none of its stock.
                raise Rejected(str(refusal), reason=Reason.NUMBER_GONE) from refusal
            if refusal.reason in {Reason.INVALID, Reason.OTHER}:
                reason = self._why_not(number, deadline) or refusal.reason
                raise Rejected(str(refusal), reason=reason) from refusal
            raise

    def _why_not(self, number: E164, deadline: Deadline) -> Reason | None:
        """Look up what prose does not tell; at worst it stays unsaid."""
        with suppress(CarrierError):
            price = self._read(
                "PhoneNumber/",
                params=payloads.exactly(number, country_of(number)),
                parse=partial(payloads.price_from, number=number),
                deadline=deadline,
            )
            if price is None:
                return Reason.NUMBER_GONE
            if self.balance(deadline=deadline) < price:
                return Reason.NO_FUNDS
        return None

    def find_order(
        self, *, reference: str, numbers: Sequence[E164], deadline: Deadline
    ) -> PlacedOrder | None:
        """Look for the numbers among ours: the carrier keeps neither orders nor our reference."""
        del reference
        found = [self.owned_number(number, deadline=deadline) for number in numbers]
        lines = tuple(_line(mine) for mine in found if mine)
        return PlacedOrder(carrier_reference="", numbers=lines) if lines else None

    def release(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> None:
        """Give a number back, at once and for good."""
        del carrier_reference
        path = f"Number/{payloads.path_of(number)}/"
        self._write("DELETE", path, None, parse=lambda _body: None, deadline=deadline)

    def owned(self, *, deadline: Deadline) -> list[OwnedNumber]:
        """Read every page of our numbers."""

        def read(page: int) -> tuple[list[OwnedNumber], int]:
            return self._read(
                "Number/",
                params=payloads.page_params((page - 1) * payloads.LARGEST_PAGE),
                parse=payloads.owned_page_from,
                deadline=deadline,
            )

        return each_once(whole_list(read))

    def owned_number(self, number: E164, *, deadline: Deadline) -> OwnedNumber | None:
        """Read one number."""
        try:
            return self._ours(number, deadline).owned
        except Rejected as refusal:
            if refusal.reason is Reason.NOT_FOUND:
                return None
            raise

    def bind(
        self, number: E164, *, carrier_reference: str, trunk_reference: str, deadline: Deadline
    ) -> None:
        """Set the trunk of a number, in the place of its application."""
        if trunk_reference:
            self._bind(number, trunk_reference, deadline)
            return
        # Which of the two takes an application off a number is in no document.
        for nothing in ("", None):
            self._change(number, {"app_id": nothing}, deadline)
            if not self.binding_of(number, carrier_reference=carrier_reference, deadline=deadline):
                return
        raise Rejected(
            "The carrier leaves the number at its trunk. Take it off in its console.",
            reason=Reason.NOT_ALLOWED,
        )

    def _bind(self, number: E164, trunk: str, deadline: Deadline) -> None:
        try:
            self._change(number, {"app_id": trunk}, deadline)
        except Rejected as refusal:
            if refusal.reason is Reason.NOT_FOUND:
                # It may be the number or the trunk that is not there.
                self._ours(number, deadline)
                raise Rejected(str(refusal), reason=Reason.INVALID) from refusal
            raise

    def binding_of(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> str:
        """Read the trunk of a number."""
        del carrier_reference
        return self._ours(number, deadline).owned.trunk_reference

    def create_trunk(self, spec: TrunkSpec, *, reference: str, deadline: Deadline) -> MadeTrunk:
        """Make an address for each gateway and a trunk to them; what is there is kept."""
        _check(spec)
        there = self.find_trunk(reference=reference, deadline=deadline)
        if there is not None:
            return there
        known = self._named("Zentrunk/URI/", "uri_uuid", deadline)
        ranked = sorted(spec.gateways, key=lambda gateway: gateway.priority)
        uris = []
        for rank, gateway in zip(RANKS, ranked, strict=False):
            name = f"{reference} {rank}"
            body = payloads.uri_body(gateway, name)
            uris.append(known.get(name) or self._make("URI/", "uri_uuid", body, deadline))
        body = payloads.trunk_body(spec, f"{spec.name} {reference}", uris)
        return MadeTrunk(carrier_reference=self._make("Trunk/", "trunk_id", body, deadline))

    def find_trunk(self, *, reference: str, deadline: Deadline) -> MadeTrunk | None:
        """Look for the trunk whose name ends with our reference; it is made last of all."""
        for name, id_ in self._named("Zentrunk/Trunk/", "trunk_id", deadline).items():
            if name.endswith(reference):
                return MadeTrunk(carrier_reference=id_)
        return None

    def _make(self, path: str, key: str, body: object, deadline: Deadline) -> str:
        return self._write(
            "POST",
            f"Zentrunk/{path}",
            body,
            parse=lambda answer: str(answer[key]),
            deadline=deadline,
        )

    def _named(self, path: str, key: str, deadline: Deadline) -> dict[str, str]:
        """Read a whole list, by the names of what stands there; no filter takes a name."""

        def parse(body: Any) -> tuple[list[tuple[str, str]], int]:
            rows, total = payloads.rows_from(body)
            return [(str(row.get("name") or ""), str(row[key])) for row in rows], total

        def read(page: int) -> tuple[list[tuple[str, str]], int]:
            params = payloads.page_params((page - 1) * payloads.LARGEST_PAGE)
            return self._read(path, params=params, parse=parse, deadline=deadline)

        return dict(whole_list(read))

    def balance(self, *, deadline: Deadline) -> Money:
        """Read what is left."""
        return self._read("", parse=payloads.balance_from, deadline=deadline)


def _line(mine: OwnedNumber) -> OrderedNumber:
    # One that is not in service yet awaits its documents.
    return OrderedNumber(
        number=mine.number,
        status=LineStatus.BOUGHT if mine.active else LineStatus.PENDING,
        carrier_reference=mine.carrier_reference,
    )


def _check(spec: TrunkSpec) -> None:
    if spec.did_format not in Plivo.did_formats:
        raise Rejected("Plivo writes numbers with their country code.", reason=Reason.INVALID)
    if not 1 <= len(spec.gateways) <= len(RANKS):
        raise Rejected("Plivo takes one or two gateways.", reason=Reason.INVALID)
    if len({gateway.transport is Transport.TLS for gateway in spec.gateways}) > 1:
        raise Rejected(
            "Plivo takes TLS for all gateways of a trunk or none.", reason=Reason.INVALID
        )
