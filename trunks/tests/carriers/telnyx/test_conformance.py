"""Telnyx keeps what every carrier must keep."""

from __future__ import annotations

from types import ModuleType
from typing import Any, ClassVar

from lib.e164 import E164
from trunks.carriers.telnyx import payloads
from trunks.numbering import NumberType
from trunks.offers import Wanted
from trunks.tests.carriers import conformance
from trunks.tests.carriers.sandbox import CarrierSandbox


class TestTelnyx(
    conformance.SearchesNumbersConformance,
    conformance.HoldsNumbersConformance,
    conformance.SellsNumbersConformance,
    conformance.ListsNumbersConformance,
    conformance.ManagesTrunksConformance,
    conformance.LocksDeletionConformance,
    conformance.SetsCallerNameConformance,
    conformance.AsksForDocumentsConformance,
    conformance.EnablesMessagingConformance,
    conformance.RegistersCampaignsConformance,
    conformance.ReportsBalanceConformance,
    conformance.SendsEventsConformance,
    conformance.ChecksAddressesConformance,
    conformance.RegistersEmergencyConformance,
):
    slug: ClassVar[str] = "telnyx"
    wanted: ClassVar[Wanted] = Wanted(country="US", area_code="312")
    asking: ClassVar[Wanted] = Wanted(country="GB", type=NumberType.TOLL_FREE)
    payloads: ClassVar[ModuleType] = payloads

    def provoke(self, sandbox: CarrierSandbox, carrier: Any) -> E164:
        (number,) = self.found(carrier)
        self.buy(carrier, [number])
        return number
