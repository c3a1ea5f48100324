"""
VoIP Innovations (Sangoma): SOAP, a code for each answer and another one for each number in it.

Facts: the carrier's service description of 2014 (`APIService.production.2014.wsdl`) and the clients
`skywiretech/voip_api` and Kazoo. Endpoint groups, which are its trunks, are made by a person in its
back office. It tells no prices and sends no messages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import ClassVar
from xml.etree.ElementTree import Element

from lib.e164 import E164
from lib.money import Money
from trunks.carriers.voip_innovations import payloads
from trunks.carriers.voip_innovations.caller_names import VoipInnovationsCallerNames
from trunks.carriers.voip_innovations.emergency import VoipInnovationsEmergency
from trunks.carriers.voip_innovations.wire import FLAGS
from trunks.coverage import Documents, Sale
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected
from trunks.matching import fits
from trunks.numbering import NumberType
from trunks.offers import (
    FoundNumber,
    Hold,
    OrderedNumber,
    OwnedNumber,
    PlacedOrder,
    Wanted,
)
from trunks.operations import Operation, Whole
from trunks.roles import (
    HoldsNumbers,
    ReportsBalance,
    RoutesNumbers,
    SearchesNumbers,
    SellsNumbers,
)

TYPES = frozenset({NumberType.LOCAL, NumberType.TOLL_FREE})


class VoipInnovations(
    SearchesNumbers,
    HoldsNumbers,
    SellsNumbers,
    RoutesNumbers,
    ReportsBalance,
    VoipInnovationsCallerNames,
    VoipInnovationsEmergency,
):
    """One account, used by an API user for whom our public address is registered."""

    slug: ClassVar[str] = "voip_innovations"
    name: ClassVar[str] = "VoIP Innovations"
    needed_credentials: ClassVar[tuple[str, ...]] = ("login", "secret", "endpoint_group")
    untold_prices: ClassVar[frozenset[NumberType]] = frozenset(NumberType)
    open_credentials: ClassVar[tuple[str, ...]] = ("login", "endpoint_group")
    numbers_per_hold: ClassVar[int] = 1
    finds_holds: ClassVar[bool] = False
    sales: ClassVar[tuple[Sale, ...]] = (
        Sale(
            countries=payloads.COUNTRIES,
            types=TYPES,
            documents=Documents.NOT_NEEDED,
        ),
    )
    numbers_per_order: ClassVar[int] = 25
    lookup_lag: ClassVar[timedelta] = timedelta(seconds=30)
    binds_with_order: ClassVar[bool] = True
    # `configDID` names the settings of a number; the name on file has methods of its own.
    writes_whole: ClassVar[Mapping[Operation, Whole]] = {
        Operation.ROUTE: Whole.NUMBER,
        Operation.CALLER_NAMES: Whole.NUMBER,
    }
    by_hand: ClassVar[Mapping[Operation, str]] = {
        Operation.MAKE_TRUNKS: "A person makes an endpoint group in the back office of VoIP "
        "Innovations and enters its number here, as the reference of a trunk made by hand.",
    }

    def search(self, wanted: Wanted, *, deadline: Deadline) -> list[FoundNumber]:
        """Find numbers in North America."""
        if wanted.country not in payloads.COUNTRIES or wanted.type not in TYPES:
            return []

        def parse(result: Element) -> list[FoundNumber]:
            found = payloads.found_numbers_from(result, wanted)
            return [offer for offer in found if fits(offer.number, wanted)][: wanted.limit]

        return self._call("getDIDs", payloads.search_content(wanted), parse, deadline)

    def hold(self, numbers: Sequence[E164], *, reference: str, deadline: Deadline) -> Hold:
        """Reserve one number for half an hour; what is reserved for us already is held too."""
        (number,) = numbers
        begun = self.caller.now()

        def parse(result: Element) -> Hold:
            did = payloads.did_from(result, number)
            code = payloads.code_of(did)
            if code in payloads.NOT_HELD:
                return Hold(carrier_reference="", numbers=(), until=None)
            if code not in payloads.HELD:
                raise ValueError(f"the carrier says {code}")
            until = payloads.until_from(did, begun) or begun + payloads.HOLD
            name = payloads.number_out(number)
            return Hold(carrier_reference=name, numbers=(number,), until=until)

        content = payloads.params_content(numbers, group=self._parked, reference=reference)
        return self._call("reserveDID", content, parse, deadline)

    def find_hold(self, *, reference: str, deadline: Deadline) -> Hold | None:
        """Find none: only a number can be asked for, and what lists ours lists no holds."""
        return None

    def read_hold(self, carrier_reference: str, *, deadline: Deadline) -> Hold | None:
        """Read whether a number is still reserved for us; one without an end is not counted on."""
        number = E164(f"+1{carrier_reference}")
        if not payloads.is_number(number):
            return None

        def read(did: Element) -> Hold | None:
            if payloads.availability_of(did, number) != payloads.RESERVED:
                return None
            until = payloads.until_from(did, self.caller.now())
            if until is None:
                return None
            return Hold(carrier_reference=carrier_reference, numbers=(number,), until=until)

        return self._query(number, read, deadline)

    def order(
        self, numbers: Sequence[E164], *, reference: str, binding: str, deadline: Deadline
    ) -> PlacedOrder:
        """Buy numbers; each is ours, or not, when the answer comes."""
        content = payloads.params_content(
            numbers, group=_group(binding) or self._parked, reference=reference
        )
        return self._call(
            "assignDID",
            content,
            lambda result: payloads.placed_order_from(result, numbers),
            deadline,
        )

    def find_order(
        self, *, reference: str, numbers: Sequence[E164], deadline: Deadline
    ) -> PlacedOrder | None:
        """Look for the numbers among ours; our reference on a number proves the purchase."""
        lines = [
            line
            for number in numbers
            if (line := self._found_line(number, reference, deadline)) is not None
        ]
        return PlacedOrder(carrier_reference="", numbers=tuple(lines)) if lines else None

    def _found_line(self, number: E164, reference: str, deadline: Deadline) -> OrderedNumber | None:
        return self._query(
            number, lambda did: payloads.found_line_from(did, number, reference), deadline
        )

    def release(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> None:
        """Give a number back; of one that is nobody's the carrier says the same as of success."""
        self._mine(number, deadline)

        def parse(result: Element) -> None:
            did = payloads.did_from(result, number)
            if payloads.code_of(did) not in payloads.RELEASED:
                raise payloads.refused(did, payloads.RELEASE_CODES)

        content = payloads.params_content([number], group="0")
        self._call("releaseDID", content, parse, deadline)

    def owned(self, *, deadline: Deadline) -> list[OwnedNumber]:
        """Read all our numbers, in one answer."""

        def parse(result: Element) -> list[OwnedNumber]:
            dids = payloads.dids_from(result)
            mine = [payloads.owned_number_from(did, parked=self._parked) for did in dids]
            return [entry for entry in mine if entry is not None]

        return self._call("auditDIDs", [], parse, deadline)

    def owned_number(self, number: E164, *, deadline: Deadline) -> OwnedNumber | None:
        """Look for one number."""
        there = self._found(number, deadline)
        return None if there is None else there.mine

    def bind(
        self, number: E164, *, carrier_reference: str, trunk_reference: str, deadline: Deadline
    ) -> None:
        """Say to which endpoint group a number's calls go; what is not said again may be lost."""
        there = self._settings(number, deadline)
        flag = FLAGS[there.shows_callers][0]
        self._configure(there, trunk=_group(trunk_reference), flag=flag, deadline=deadline)

    def binding_of(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> str:
        """Read to which endpoint group a number's calls go; the answer to an order may not say."""
        return self._mine(number, deadline).trunk_reference

    def balance(self, *, deadline: Deadline) -> Money:
        """Read the prepaid balance."""
        return self._call("GetPrepaidBalance", [], payloads.balance_from, deadline)


def _group(reference: str) -> str:
    """
    Check an endpoint group's id.

    :raises Rejected: if it is no number
    """
    if reference and not reference.isdigit():
        raise Rejected("An endpoint group is named by its number.", reason=Reason.INVALID)
    return reference
