"""Twilio keeps what every carrier must keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import ModuleType
from typing import Any, ClassVar

from lib.e164 import E164
from trunks.carriers.twilio import payloads
from trunks.features import CallerNames
from trunks.messaging import BrandSpec
from trunks.numbering import NumberType
from trunks.offers import Wanted
from trunks.tests.carriers import conformance
from trunks.tests.carriers.conformance import BRAND, soon
from trunks.tests.carriers.sandbox import CarrierSandbox


class TestTwilio(
    conformance.LooksAgainConformance,
    conformance.SellsNumbersConformance,
    conformance.ListsNumbersConformance,
    conformance.ManagesTrunksConformance,
    conformance.ReportsBalanceConformance,
    conformance.SendsEventsConformance,
    conformance.RegistersEmergencyConformance,
    conformance.SetsCallerNameConformance,
    conformance.EnablesMessagingConformance,
    conformance.RegistersCampaignsConformance,
    conformance.VerifiesTollFreeConformance,
    conformance.AsksForDocumentsConformance,
):
    slug: ClassVar[str] = "twilio"
    wanted: ClassVar[Wanted] = Wanted(country="US", area_code="415")
    asking: ClassVar[Wanted] = Wanted(country="GB", type=NumberType.MOBILE)
    given: ClassVar[Mapping[str, str]] = {"email": "numbers@provider.example"}
    payloads: ClassVar[ModuleType] = payloads
    tells_orders_by_word: ClassVar[bool] = False

    def prepare(self, carrier: Any, brand: BrandSpec) -> None:
        """Have profiles approved under the name of the business, as somebody does in Trust Hub."""
        email = "refused@oak.example" if brand.tax_id.startswith("00") else brand.email
        for kind in ("CustomerProfiles", "TrustProducts"):
            path, name = f"/v1/{kind}", ("FriendlyName", brand.legal_name)
            form, policy = [name, ("Email", email)], ("PolicySid", f"RN{'0' * 32}")
            rows = carrier.bundles(kind, [policy], lambda row: row["sid"], soon())
            sid = rows[0] if rows else self.made(carrier, path, [*form, policy])
            self.made(carrier, f"{path}/{sid}", [*form, ("Status", "pending-review")])

    def wish(self, carrier: Any, text: str = "ACME INC") -> CallerNames:
        """Want a name of a business whose profile somebody has made in Trust Hub."""
        if carrier.approved("CustomerProfiles", BRAND.legal_name, soon()) is None:
            self.prepare(carrier, BRAND)
        return replace(super().wish(carrier, text), business=BRAND.legal_name)

    def made(self, carrier: Any, path: str, form: list[tuple[str, str]]) -> str:
        """Write a profile; gives its SID."""
        sid: str = carrier.call(
            "POST", "trusthub", path, form=form, parse=lambda body: body["sid"], deadline=soon()
        )
        return sid

    def provoke(self, sandbox: CarrierSandbox, carrier: Any) -> E164:
        (number,) = self.found(carrier)
        self.buy(carrier, [number])
        sandbox.control("POST", "calls", {"number": number})
        return number
