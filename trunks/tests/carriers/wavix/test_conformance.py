"""Wavix keeps what every carrier must keep."""

from __future__ import annotations

from types import ModuleType
from typing import ClassVar

from trunks.carriers.wavix import payloads
from trunks.offers import Wanted
from trunks.tests.carriers import conformance


class TestWavix(
    conformance.SearchesNumbersConformance,
    conformance.SellsNumbersConformance,
    conformance.ListsNumbersConformance,
    conformance.ManagesTrunksConformance,
    conformance.EnablesMessagingConformance,
    conformance.ReportsBalanceConformance,
):
    slug: ClassVar[str] = "wavix"
    # Canada is small enough to be walked city by city for digits that may stand anywhere.
    wanted: ClassVar[Wanted] = Wanted(country="CA", area_code="416")
    payloads: ClassVar[ModuleType] = payloads
    lists_our_reference: ClassVar[bool] = False
    finds_by_reference: ClassVar[bool] = False
    keeps_trunks: ClassVar[bool] = False
