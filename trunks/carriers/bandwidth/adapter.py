"""
Bandwidth: XML, asynchronous orders that may succeed in part, locations of a site as trunks.

Facts: Bandwidth's API description (`numbers_v2.openapi.yaml`), its guides of November 2023 and its
command line tool of June 2026. Its newer Universal Platform, which routes by voice configuration
packages, is not described in public and not used here. It tells no prices and no balance.

Its messages are unsigned, sent once and end with their subscription, so none are read: orders are
asked for instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import ClassVar
from xml.etree.ElementTree import Element

from lib.e164 import E164, DidFormat
from trunks.carriers.bandwidth import locations, orders, payloads
from trunks.carriers.bandwidth.caller_names import BandwidthCallerNames
from trunks.carriers.bandwidth.campaigns import BandwidthCampaigns
from trunks.carriers.bandwidth.emergency import BandwidthEmergency
from trunks.carriers.bandwidth.texts import BandwidthTexts
from trunks.carriers.bandwidth.toll_free import BandwidthTollFree
from trunks.carriers.bandwidth.wire import EMPTY, there
from trunks.coverage import NORTH_AMERICAN_TYPES, Documents, Sale
from trunks.deadlines import Deadline
from trunks.errors import Misconfigured, OutcomeUnknown, Reason, Rejected, Unavailable
from trunks.matching import fits
from trunks.numbering import NumberType
from trunks.offers import (
    FoundNumber,
    Hold,
    MadeTrunk,
    OwnedNumber,
    PlacedOrder,
    TrunkSpec,
    Wanted,
)
from trunks.operations import Operation, Whole
from trunks.paging import require_all
from trunks.roles import (
    HoldsNumbers,
    ManagesTrunks,
    ProvesCredentials,
    RoutesNumbers,
    SearchesNumbers,
    SellsNumbers,
)


class Bandwidth(
    SearchesNumbers,
    HoldsNumbers,
    SellsNumbers,
    RoutesNumbers,
    ManagesTrunks,
    ProvesCredentials,
    BandwidthEmergency,
    BandwidthCallerNames,
    BandwidthTexts,
    BandwidthCampaigns,
    BandwidthTollFree,
):
    """One site of a Bandwidth account, used by the name and password of an API user."""

    slug: ClassVar[str] = "bandwidth"
    name: ClassVar[str] = "Bandwidth"
    needed_credentials: ClassVar[tuple[str, ...]] = (
        "account_id",
        "site_id",
        "username",
        "password",
    )
    open_credentials: ClassVar[tuple[str, ...]] = ("account_id", "site_id", "username")
    untold_prices: ClassVar[frozenset[NumberType]] = frozenset(NumberType)
    numbers_per_hold: ClassVar[int] = 1
    finds_holds: ClassVar[bool] = False
    # Messages go where the location of a number has them sent, with all that are there; an address
    # is looked for in the account before it is made.
    writes_whole: ClassVar[Mapping[Operation, Whole]] = {
        Operation.ROUTE: Whole.NUMBER,
        Operation.TEXTS: Whole.ACCOUNT,
    }
    by_hand: ClassVar[Mapping[Operation, str]] = {
        Operation.CAMPAIGNS: "A person registers brands and campaigns with the registry, imports "
        "the campaign in Bandwidth's portal, and enters its id when completing the task.",
    }
    in_part: ClassVar[Mapping[Operation, str]] = {
        Operation.CALLER_NAMES: "The name that a number's calls show is listed by its interface. A "
        "task asks a person to take one off, and to have callers looked up.",
    }
    sales: ClassVar[tuple[Sale, ...]] = (
        Sale(
            countries=payloads.NO_DOCUMENTS,
            types=NORTH_AMERICAN_TYPES,
            documents=Documents.NOT_NEEDED,
        ),
        Sale(countries=frozenset(payloads.COUNTRIES), documents=Documents.NEEDED),
    )
    numbers_per_order: ClassVar[int] = 50
    lookup_lag: ClassVar[timedelta] = timedelta(seconds=30)
    trunk_lag: ClassVar[timedelta] = timedelta(seconds=30)
    binds_with_order: ClassVar[bool] = True
    did_formats: ClassVar[frozenset[DidFormat]] = frozenset({DidFormat.PLUS_E164})

    def search(self, wanted: Wanted, *, deadline: Deadline) -> list[FoundNumber]:
        """Find numbers; none where the carrier does not sell, or cannot say who can do what."""
        if wanted.country not in payloads.COUNTRIES or wanted.capabilities - set(payloads.FEATURES):
            return []

        def parse(body: Element | None) -> list[FoundNumber]:
            found = payloads.found_numbers_from(there(body), wanted)
            return [offer for offer in found if fits(offer.number, wanted)][: wanted.limit]

        try:
            return self._call(
                "GET",
                "availableNumbers",
                params=payloads.search_params(wanted),
                parse=parse,
                deadline=deadline,
            )
        except Rejected as refusal:
            if refusal.reason in {Reason.NOT_FOUND, Reason.NUMBER_GONE}:
                # No supply there is an error of its own.
                return []
            raise

    def hold(self, numbers: Sequence[E164], *, reference: str, deadline: Deadline) -> Hold:
        """
        Reserve one number for four hours against other accounts; it takes no reference of ours.

        Ours orders it like any other number. The guides say that a reservation keeps others off;
        should an order want its id named, the line fails and nothing is bought.
        """
        (number,) = numbers
        begun = self.caller.now()
        try:
            id_ = self._made("tnreservation", payloads.hold_body(number), deadline)
        except Rejected as refusal:
            if refusal.reason is Reason.NUMBER_GONE:
                return Hold(carrier_reference="", numbers=(), until=None)
            raise
        return Hold(carrier_reference=id_, numbers=(number,), until=begun + payloads.HOLD)

    def find_hold(self, *, reference: str, deadline: Deadline) -> Hold | None:
        """Find none: there is no list of reservations, and they carry no reference of ours."""
        return None

    def read_hold(self, carrier_reference: str, *, deadline: Deadline) -> Hold | None:
        """Read one reservation; it is gone once it was used or has lapsed."""
        try:
            return self._call(
                "GET",
                f"tnreservation/{carrier_reference}",
                parse=lambda body: payloads.hold_from(there(body), self.caller.now()),
                deadline=deadline,
            )
        except Rejected as refusal:
            if refusal.reason is Reason.NOT_FOUND:
                return None
            raise

    def order(
        self, numbers: Sequence[E164], *, reference: str, binding: str, deadline: Deadline
    ) -> PlacedOrder:
        """Place an order; its numbers are decided upon later, each for itself."""
        return self._call(
            "POST",
            "orders",
            content=orders.order_body(
                numbers,
                reference=reference,
                site=self.credentials["site_id"],
                binding=binding,
            ),
            parse=lambda body: orders.placed_order_from(there(body), numbers, reference),
            deadline=deadline,
        )

    def find_order(
        self, *, reference: str, numbers: Sequence[E164], deadline: Deadline
    ) -> PlacedOrder | None:
        """Find an order by our reference; only the single order tells what became of a number."""
        try:
            ids = self._call(
                "GET",
                "orders",
                params=[("customerOrderId", reference), ("page", "1"), ("size", "50")],
                parse=lambda body: orders.order_ids_from(there(body), reference),
                means={EMPTY: []},
                deadline=deadline,
            )
        except Rejected as refusal:
            if refusal.reason is Reason.NOT_FOUND:
                # The description has an empty list answered in this way too.
                return None
            raise
        if not ids:
            return None
        return self._call(
            "GET",
            f"orders/{ids[0]}",
            parse=lambda body: orders.placed_order_from(there(body), numbers, reference, ids[0]),
            deadline=deadline,
        )

    def release(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> None:
        """Disconnect a number; the carrier takes the order at once and does it later."""
        self._mine(number, deadline)
        self._done("disconnects", orders.release_body(number), "The carrier still has it", deadline)

    def owned(self, *, deadline: Deadline) -> list[OwnedNumber]:
        """
        Read every page of the account's numbers and keep those of our site.

        The shorter list of numbers in service does not say where they are delivered.
        """
        default = self._default_peer(deadline)
        # A page begins with the number that its link names: one listed twice is one.
        entries: dict[str, OwnedNumber | None] = {}
        page, read_pages, counts = "1", set[str](), list[tuple[int, int]]()
        while page:
            if page in read_pages:
                raise Unavailable("The carrier's list names a page twice.")
            read_pages.add(page)
            rows, page, count = self._page_of_numbers(page, default, deadline)
            entries |= rows
            counts.append((len(rows), count))
        require_all(counts, distinct=len(entries))
        return [entry for entry in entries.values() if entry is not None]

    def _page_of_numbers(
        self, page: str, default: str, deadline: Deadline
    ) -> tuple[dict[str, OwnedNumber | None], str, int]:
        def parse(body: Element | None) -> tuple[dict[str, OwnedNumber | None], str, int]:
            page = there(body)
            rows = {
                row.findtext("FullNumber", ""): self._read_owned(row, default)
                for row in payloads.owned_numbers_from(page)
            }
            return rows, payloads.next_page_from(page), payloads.count_from(page)

        return self._call(
            "GET",
            "tns",
            params=[
                ("accountId", self.credentials["account_id"]),
                ("page", page),
                ("size", str(payloads.LARGEST_PAGE)),
            ],
            parse=parse,
            means={EMPTY: ({}, "", 0)},
            deadline=deadline,
        )

    def owned_number(self, number: E164, *, deadline: Deadline) -> OwnedNumber | None:
        """Look for one number."""
        default = self._default_peer(deadline)
        try:
            return self._call(
                "GET",
                f"tns/{payloads.number_out(number)}/tndetails",
                parse=lambda body: self._read_owned(
                    payloads.details_from(there(body), number), default
                ),
                deadline=deadline,
            )
        except Rejected as refusal:
            if refusal.reason is Reason.NOT_FOUND:
                return None
            raise

    def _read_owned(self, entry: Element, default: str) -> OwnedNumber | None:
        return payloads.owned_number_from(
            entry,
            account=self.credentials["account_id"],
            site=self.credentials["site_id"],
            default_peer=default,
        )

    def bind(
        self, number: E164, *, carrier_reference: str, trunk_reference: str, deadline: Deadline
    ) -> None:
        """Move a number to a location; nowhere is the site's default one."""
        if self._mine(number, deadline).trunk_reference == trunk_reference:
            return
        peer = trunk_reference or self._default_peer(deadline)
        if not peer:
            raise Rejected("The site has no default location.", reason=Reason.INVALID)
        body = orders.move_body(number, site=self.credentials["site_id"], peer=peer)
        self._done("moveTns", body, "The carrier is still moving it", deadline)

    def binding_of(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> str:
        """Read at which location a number is."""
        return self._mine(number, deadline).trunk_reference

    def _done(self, path: str, content: bytes, waiting: str, deadline: Deadline) -> None:
        """
        Have the carrier do something, which it first only promises.

        :raises OutcomeUnknown: where it has not done it yet
        """
        job, status = self._call(
            "POST",
            path,
            content=content,
            parse=lambda body: orders.job_from(there(body)),
            deadline=deadline,
        )
        refusal: Rejected | None = None
        try:
            if job and status != orders.DONE:
                status, refusal = self._call(
                    "GET",
                    f"{path}/{job}",
                    parse=lambda body: orders.job_status_from(there(body)),
                    deadline=deadline,
                )
        except (Rejected, Unavailable) as trouble:
            # It was promised; that its job cannot be read says nothing about the number.
            raise OutcomeUnknown(f"{waiting}, perhaps: {trouble}") from trouble
        if refusal is not None:
            raise refusal
        if status != orders.DONE:
            raise OutcomeUnknown(f"{waiting} ({status[:40]}).")

    def create_trunk(self, spec: TrunkSpec, *, reference: str, deadline: Deadline) -> MadeTrunk:
        """Make a location with its routes and the addresses from which it takes calls."""
        locations.check(spec)
        made = self.find_trunk(reference=reference, deadline=deadline)
        if made is not None:
            return made
        id_ = self._made(self._peers_path, locations.body(spec, reference), deadline)
        return MadeTrunk(carrier_reference=id_)

    def find_trunk(self, *, reference: str, deadline: Deadline) -> MadeTrunk | None:
        """Look through the site's locations for the one whose description ends with ours."""
        id_ = locations.with_reference(self._peers(deadline), reference)
        return MadeTrunk(carrier_reference=id_) if id_ else None

    def prove(self, *, deadline: Deadline) -> None:
        """Read the site's locations; there is no balance to ask for."""
        self._peers(deadline)

    @property
    def _peers_path(self) -> str:
        return f"sites/{self.credentials['site_id']}/sippeers"

    def _peers(self, deadline: Deadline) -> list[Element]:
        try:
            return self._call(
                "GET",
                self._peers_path,
                parse=lambda body: locations.peers_from(there(body)),
                deadline=deadline,
            )
        except Rejected as refusal:
            # Never to be taken for a word about a number.
            raise Misconfigured(f"The carrier does not know the site: {refusal}") from refusal

    def _default_peer(self, deadline: Deadline) -> str:
        return locations.default_of(self._peers(deadline))
