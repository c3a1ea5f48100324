"""
QuestBlue: synchronous purchases, static trunks, and failures under statuses that say yes.

Facts: QuestBlue's description 2.3.2 and its PHP SDK. 206 is a refusal, 202 a success with remarks;
there are no codes, only texts. It sells in the United States only.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

from lib.e164 import E164, DidFormat
from lib.money import Money
from trunks.carriers.questblue import payloads
from trunks.carriers.questblue.caller_names import QuestBlueCallerNames
from trunks.carriers.questblue.emergency import QuestBlueEmergency
from trunks.coverage import Documents, Sale
from trunks.deadlines import Deadline
from trunks.errors import CarrierError, Reason, Rejected, Unavailable
from trunks.numbering import NumberType
from trunks.offers import (
    FoundNumber,
    MadeTrunk,
    PlacedOrder,
    Transport,
    TrunkSpec,
    Wanted,
    bought,
)
from trunks.operations import Operation
from trunks.roles import (
    LooksAgain,
    ManagesTrunks,
    ReportsBalance,
    RoutesNumbers,
    SellsNumbers,
)

PORT = 5060
PRICES_KEPT = 300.0
"""Seconds: an account's rates change a few times a year, and reading them delays each search."""


class QuestBlue(
    QuestBlueCallerNames,
    QuestBlueEmergency,
    LooksAgain,
    SellsNumbers,
    RoutesNumbers,
    ManagesTrunks,
    ReportsBalance,
):
    """One QuestBlue account, which lets our address in."""

    slug: ClassVar[str] = "questblue"
    name: ClassVar[str] = "QuestBlue"
    needed_credentials: ClassVar[tuple[str, ...]] = ("username", "password", "security_key")
    untold_prices: ClassVar[frozenset[NumberType]] = frozenset(NumberType) - {NumberType.LOCAL}
    open_credentials: ClassVar[tuple[str, ...]] = ("username",)
    # An order takes several, but what a part of them does to the rest is not said.
    sales: ClassVar[tuple[Sale, ...]] = (
        Sale(
            countries=frozenset({payloads.COUNTRY}),
            types=frozenset(payloads.TYPES),
            documents=Documents.NOT_NEEDED,
        ),
    )
    numbers_per_order: ClassVar[int] = 1
    # Nothing is said of a lag; it is waited for as if there were one.
    lookup_lag: ClassVar[timedelta] = timedelta(seconds=15)
    trunk_lag: ClassVar[timedelta] = timedelta(seconds=15)
    binds_with_order: ClassVar[bool] = True
    # How a trunk writes the called number is not described: whoever makes it says how it comes.
    did_formats: ClassVar[frozenset[DidFormat]] = frozenset(DidFormat)
    by_hand: ClassVar[Mapping[Operation, str]] = {
        # `GET /sms` lists mode and mail address, and no `post2url`.
        Operation.TEXTS: "QuestBlue's interface shows nobody to which address a number's messages "
        "go, so nothing that is set could be checked. A task asks a person for each.",
        # `/dlc/campaign` wants loans, age gates and links told, and keeps no reference of ours.
        Operation.CAMPAIGNS: "QuestBlue asks more about campaigns than is written down here, and "
        "keeps no reference by which a lost one could be found. A task asks a person for each.",
    }

    def search(self, wanted: Wanted, *, deadline: Deadline) -> list[FoundNumber]:
        """Find numbers by their digits; of local ones the list of rates says what they cost."""
        found = self._on_sale(wanted, deadline)
        if not found or wanted.type != NumberType.LOCAL:
            return found
        monthly = self._local_price(deadline)
        return [replace(offer, monthly=monthly) for offer in found]

    def _local_price(self, deadline: Deadline) -> Money | None:
        try:
            return self._read(
                "account/rates",
                [],
                parse=payloads.local_price_from,
                deadline=deadline,
                kept_for=PRICES_KEPT,
            )
        except CarrierError:
            # Not for us, or not now: the numbers are shown without a price.
            return None

    def _on_sale(self, wanted: Wanted, deadline: Deadline) -> list[FoundNumber]:
        params = payloads.search_params(wanted)
        if params is None:
            return []
        try:
            return self._read(
                "did/available",
                params,
                parse=lambda body: payloads.found_numbers_from(body, wanted),
                deadline=deadline,
            )
        except Rejected as refusal:
            if refusal.reason in {Reason.NOT_FOUND, Reason.NUMBER_GONE}:
                return []
            raise

    def order(
        self, numbers: Sequence[E164], *, reference: str, binding: str, deadline: Deadline
    ) -> PlacedOrder:
        """Buy one number; it is ours when the answer comes, which is empty."""
        (number,) = numbers
        told = [("did", payloads.did_of(number)), ("note", reference)]
        if binding:
            told.append(("route2trunk", binding))
        try:
            self._write("POST", "did", told, deadline)
        except Rejected as refusal:
            if refusal.reason is Reason.NO_FUNDS:
                raise
            raise Rejected(str(refusal), reason=self._why_not(number, deadline)) from refusal
        return bought({number: payloads.did_of(number)})

    def _why_not(self, number: E164, deadline: Deadline) -> Reason:
        """Look up what the words do not say; at worst it stays unsaid."""
        with suppress(CarrierError):
            if not self._on_sale(payloads.exactly(number), deadline):
                # Somebody has it; it may be ourselves.
                return Reason.NUMBER_GONE
        return Reason.OTHER

    def find_order(
        self, *, reference: str, numbers: Sequence[E164], deadline: Deadline
    ) -> PlacedOrder | None:
        """
        Look for the numbers among ours, with our reference as their note.

        Whether the list shows notes is not described: a number without any counts as this order's.
        """
        found = [self.owned_number(number, deadline=deadline) for number in numbers]
        ours = {
            mine.number: mine.carrier_reference
            for mine in found
            if mine and mine.our_reference in (reference, "")
        }
        return bought(ours) if ours else None

    def release(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> None:
        """Give a number back, at once and for good."""
        del carrier_reference
        try:
            self._write("DELETE", "did", [("did", payloads.did_of(number))], deadline)
        except Rejected as refusal:
            # It has only words for it; what is not ours any more was given back before.
            self._settings(number, deadline)
            raise Rejected(str(refusal)) from refusal

    def bind(
        self, number: E164, *, carrier_reference: str, trunk_reference: str, deadline: Deadline
    ) -> None:
        """Put a number on a trunk; an empty name is the only way to say that it is on none."""
        self._settings(number, deadline)
        told = [("did", payloads.did_of(number)), ("route2trunk", trunk_reference)]
        try:
            self._write("PUT", "did", told, deadline)
        except Rejected as refusal:
            # The number was there a moment ago, so it is the trunk that is not.
            raise Rejected(str(refusal), reason=Reason.INVALID) from refusal
        if not trunk_reference and self.binding_of(
            number, carrier_reference=carrier_reference, deadline=deadline
        ):
            # That an empty name takes a number off its trunk is in no document.
            raise Rejected("QuestBlue keeps the number on its trunk. Take it off in its portal.")

    def binding_of(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> str:
        """Read on which trunk a number is."""
        del carrier_reference
        try:
            return payloads.binding_from(self._settings(number, deadline))
        except ValueError as trouble:
            raise Unavailable("The carrier does not say on which trunk the number is.") from trouble

    def create_trunk(self, spec: TrunkSpec, *, reference: str, deadline: Deadline) -> MadeTrunk:
        """Make a static trunk, which has one address; one that is there is kept."""
        _check(spec)
        made = self.find_trunk(reference=reference, deadline=deadline)
        if made is None:
            made = MadeTrunk(carrier_reference=payloads.trunk_name(reference))
            told = [("trunk", made.carrier_reference), ("ip_address", spec.gateways[0].host)]
            self._write("POST", "siptrunk", told, deadline)
        return made

    def find_trunk(self, *, reference: str, deadline: Deadline) -> MadeTrunk | None:
        """Look for the trunk that has our reference's name."""
        name = payloads.trunk_name(reference)
        rows = self._rows("siptrunk", [("trunk", name)], payloads.page_from, deadline)
        is_there = any(found == name for found, _settings in rows)
        return MadeTrunk(carrier_reference=name) if is_there else None

    def balance(self, *, deadline: Deadline) -> Money:
        """Read what may still be spent."""
        return self._read("account/getbalance", [], parse=payloads.balance_from, deadline=deadline)


def _check(spec: TrunkSpec) -> None:
    if len(spec.gateways) != 1:
        raise Rejected("A trunk of QuestBlue has one gateway.", reason=Reason.INVALID)
    (gateway,) = spec.gateways
    if (gateway.port, gateway.transport) != (PORT, Transport.UDP):
        raise Rejected("QuestBlue calls gateways by UDP at port 5060.", reason=Reason.INVALID)
    try:
        ipaddress.IPv4Address(gateway.host)
    except ValueError as trouble:
        raise Rejected(
            "QuestBlue takes a gateway by its IPv4 address.", reason=Reason.INVALID
        ) from trouble
