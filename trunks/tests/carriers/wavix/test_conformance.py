"""Wavix keeps what every carrier must keep."""

from __future__ import annotations

from types import ModuleType
from typing import Any, ClassVar

from lib.e164 import E164
from trunks.carriers.wavix import payloads
from trunks.offers import Wanted
from trunks.regulation import Asks
from trunks.tests.carriers import conformance
from trunks.tests.carriers.conformance import soon


class TestWavix(
    conformance.SearchesNumbersConformance,
    conformance.SellsNumbersConformance,
    conformance.ListsNumbersConformance,
    conformance.ManagesTrunksConformance,
    conformance.EnablesMessagingConformance,
    conformance.ReportsBalanceConformance,
    conformance.AsksForDocumentsConformance,
):
    slug: ClassVar[str] = "wavix"
    # Canada is small enough to be walked city by city for digits that may stand anywhere.
    wanted: ClassVar[Wanted] = Wanted(country="CA", area_code="416")
    asking: ClassVar[Wanted] = Wanted(country="GB", area_code="20", limit=1)
    looks_at: ClassVar[Asks] = Asks.DOCUMENT
    waits_for: ClassVar[str] = "documents"
    payloads: ClassVar[ModuleType] = payloads
    lists_our_reference: ClassVar[bool] = False
    finds_by_reference: ClassVar[bool] = False
    keeps_trunks: ClassVar[bool] = False

    def numbers(self, carrier: Any) -> frozenset[E164]:
        """Buy one: documents are taken for numbers only."""
        (offer,) = carrier.search(self.asking, deadline=soon())
        carrier.order([offer.number], reference="r", binding="", deadline=soon())
        return frozenset({offer.number})
