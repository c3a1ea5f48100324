"""Plivo keeps what every carrier must keep."""

from __future__ import annotations

from types import ModuleType
from typing import ClassVar

from trunks.carriers.plivo import payloads
from trunks.offers import Wanted
from trunks.tests.carriers import conformance


class TestPlivo(
    conformance.LooksAgainConformance,
    conformance.SellsNumbersConformance,
    conformance.ListsNumbersConformance,
    conformance.ManagesTrunksConformance,
    conformance.SetsCallerNameConformance,
    conformance.ReportsBalanceConformance,
):
    slug: ClassVar[str] = "plivo"
    wanted: ClassVar[Wanted] = Wanted(country="US", area_code="206")
    payloads: ClassVar[ModuleType] = payloads
    lists_our_reference: ClassVar[bool] = False
    finds_by_reference: ClassVar[bool] = False
    # The look-up is one of the settings of a number.
    names_set_by: ClassVar[str] = "bind"
