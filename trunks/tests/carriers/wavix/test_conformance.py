"""Wavix keeps what every carrier must keep."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType
from typing import Any, ClassVar
from uuid import uuid4

import pytest

from lib.e164 import E164, DidFormat
from trunks.carriers.wavix import payloads, trunk_payloads
from trunks.errors import Rejected
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
    conformance.RegistersCampaignsConformance,
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
    tells_orders_by_word: ClassVar[bool] = False
    # Into the cart, and out of it.
    writes_per_order: ClassVar[int] = 2
    lists_our_reference: ClassVar[bool] = False
    finds_by_reference: ClassVar[bool] = False
    keeps_trunks: ClassVar[bool] = False

    def numbers(self, carrier: Any) -> frozenset[E164]:
        """Buy one: documents are taken for numbers only."""
        (offer,) = carrier.search(self.asking, deadline=soon())
        carrier.order([offer.number], reference="r", binding="", deadline=soon())
        return frozenset({offer.number})

    def test_a_change_of_a_trunk_resets_nothing_that_a_person_set(self, carrier: Any) -> None:
        (number,) = self.found(carrier)
        self.buy(carrier, [number])
        spec = replace(
            self.spec, gateways=(), did_format=DidFormat.E164, password=conformance.PASSWORD
        )
        reference = str(uuid4())
        made = carrier.create_trunk(spec, reference=reference, deadline=soon())
        path = f"trunks/{made.carrier_reference}"
        by_hand = {
            **trunk_payloads.new_body(spec, reference, number[1:]),
            "didinfo_enabled": False,
            "multiple_numbers": False,
            "ip_restrict": True,
            "allowed_ips": [{"ip": "192.0.2.1"}, {"ip": "192.0.2.2"}],
            "cost_limit": True,
            "max_call_cost": 0.18,
            "channels_restrict": True,
            "max_channels": 5,
            "call_restrict": True,
            "call_limit": 3600,
            "rewrite_enabled": True,
            "rewrite_prefix": "1",
            "rewrite_cond": "2",
            "call_recording_enabled": True,
            "machine_detection_enabled": True,
            "transcription_enabled": True,
            "transcription_threshold": 10,
            "encrypted_media": True,
        }

        def there(method: str, body: Any = None) -> dict[str, Any]:
            told: dict[str, Any] = carrier.wire.call(
                method, path, json=body, parse=dict, deadline=soon()
            )
            return told

        was = there("PUT", by_hand)
        with pytest.raises(Rejected, match="do not tell which number"):
            carrier.bind(
                number,
                carrier_reference="",
                trunk_reference=made.carrier_reference,
                deadline=soon(),
            )

        assert carrier.create_trunk(spec, reference=reference, deadline=soon()) == made
        assert there("GET") == {**was, "didinfo_enabled": True}
