"""DIDWW keeps what every carrier must keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import ModuleType
from typing import Any, ClassVar

from lib.e164 import E164, DidFormat
from trunks.carriers.didww import payloads
from trunks.numbering import NumberType
from trunks.offers import TrunkSpec, Wanted
from trunks.tests.carriers import conformance
from trunks.tests.carriers.sandbox import CarrierSandbox


class TestDidww(
    conformance.SearchesNumbersConformance,
    conformance.HoldsNumbersConformance,
    conformance.SellsNumbersConformance,
    conformance.ListsNumbersConformance,
    conformance.ManagesTrunksConformance,
    conformance.ReportsBalanceConformance,
    conformance.AsksForDocumentsConformance,
    conformance.SendsEventsConformance,
    conformance.RegistersEmergencyConformance,
):
    slug: ClassVar[str] = "didww"
    wanted: ClassVar[Wanted] = Wanted(country="US", area_code="312")
    asking: ClassVar[Wanted] = Wanted(country="GB", type=NumberType.MOBILE)
    given: ClassVar[Mapping[str, str]] = {
        "phone_number": "+44 113 496 0000",
        "service_description": "Calls of a dentist's patients.",
    }
    payloads: ClassVar[ModuleType] = payloads
    tells_numbers: ClassVar[bool] = False
    spec: ClassVar[TrunkSpec] = replace(
        conformance.ManagesTrunksConformance.spec, did_format=DidFormat.E164
    )

    def provoke(self, sandbox: CarrierSandbox, carrier: Any) -> E164:
        (number,) = self.found(carrier)
        self.buy(carrier, [number])
        return number
