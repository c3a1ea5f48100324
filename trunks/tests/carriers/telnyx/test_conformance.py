"""Telnyx keeps what every carrier must keep."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType
from typing import Any, ClassVar

from lib.e164 import E164
from trunks.carriers.telnyx import payloads
from trunks.numbering import NumberType
from trunks.offers import Wanted
from trunks.tests.carriers import conformance
from trunks.tests.carriers.sandbox import CarrierSandbox
from trunks.toll_free import VerificationSpec


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
    conformance.VerifiesTollFreeConformance,
    conformance.ReportsBalanceConformance,
    conformance.SendsEventsConformance,
    conformance.ChecksAddressesConformance,
    conformance.RegistersEmergencyConformance,
):
    slug: ClassVar[str] = "telnyx"
    wanted: ClassVar[Wanted] = Wanted(country="US", area_code="312")
    asking: ClassVar[Wanted] = Wanted(country="GB", type=NumberType.TOLL_FREE)
    refusable: ClassVar[VerificationSpec] = replace(
        conformance.SHOP, opt_in_urls=("https://oak.invalid/form.png",)
    )
    payloads: ClassVar[ModuleType] = payloads

    def provoke(self, sandbox: CarrierSandbox, carrier: Any) -> E164:
        (number,) = self.found(carrier)
        self.buy(carrier, [number])
        return number
