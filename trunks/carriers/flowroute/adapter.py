"""
Flowroute: synchronous purchases of one number each, and routes of which a number has two.

Facts: Flowroute's API description of 2018 and what its documentation adds (`openapi.yaml`). It has
neither balance nor trunks nor signed messages; its port messages are unsigned and only hints.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar

from lib.e164 import E164, DidFormat
from trunks.carriers.flowroute import payloads
from trunks.carriers.flowroute.caller_names import FlowrouteCallerNames
from trunks.carriers.flowroute.emergency import FlowrouteEmergency
from trunks.carriers.flowroute.payloads import FAILOVER, PRIMARY, Route
from trunks.coverage import Documents, Sale
from trunks.deadlines import Deadline
from trunks.errors import OutcomeUnknown, Reason, Rejected
from trunks.offers import (
    FoundNumber,
    GatewaySpec,
    MadeTrunk,
    OwnedNumber,
    PlacedOrder,
    Transport,
    TrunkSpec,
    Wanted,
    bought,
)
from trunks.operations import Operation
from trunks.paging import each_once
from trunks.roles import (
    LooksAgain,
    ManagesTrunks,
    ProvesCredentials,
    RoutesNumbers,
    SellsNumbers,
)

RANKS = ("1", "2")
"""The end of an alias: a trunk of ours is one route, or two of them in their order."""
BOUGHT_ALL_THE_SAME = 207
"""The number is ours; what failed is to let it take messages."""


class Flowroute(
    LooksAgain,
    SellsNumbers,
    RoutesNumbers,
    ManagesTrunks,
    ProvesCredentials,
    FlowrouteCallerNames,
    FlowrouteEmergency,
):
    """One Flowroute account, used by its access key and secret key."""

    slug: ClassVar[str] = "flowroute"
    name: ClassVar[str] = "Flowroute"
    needed_credentials: ClassVar[tuple[str, ...]] = ("access_key", "secret_key")
    open_credentials: ClassVar[tuple[str, ...]] = ("access_key",)
    sales: ClassVar[tuple[Sale, ...]] = (
        Sale(
            countries=payloads.COUNTRIES,
            types=frozenset(payloads.TYPES),
            documents=Documents.NOT_NEEDED,
        ),
    )
    numbers_per_order: ClassVar[int] = 1
    # Nothing is said of a lag; it is waited for as if there were one.
    lookup_lag: ClassVar[timedelta] = timedelta(seconds=15)
    trunk_lag: ClassVar[timedelta] = timedelta(seconds=15)
    # A new number rings at whatever is registered, until a route is set.
    binds_with_order: ClassVar[bool] = False
    # No call sets how the called number is written, and the documents write it both ways: whoever
    # makes the trunk says which way it comes.
    did_formats: ClassVar[frozenset[DidFormat]] = frozenset({DidFormat.E164, DidFormat.PLUS_E164})
    by_hand: ClassVar[Mapping[Operation, str]] = {
        # `message-provision` and the callbacks of a number can be written; no call reads them.
        Operation.TEXTS: "Flowroute's interface shows nobody to which address a number's messages "
        "go, so nothing that is set could be checked. A task asks a person for each."
    }

    def search(self, wanted: Wanted, *, deadline: Deadline) -> list[FoundNumber]:
        """Find numbers, each with its price."""
        if not payloads.can_be_searched(wanted):
            return []
        try:
            return self._call(
                "GET",
                "numbers/available",
                params=payloads.search_params(wanted),
                parse=lambda body: payloads.found_numbers_from(body, wanted),
                deadline=deadline,
            )
        except Rejected as refusal:
            if refusal.reason is Reason.NOT_FOUND:
                # Whether nothing found is an empty list or a 404 is not described.
                return []
            raise

    def order(
        self, numbers: Sequence[E164], *, reference: str, binding: str, deadline: Deadline
    ) -> PlacedOrder:
        """Buy one number; it is ours when the answer comes."""
        del reference, binding
        (number,) = numbers
        placed = bought({number: payloads.path_of(number)})

        def parse(body: Any) -> PlacedOrder:
            payloads.bought_from(body, number)
            return placed

        try:
            return self._call(
                "POST",
                f"numbers/{payloads.path_of(number)}",
                parse=parse,
                means={BOUGHT_ALL_THE_SAME: placed},
                deadline=deadline,
            )
        except Rejected as refusal:
            if refusal.reason is Reason.NOT_FOUND:
                # Also what another order of ours bought is none of its stock.
                raise Rejected(str(refusal), reason=Reason.NUMBER_GONE) from refusal
            raise

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
        del carrier_reference
        self._write("DELETE", f"numbers/{payloads.path_of(number)}", deadline)

    def owned(self, *, deadline: Deadline) -> list[OwnedNumber]:
        """
        Read every page of our numbers.

        Whether the list tells routes is not described; where it does not, they are empty here.
        """
        return each_once(self._pages("numbers", payloads.owned_page_from, deadline))

    def owned_number(self, number: E164, *, deadline: Deadline) -> OwnedNumber | None:
        """Read one number."""
        try:
            mine = self._call(
                "GET",
                f"numbers/{payloads.path_of(number)}",
                parse=payloads.owned_number_from,
                deadline=deadline,
            )
        except Rejected as refusal:
            if refusal.reason is Reason.NOT_FOUND:
                return None
            raise
        return mine if mine.number == number else None

    def bind(
        self, number: E164, *, carrier_reference: str, trunk_reference: str, deadline: Deadline
    ) -> None:
        """Say which routes a number's calls take: the second first, as it takes none alone."""
        del carrier_reference
        path = f"numbers/{payloads.path_of(number)}"
        there = self._call("GET", path, parse=payloads.routes_from, deadline=deadline)
        for name in (FAILOVER, PRIMARY):
            wanted = _route(trunk_reference, name)
            if there[name] != wanted:
                self._link(number, name, wanted, deadline)

    def _link(self, number: E164, name: str, route: str, deadline: Deadline) -> None:
        path = f"numbers/{payloads.path_of(number)}/relationships/{name}"
        try:
            if route:
                self._write("PATCH", path, deadline, payloads.link_body(route))
            else:
                self._write("DELETE", path, deadline)
        except Rejected as refusal:
            if refusal.reason is Reason.NOT_FOUND:
                # The number was there a moment ago, so it is the route that is not.
                raise Rejected(str(refusal), reason=Reason.INVALID) from refusal
            raise

    def binding_of(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> str:
        """Read which routes a number's calls take."""
        del carrier_reference
        return self._ours(number, deadline).trunk_reference

    def create_trunk(self, spec: TrunkSpec, *, reference: str, deadline: Deadline) -> MadeTrunk:
        """Make a route for each gateway, primary and failover; routes that are there are kept."""
        _check(spec)
        known = self._routes(reference, deadline)
        ranked = sorted(spec.gateways, key=lambda gateway: gateway.priority)
        routes = [
            known.get(rank) or self._make(gateway, f"{spec.name} {reference} {rank}", deadline)
            for rank, gateway in zip(RANKS, ranked, strict=False)
        ]
        return MadeTrunk(carrier_reference=payloads.joined(routes))

    def _make(self, gateway: GatewaySpec, alias: str, deadline: Deadline) -> str:
        route = self._call(
            "POST",
            "routes",
            content=payloads.route_body(gateway, alias),
            parse=payloads.route_id_from,
            deadline=deadline,
        )
        if route:
            return route
        # The description of 2018 has no body in the answer.
        made = [there.id for there in self._all_routes(deadline) if there.alias == alias]
        if not made:
            raise OutcomeUnknown("The carrier made a route and does not list it yet.")
        return made[0]

    def find_trunk(self, *, reference: str, deadline: Deadline) -> MadeTrunk | None:
        """Look for the routes whose alias carries our reference."""
        known = self._routes(reference, deadline)
        there = [known[rank] for rank in RANKS if rank in known]
        return MadeTrunk(carrier_reference=payloads.joined(there)) if there else None

    def _routes(self, reference: str, deadline: Deadline) -> dict[str, str]:
        """Give the routes of a trunk by their rank; the list takes no filter by alias."""
        return {
            rank: route.id
            for route in self._all_routes(deadline)
            for rank in RANKS
            if route.alias.endswith(f"{reference} {rank}")
        }

    def _all_routes(self, deadline: Deadline) -> list[Route]:
        return self._all_kept("routes", payloads.routes_page_from, deadline)

    def prove(self, *, deadline: Deadline) -> None:
        """Read one route; there is no balance to ask for."""
        self._call(
            "GET",
            "routes",
            params=[("limit", "1")],
            parse=payloads.routes_page_from,
            deadline=deadline,
        )


def _route(reference: str, name: str) -> str:
    routes = reference.split(",")
    place = (PRIMARY, FAILOVER).index(name)
    return routes[place] if place < len(routes) else ""


def _check(spec: TrunkSpec) -> None:
    if spec.did_format not in Flowroute.did_formats:
        raise Rejected("Flowroute writes numbers with their country code.", reason=Reason.INVALID)
    if not 1 <= len(spec.gateways) <= len(RANKS):
        raise Rejected("Flowroute takes one or two gateways.", reason=Reason.INVALID)
    if any(gateway.transport is not Transport.UDP for gateway in spec.gateways):
        # Only an address of a fixed user can name another transport, and then all numbers are one.
        raise Rejected("Flowroute calls gateways by UDP only.", reason=Reason.INVALID)
