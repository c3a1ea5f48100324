"""Flowroute keeps what every carrier must keep."""

from __future__ import annotations

from types import ModuleType
from typing import ClassVar

from trunks.carriers.flowroute import payloads
from trunks.offers import Wanted
from trunks.tests.carriers import conformance


class TestFlowroute(
    conformance.LooksAgainConformance,
    conformance.SellsNumbersConformance,
    conformance.ListsNumbersConformance,
    conformance.ManagesTrunksConformance,
    conformance.ProvesCredentialsConformance,
    conformance.SetsCallerNameConformance,
    conformance.ChecksAddressesConformance,
    conformance.RegistersEmergencyConformance,
):
    slug: ClassVar[str] = "flowroute"
    wanted: ClassVar[Wanted] = Wanted(country="US", area_code="206")
    payloads: ClassVar[ModuleType] = payloads
    tells_orders_by_word: ClassVar[bool] = False
    lists_our_reference: ClassVar[bool] = False
    finds_by_reference: ClassVar[bool] = False
    # What must be changed is told in words alone.
    suggests: ClassVar[bool] = False
