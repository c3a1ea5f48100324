"""Bandwidth keeps what every carrier must keep."""

from __future__ import annotations

from types import ModuleType
from typing import Any, ClassVar

from lib.e164 import E164
from sandbox.bandwidth import texts
from trunks.carriers.bandwidth import payloads
from trunks.numbering import NumberType
from trunks.offers import Wanted
from trunks.tests.carriers import conformance
from trunks.tests.carriers.conformance import soon


class TestBandwidth(
    conformance.SearchesNumbersConformance,
    conformance.HoldsNumbersConformance,
    conformance.SellsNumbersConformance,
    conformance.ListsNumbersConformance,
    conformance.ManagesTrunksConformance,
    conformance.ProvesCredentialsConformance,
    conformance.ChecksAddressesConformance,
    conformance.RegistersEmergencyConformance,
    conformance.SetsCallerNameConformance,
    conformance.EnablesMessagingConformance,
    conformance.JoinsCampaignsConformance,
    conformance.VerifiesTollFreeConformance,
):
    slug: ClassVar[str] = "bandwidth"
    wanted: ClassVar[Wanted] = Wanted(country="US", area_code="704")
    payloads: ClassVar[ModuleType] = payloads
    # What becomes of an order is read later.
    tells_orders_by_word: ClassVar[bool] = False
    told_prices: ClassVar[tuple[str, ...]] = ()
    # A number names its order, and the order its reference; nobody needs these two calls.
    lists_our_reference: ClassVar[bool] = False

    def campaigns(self, carrier: Any) -> tuple[str, str]:
        """Take those that somebody imported."""
        one, other = texts.CAMPAIGNS
        return one, other

    def bought_free(self, carrier: Any) -> E164:
        """Buy a number that is free to call: of no other does its description take a word."""
        wanted = Wanted(country="US", type=NumberType.TOLL_FREE)
        number: E164 = carrier.search(wanted, deadline=soon())[0].number
        self.buy(carrier, [number])
        return number
