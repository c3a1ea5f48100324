"""Twilio keeps what every carrier must keep."""

from __future__ import annotations

from types import ModuleType
from typing import Any, ClassVar

from lib.e164 import E164
from trunks.carriers.twilio import payloads
from trunks.offers import Wanted
from trunks.tests.carriers import conformance
from trunks.tests.carriers.sandbox import CarrierSandbox


class TestTwilio(
    conformance.SearchesNumbersConformance,
    conformance.SellsNumbersConformance,
    conformance.ListsNumbersConformance,
    conformance.ManagesTrunksConformance,
    conformance.ReportsBalanceConformance,
    conformance.SendsEventsConformance,
    conformance.RegistersEmergencyConformance,
    conformance.SetsCallerNameConformance,
    conformance.EnablesMessagingConformance,
):
    slug: ClassVar[str] = "twilio"
    wanted: ClassVar[Wanted] = Wanted(country="US", area_code="415")
    payloads: ClassVar[ModuleType] = payloads

    def provoke(self, sandbox: CarrierSandbox, carrier: Any) -> E164:
        (number,) = self.found(carrier)
        self.buy(carrier, [number])
        sandbox.control("POST", "calls", {"number": number})
        return number
