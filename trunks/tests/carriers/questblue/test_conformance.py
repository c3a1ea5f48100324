"""QuestBlue keeps what every carrier must keep."""

from __future__ import annotations

from types import ModuleType
from typing import ClassVar

from lib.e164 import DidFormat
from trunks.carriers.questblue import payloads
from trunks.offers import GatewaySpec, TrunkSpec, Wanted
from trunks.tests.carriers import conformance


class TestQuestBlue(
    conformance.LooksAgainConformance,
    conformance.SellsNumbersConformance,
    conformance.ListsNumbersConformance,
    conformance.ManagesTrunksConformance,
    conformance.ReportsBalanceConformance,
    conformance.SetsCallerNameConformance,
    conformance.RegistersEmergencyConformance,
):
    slug: ClassVar[str] = "questblue"
    wanted: ClassVar[Wanted] = Wanted(country="US", area_code="206")
    payloads: ClassVar[ModuleType] = payloads
    tells_orders_by_word: ClassVar[bool] = False
    believes_empty_answers: ClassVar[bool] = True
    told_prices: ClassVar[tuple[str, ...]] = ("monthly",)
    smallest_page: ClassVar[int] = 5
    spec: ClassVar[TrunkSpec] = TrunkSpec(
        name="Main router",
        gateways=(GatewaySpec(host="192.0.2.1"),),
        did_format=DidFormat.NATIONAL,
    )
