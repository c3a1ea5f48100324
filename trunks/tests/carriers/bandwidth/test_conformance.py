"""Bandwidth keeps what every carrier must keep."""

from __future__ import annotations

from types import ModuleType
from typing import ClassVar

from trunks.carriers.bandwidth import payloads
from trunks.offers import Wanted
from trunks.tests.carriers import conformance


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
):
    slug: ClassVar[str] = "bandwidth"
    wanted: ClassVar[Wanted] = Wanted(country="US", area_code="704")
    payloads: ClassVar[ModuleType] = payloads
    tells_prices: ClassVar[bool] = False
    # A number names its order, and the order its reference; nobody needs these two calls.
    lists_our_reference: ClassVar[bool] = False
