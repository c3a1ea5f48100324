"""What adapters declare to sell, and how it is read."""

from __future__ import annotations

import pytest

from trunks import registry
from trunks.coverage import Documents, Sale, sale_of
from trunks.numbering import NumberType
from trunks.roles import SearchesNumbers

_T = NumberType
SEARCHED = [
    slug
    for slug in sorted(registry.CARRIERS)
    if issubclass(registry.carrier(slug), SearchesNumbers)
]


def sold(slug: str, country: str, type_: NumberType) -> Sale | None:
    adapter = registry.carrier(slug)
    assert issubclass(adapter, SearchesNumbers)
    return sale_of(adapter.sales, country, type_)


class TestSaleOf:
    def test_lets_the_first_row_that_names_the_country_decide(self) -> None:
        near = Sale(countries=frozenset({"US"}), types=frozenset({_T.LOCAL}))
        anywhere = Sale(documents=Documents.NEEDED)

        assert sale_of([near, anywhere], "US", _T.LOCAL) is near
        assert sale_of([near, anywhere], "US", _T.MOBILE) is None
        assert sale_of([near, anywhere], "GB", _T.MOBILE) is anywhere
        assert sale_of([near], "GB", _T.LOCAL) is None


class TestDeclarations:
    @pytest.mark.parametrize("slug", SEARCHED)
    def test_every_carrier_sells_local_numbers_in_the_united_states(self, slug: str) -> None:
        assert sold(slug, "US", _T.LOCAL) is not None

    @pytest.mark.parametrize("slug", ["flowroute", "questblue", "voip_innovations", "voipms"])
    def test_carriers_of_north_america_sell_nothing_elsewhere(self, slug: str) -> None:
        assert [sold(slug, "GB", type_) for type_ in _T] == [None] * len(_T)

    def test_who_says_no_countries_is_asked_in_all(self) -> None:
        assert sold("telnyx", "NZ", _T.MOBILE) is not None
        assert sold("vonage", "GB", _T.MOBILE) is not None
        assert sold("vonage", "US", _T.MOBILE) is None
