"""
Twilio: synchronous purchases of one number each, no order object, Elastic SIP trunks.

Facts: Twilio's API descriptions (`twilio_api_v2010.json`, `twilio_trunking_v1.json`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from lib.e164 import E164, DidFormat
from lib.money import Money
from trunks.addresses import Address, Registered
from trunks.carriers.twilio import emergency, payloads, trunking, webhooks
from trunks.carriers.twilio.caller_names import TwilioCallerNames
from trunks.carriers.twilio.campaigns import TwilioCampaigns
from trunks.carriers.twilio.regulation import TwilioRegulation
from trunks.carriers.twilio.texts import TwilioTexts
from trunks.carriers.twilio.toll_free import TwilioTollFree
from trunks.coverage import Sale
from trunks.deadlines import Deadline
from trunks.errors import CarrierError, Reason, Rejected
from trunks.matching import fits
from trunks.numbering import NumberType
from trunks.offers import (
    FoundNumber,
    Hint,
    MadeTrunk,
    PlacedOrder,
    TrunkSpec,
    Wanted,
    bought,
)
from trunks.operations import Operation
from trunks.roles import (
    LooksAgain,
    ManagesTrunks,
    RegistersEmergency,
    ReportsBalance,
    RoutesNumbers,
    SellsNumbers,
    SendsEvents,
)

PRICES_KEPT = 300.0
"""Seconds: a country's price list changes a few times a year, and reading it delays each search."""


class Twilio(
    LooksAgain,
    SellsNumbers,
    RoutesNumbers,
    ManagesTrunks,
    ReportsBalance,
    RegistersEmergency,
    SendsEvents,
    TwilioCallerNames,
    TwilioTexts,
    TwilioCampaigns,
    TwilioTollFree,
    TwilioRegulation,
):
    """One Twilio account, used by its account SID and auth token."""

    slug: ClassVar[str] = "twilio"
    name: ClassVar[str] = "Twilio"
    needed_credentials: ClassVar[tuple[str, ...]] = ("account_sid", "auth_token")
    open_credentials: ClassVar[tuple[str, ...]] = ("account_sid",)
    sales: ClassVar[tuple[Sale, ...]] = (Sale(types=frozenset(payloads.RESOURCES)),)
    numbers_per_order: ClassVar[int] = 1
    lookup_lag: ClassVar[timedelta] = timedelta(seconds=10)
    trunk_lag: ClassVar[timedelta] = timedelta(seconds=10)
    binds_with_order: ClassVar[bool] = True
    did_formats: ClassVar[frozenset[DidFormat]] = frozenset({DidFormat.PLUS_E164})
    emergency_countries: ClassVar[frozenset[str]] = frozenset({"US", "CA", "GB"})
    in_part: ClassVar[Mapping[Operation, str]] = {
        Operation.CALLER_NAMES: "Callers are looked up and names are listed by its interface. A "
        "person first makes the customer profile of the business in Trust Hub, under its name.",
    }

    def search(self, wanted: Wanted, *, deadline: Deadline) -> list[FoundNumber]:
        """Find numbers; their price is a second question, one for the whole country."""
        if not wanted.capabilities <= set(payloads.FILTERS):
            return []
        monthly = self._monthly_price(wanted, deadline)
        resource = payloads.RESOURCES[wanted.type]

        def parse(body: Any) -> list[FoundNumber]:
            found = payloads.found_numbers_from(body, wanted, monthly)
            fitting = [
                offer
                for offer in found
                if fits(offer.number, wanted) and wanted.capabilities <= offer.capabilities
            ]
            return fitting[: wanted.limit]

        try:
            return self._account(
                "GET",
                f"/AvailablePhoneNumbers/{wanted.country}/{resource}.json",
                params=payloads.search_params(wanted),
                parse=parse,
                deadline=deadline,
            )
        except Rejected as refusal:
            if refusal.reason is Reason.NOT_FOUND:
                # The carrier has no numbers of that kind in that country.
                return []
            raise

    def _monthly_price(self, wanted: Wanted, deadline: Deadline) -> Money | None:
        try:
            return self._monthly_prices(wanted.country, deadline).get(wanted.type)
        except CarrierError:
            # No list for this country, not for us, or not now: the numbers are shown without a
            # price rather than not at all.
            return None

    def _monthly_prices(self, country: str, deadline: Deadline) -> dict[NumberType, Money]:
        return self.call(
            "GET",
            "pricing",
            f"/v1/PhoneNumbers/Countries/{country}",
            parse=payloads.monthly_prices_from,
            deadline=deadline,
            kept_for=PRICES_KEPT,
        )

    def order(
        self, numbers: Sequence[E164], *, reference: str, binding: str, deadline: Deadline
    ) -> PlacedOrder:
        """Buy one number; it is ours when the answer comes."""
        (number,) = numbers
        form = payloads.order_form(number, reference=reference, binding=binding)
        return self._buy(number, form, deadline)

    def find_order(
        self, *, reference: str, numbers: Sequence[E164], deadline: Deadline
    ) -> PlacedOrder | None:
        """Look for the numbers among ours; our reference in the name proves the purchase."""
        found = [self.owned_number(number, deadline=deadline) for number in numbers]
        ours = {
            mine.number: mine.carrier_reference
            for mine in found
            if mine and mine.our_reference == reference
        }
        return bought(ours) if ours else None

    def release(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> None:
        """Give a number back, at once and for good."""
        sid = carrier_reference or self._sid_of(number, deadline)
        self._account(
            "DELETE", f"/IncomingPhoneNumbers/{sid}.json", parse=_nothing, deadline=deadline
        )

    def bind(
        self, number: E164, *, carrier_reference: str, trunk_reference: str, deadline: Deadline
    ) -> None:
        """Say to which trunk a number's calls go; Twilio then ignores its voice addresses."""
        sid = carrier_reference or self._sid_of(number, deadline)
        if not trunk_reference:
            self._unbind(number, sid, deadline)
            return
        self._account(
            "POST",
            f"/IncomingPhoneNumbers/{sid}.json",
            form=[("TrunkSid", trunk_reference)],
            parse=_nothing,
            deadline=deadline,
        )

    def _unbind(self, number: E164, sid: str, deadline: Deadline) -> None:
        # A trunk SID cannot be emptied (34 characters at least): the trunk lets go of the number.
        trunk = self.binding_of(number, carrier_reference=sid, deadline=deadline)
        if trunk:
            path = f"/v1/Trunks/{trunk}/PhoneNumbers/{sid}"
            self.call("DELETE", "trunking", path, parse=_nothing, deadline=deadline)

    def binding_of(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> str:
        """Read to which trunk a number's calls go."""
        sid = carrier_reference or self._sid_of(number, deadline)
        return self._account(
            "GET",
            f"/IncomingPhoneNumbers/{sid}.json",
            parse=lambda body: str(body["trunk_sid"] or ""),
            deadline=deadline,
        )

    def create_trunk(self, spec: TrunkSpec, *, reference: str, deadline: Deadline) -> MadeTrunk:
        """Make a trunk, where it delivers, and the addresses from which it takes calls."""
        return trunking.create(self, spec, reference=reference, deadline=deadline)

    def find_trunk(self, *, reference: str, deadline: Deadline) -> MadeTrunk | None:
        """Look through all trunks for the one whose name carries our reference."""
        return trunking.find(self, reference=reference, deadline=deadline)

    def register(
        self,
        number: E164,
        *,
        carrier_reference: str,
        address: Address,
        reference: str,
        deadline: Deadline,
    ) -> Registered:
        """Have the number name the address; one that it has is cleared first."""
        sid = carrier_reference or self._sid_of(number, deadline)
        return emergency.register(self, sid, address, reference=reference, deadline=deadline)

    def registered(
        self, number: E164, *, carrier_reference: str, deadline: Deadline
    ) -> Registered | None:
        """Read which address the number names."""
        sid = carrier_reference or self._sid_of(number, deadline)
        return emergency.registered(self, sid, deadline=deadline)

    def unregister(self, number: E164, *, carrier_reference: str, deadline: Deadline) -> None:
        """Have the number name no address."""
        sid = carrier_reference or self._sid_of(number, deadline)
        emergency.unregister(self, sid, deadline=deadline)

    def balance(self, *, deadline: Deadline) -> Money:
        """Read the balance."""
        return self._account("GET", "/Balance.json", parse=payloads.balance_from, deadline=deadline)

    def verify(self, *, headers: Mapping[str, str], body: bytes, url: str, now: datetime) -> bool:
        """Check the HMAC; Twilio's messages carry no time."""
        del now
        return webhooks.is_signed(headers, body, url, self.credentials["auth_token"])

    def hint(self, body: bytes) -> Hint:
        """Read what a message is about."""
        return webhooks.hint_from(body)


def _nothing(_body: Any) -> None:
    return None
