"""VoIP.ms keeps what every carrier must keep."""

from __future__ import annotations

from types import ModuleType
from typing import ClassVar

import httpx2

from trunks.carriers.voipms import payloads
from trunks.carriers.voipms.wire import WRITES
from trunks.offers import Wanted
from trunks.tests.carriers import conformance


class TestVoipMs(
    conformance.LooksAgainConformance,
    conformance.SellsNumbersConformance,
    conformance.ListsNumbersConformance,
    conformance.ManagesTrunksConformance,
    conformance.ReportsBalanceConformance,
    conformance.SetsCallerNameConformance,
    conformance.EnablesMessagingConformance,
    conformance.RegistersEmergencyConformance,
):
    slug: ClassVar[str] = "voipms"
    wanted: ClassVar[Wanted] = Wanted(country="US", area_code="206")
    payloads: ClassVar[ModuleType] = payloads
    names_set_by: ClassVar[str] = "bind"
    own_pause: ClassVar[float | None] = 60.0

    def writes(self, request: httpx2.Request) -> bool:
        """Look for the method in the body: all are asked for in the same way."""
        return any(f"method={name}".encode() in request.content for name in WRITES)
