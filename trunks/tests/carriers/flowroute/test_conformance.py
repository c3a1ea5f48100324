"""Flowroute keeps what every carrier must keep."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType
from typing import ClassVar

from lib.e164 import DidFormat
from trunks.carriers.flowroute import payloads
from trunks.offers import TrunkSpec, Wanted
from trunks.tests.carriers import conformance


class TestFlowroute(
    conformance.SearchesNumbersConformance,
    conformance.SellsNumbersConformance,
    conformance.ListsNumbersConformance,
    conformance.ManagesTrunksConformance,
    conformance.ProvesCredentialsConformance,
):
    slug: ClassVar[str] = "flowroute"
    wanted: ClassVar[Wanted] = Wanted(country="US", area_code="206")
    payloads: ClassVar[ModuleType] = payloads
    spec: ClassVar[TrunkSpec] = replace(
        conformance.ManagesTrunksConformance.spec, did_format=DidFormat.E164
    )
    lists_our_reference: ClassVar[bool] = False
    finds_by_reference: ClassVar[bool] = False
