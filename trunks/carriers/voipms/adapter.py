"""
VoIP.ms: one address for everything, synchronous purchases, trunks of two kinds.

Facts: the carrier's WSDL, what its documentation adds (`methods.json`) and its wiki. It sends no
messages about numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import ClassVar

from lib.e164 import E164, DidFormat
from lib.money import Money
from trunks.carriers.voipms import payloads
from trunks.carriers.voipms.caller_names import VoipMsCallerNames
from trunks.carriers.voipms.emergency import VoipMsEmergency
from trunks.carriers.voipms.messaging import VoipMsMessaging
from trunks.carriers.voipms.payloads import SipUri
from trunks.carriers.voipms.sub_accounts import VoipMsSubAccounts
from trunks.coverage import NORTH_AMERICAN_TYPES, Documents, Sale
from trunks.deadlines import Deadline
from trunks.errors import OutcomeUnknown, Reason, Rejected
from trunks.offers import (
    FoundNumber,
    MadeTrunk,
    PlacedOrder,
    Transport,
    TrunkSpec,
    Wanted,
    bought,
)
from trunks.operations import Operation, Whole
from trunks.roles import (
    LooksAgain,
    ManagesTrunks,
    ReportsBalance,
    RoutesNumbers,
    SellsNumbers,
)

RANKS = ("1", "2")
"""The end of a description: a trunk of ours is one address, or two of them in their order."""
NOTHING_FOUND = frozenset({Reason.NOT_FOUND, Reason.INVALID})
"""Reasons for which a search finds nothing: no number, no such state, too few digits."""


class VoipMs(
    VoipMsCallerNames,
    VoipMsMessaging,
    VoipMsEmergency,
    VoipMsSubAccounts,
    LooksAgain,
    SellsNumbers,
    RoutesNumbers,
    ManagesTrunks,
    ReportsBalance,
):
    """One VoIP.ms account, whose API is switched on and lets our address in."""

    slug: ClassVar[str] = "voipms"
    name: ClassVar[str] = "VoIP.ms"
    needed_credentials: ClassVar[tuple[str, ...]] = ("api_username", "api_password")
    open_credentials: ClassVar[tuple[str, ...]] = ("api_username",)
    # There is a limit by the minute, but its figure is not published.
    calls_per_second: ClassVar[float] = 1.0
    sales: ClassVar[tuple[Sale, ...]] = (
        Sale(
            countries=frozenset(payloads.COUNTRIES),
            types=NORTH_AMERICAN_TYPES,
            documents=Documents.NOT_NEEDED,
        ),
    )
    numbers_per_order: ClassVar[int] = 1
    # Nothing is said of a lag; it is waited for as if there were one.
    lookup_lag: ClassVar[timedelta] = timedelta(seconds=15)
    trunk_lag: ClassVar[timedelta] = timedelta(seconds=15)
    binds_with_order: ClassVar[bool] = True
    did_formats: ClassVar[frozenset[DidFormat]] = frozenset(payloads.USERS)
    registered_formats: ClassVar[frozenset[DidFormat]] = frozenset({DidFormat.NATIONAL})
    # `setDIDInfo` names all settings of a number; those of messages have a method of their own.
    writes_whole: ClassVar[Mapping[Operation, Whole]] = {
        Operation.ROUTE: Whole.NUMBER,
        Operation.CALLER_NAMES: Whole.NUMBER,
    }
    in_part: ClassVar[Mapping[Operation, str]] = {
        Operation.MAKE_TRUNKS: "SIP addresses, and sub-accounts at which a PBX registers, are made "
        "as trunks by its interface. A sub-account that is recognised by its address, or that is "
        "there already, is described here as made by hand, with the reference account: and its "
        "name, such as account:100001_pbx."
    }
    not_done: ClassVar[Mapping[Operation, str]] = {
        Operation.ADDRESSES: "VoIP.ms looks at an address only together with a number of the "
        "account. Another carrier is asked, or a person."
    }

    def search(self, wanted: Wanted, *, deadline: Deadline) -> list[FoundNumber]:
        """Find numbers in North America, each with its price by the minute."""
        asked = payloads.search_call(wanted)
        if asked is None:
            return []
        method, form = asked
        try:
            return self._call(
                method,
                form,
                parse=lambda body: payloads.found_numbers_from(body, wanted),
                deadline=deadline,
            )
        except Rejected as refusal:
            if refusal.reason in NOTHING_FOUND:
                return []
            raise

    def order(
        self, numbers: Sequence[E164], *, reference: str, binding: str, deadline: Deadline
    ) -> PlacedOrder:
        """Buy one number; it is ours when the answer comes, which says no more than that."""
        (number,) = numbers
        pop = self._call("getServersInfo", [], parse=payloads.pop_from, deadline=deadline)
        method, form = payloads.order_call(number, reference=reference, binding=binding, pop=pop)
        try:
            self._write(method, form, deadline)
        except Rejected as refusal:
            if refusal.reason is Reason.NOT_FOUND:
                raise Rejected(str(refusal), reason=Reason.NUMBER_GONE) from refusal
            raise
        return bought({number: payloads.did_of(number)})

    def find_order(
        self, *, reference: str, numbers: Sequence[E164], deadline: Deadline
    ) -> PlacedOrder | None:
        """
        Look for the numbers among ours, with our reference as their note.

        Whether every way to buy keeps the note is not said: one without any counts as this order's.
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
        self._write("cancelDID", [("did", payloads.did_of(number))], deadline)

    def bind(
        self, number: E164, *, carrier_reference: str, trunk_reference: str, deadline: Deadline
    ) -> None:
        """Say where a number's calls go, and where when nothing answers there."""
        del carrier_reference
        row = self._ours(number, deadline)
        method, form = payloads.bind_call(row, trunk_reference)
        try:
            self._write(method, form, deadline)
        except Rejected as refusal:
            if refusal.reason is Reason.NOT_FOUND:
                # The number was there a moment ago, so it is the address that is not.
                raise Rejected(str(refusal), reason=Reason.INVALID) from refusal
            raise

    def binding_of(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> str:
        """Read where a number's calls go."""
        del carrier_reference
        return payloads.owned_number(self._ours(number, deadline)).trunk_reference

    def create_trunk(self, spec: TrunkSpec, *, reference: str, deadline: Deadline) -> MadeTrunk:
        """Make a sub-account, or an address for each gateway; what is there is kept."""
        if spec.password:
            _check_login(spec)
            return self._make_sub_account(spec, reference, deadline)
        _check(spec)
        known = self._addresses(reference, deadline)
        ranked = sorted(spec.gateways, key=lambda gateway: gateway.priority)
        missing = [
            (rank, gateway)
            for rank, gateway in zip(RANKS, ranked, strict=False)
            if rank not in known
        ]
        for rank, gateway in missing:
            form = payloads.sip_uri_form(gateway, spec.did_format, f"{reference} {rank}")
            self._write("setSIPURI", form, deadline)
        if missing:
            # Nothing reliable says that the answer has the new address's number.
            known = self._addresses(reference, deadline)
        if len(known) < len(ranked):
            raise OutcomeUnknown("The carrier made an address and does not list it yet.")
        return MadeTrunk(carrier_reference=_in_order(known))

    def find_trunk(self, *, reference: str, deadline: Deadline) -> MadeTrunk | None:
        """Look for the addresses, or the sub-account, whose description is our reference."""
        known = self._addresses(reference, deadline)
        if not known:
            return self._sub_account(reference, deadline)
        return MadeTrunk(carrier_reference=_in_order(known))

    def _addresses(self, reference: str, deadline: Deadline) -> dict[str, str]:
        """Give the addresses of a trunk by their rank."""
        there: list[SipUri] = self._list(
            "getSIPURIs", [], parse=payloads.sip_uris_from, deadline=deadline
        )
        return {
            rank: uri.id
            for uri in there
            for rank in RANKS
            if uri.description == f"{reference} {rank}"
        }

    def balance(self, *, deadline: Deadline) -> Money:
        """Read what may still be spent."""
        return self._call("getBalance", [], parse=payloads.balance_from, deadline=deadline)


def _check(spec: TrunkSpec) -> None:
    if not 1 <= len(spec.gateways) <= len(RANKS):
        raise Rejected("VoIP.ms takes one or two gateways.", reason=Reason.INVALID)
    if any(gateway.transport is not Transport.UDP for gateway in spec.gateways):
        # An address there is a user, a host and a port, and no more.
        raise Rejected("VoIP.ms calls gateways by UDP only.", reason=Reason.INVALID)


def _check_login(spec: TrunkSpec) -> None:
    if spec.gateways:
        raise Rejected(
            "A sub-account calls whoever registers there, and no gateways.", reason=Reason.INVALID
        )
    if spec.did_format is not DidFormat.NATIONAL:
        raise Rejected("VoIP.ms writes ten digits to sub-accounts.", reason=Reason.INVALID)


def _in_order(known: dict[str, str]) -> str:
    return payloads.joined([known[rank] for rank in RANKS if rank in known])
