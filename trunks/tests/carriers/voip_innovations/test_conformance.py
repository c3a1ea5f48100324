"""VoIP Innovations keeps what every carrier must keep."""

from __future__ import annotations

from types import ModuleType
from typing import Any, ClassVar

import httpx2

from trunks.carriers.voip_innovations import payloads
from trunks.carriers.voip_innovations.wire import WRITES
from trunks.offers import Wanted
from trunks.tests.carriers import conformance
from trunks.tests.carriers.sandbox import CarrierSandbox


class TestVoipInnovations(
    conformance.SearchesNumbersConformance,
    conformance.HoldsNumbersConformance,
    conformance.SellsNumbersConformance,
    conformance.ListsNumbersConformance,
    conformance.RoutesNumbersConformance,
    conformance.ReportsBalanceConformance,
    conformance.SetsCallerNameConformance,
    conformance.ChecksAddressesConformance,
    conformance.RegistersEmergencyConformance,
):
    slug: ClassVar[str] = "voip_innovations"
    wanted: ClassVar[Wanted] = Wanted(country="US", area_code="704")
    payloads: ClassVar[ModuleType] = payloads
    told_prices: ClassVar[tuple[str, ...]] = ()
    suggests: ClassVar[bool] = False

    def trunk(self, sandbox: CarrierSandbox, carrier: Any) -> str:
        """Give the endpoint group that somebody has made: it comes after the one for nowhere."""
        return str(int(carrier.credentials["endpoint_group"]) + 1)

    def writes(self, request: httpx2.Request) -> bool:
        """Look for the method in the header that names it: all are posted to one address."""
        return request.headers["soapaction"].strip('"').rpartition("/")[2] in WRITES
