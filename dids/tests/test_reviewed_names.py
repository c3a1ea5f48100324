"""Names of callers that a carrier reviews for a business before numbers may have them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from accounts.tests.cast import Cast
from dids import crafts
from dids.states import FeatureStatus
from dids.tests.carrier import Shop
from dids.tests.factories import make_number
from dids.tests.test_caller_names import owned, want, work
from dids.tests.test_messaging import brand_of
from trunks.tests.carriers.conformance import BRAND
from trunks.tests.carriers.twilio import test_conformance as twilio

S = FeatureStatus


def test_a_name_waits_for_its_profile_and_its_review(market: Shop, cast: Cast) -> None:
    row = want(owned(market, cast, "twilio"), cast.staff)
    work(row)
    assert row.status == S.WANTED
    assert row.failure.startswith("Trust Hub has no approved customer profile")

    credentials = dict(market.account("twilio").credentials)
    adapter: Any = market.sandbox.adapter_for("twilio", credentials)
    twilio.TestTwilio().prepare(adapter, replace(BRAND, legal_name=cast.provider.name))
    seen = []
    for _ in range(3):
        work(row)
        seen.append(row.status)
    # Approved, it is asked for once more: only then numbers are linked with it.
    assert seen == [S.SUBMITTED, S.WANTED, S.ACTIVE]


def test_a_business_is_known_by_its_legal_name(market: Shop, cast: Cast) -> None:
    row = want(make_number(account=market.account()), cast.staff)
    assert crafts.names_of(row).business == cast.provider.name

    brand_of(cast, legal_name="Provider Incorporated")
    assert crafts.names_of(row).business == "Provider Incorporated"
