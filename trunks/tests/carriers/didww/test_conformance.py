"""DIDWW keeps what every carrier must keep."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType
from typing import ClassVar

from lib.e164 import DidFormat
from trunks.carriers.didww import payloads
from trunks.offers import TrunkSpec, Wanted
from trunks.tests.carriers import conformance


class TestDidww(
    conformance.SearchesNumbersConformance,
    conformance.HoldsNumbersConformance,
    conformance.SellsNumbersConformance,
    conformance.ListsNumbersConformance,
    conformance.ManagesTrunksConformance,
    conformance.ReportsBalanceConformance,
):
    slug: ClassVar[str] = "didww"
    wanted: ClassVar[Wanted] = Wanted(country="US", area_code="312")
    payloads: ClassVar[ModuleType] = payloads
    spec: ClassVar[TrunkSpec] = replace(
        conformance.ManagesTrunksConformance.spec, did_format=DidFormat.E164
    )
