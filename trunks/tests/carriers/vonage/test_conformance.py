"""Vonage keeps what every carrier must keep."""

from __future__ import annotations

from types import ModuleType
from typing import ClassVar

from trunks.carriers.vonage import payloads
from trunks.offers import Wanted
from trunks.tests.carriers import conformance


class TestVonage(
    conformance.LooksAgainConformance,
    conformance.SellsNumbersConformance,
    conformance.ListsNumbersConformance,
    conformance.ManagesTrunksConformance,
    conformance.EnablesMessagingConformance,
    conformance.RegistersEmergencyConformance,
    conformance.ReportsBalanceConformance,
):
    slug: ClassVar[str] = "vonage"
    wanted: ClassVar[Wanted] = Wanted(country="US", area_code="312")
    payloads: ClassVar[ModuleType] = payloads
    lists_our_reference: ClassVar[bool] = False
    finds_by_reference: ClassVar[bool] = False
    keeps_trunks: ClassVar[bool] = False
    texts_routed_by: ClassVar[str] = "bind"
    currency: ClassVar[str] = "EUR"
