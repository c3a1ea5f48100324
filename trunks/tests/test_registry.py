"""The table of carriers can be extended, and every entry is an adapter."""

from __future__ import annotations

import pytest

from portal.testing.workers import Warm
from trunks import registry
from trunks.carriers.telnyx.adapter import Telnyx
from trunks.roles import Carrier, SellsNumbers, SendsEvents


class Own(Telnyx):
    """A carrier of one's own."""

    slug = "own"


class TestRegistry:
    @pytest.mark.parametrize("slug", registry.slugs())
    def test_every_slug_leads_to_its_adapter(self, slug: str) -> None:
        adapter = registry.carrier(slug)

        assert issubclass(adapter, Carrier)
        assert adapter.slug == slug

    def test_capability_is_a_matter_of_class(self) -> None:
        assert issubclass(registry.carrier("telnyx"), SellsNumbers)
        assert issubclass(registry.carrier("twilio"), SendsEvents)

    def test_a_setting_adds_carriers(self, settings: pytest.FixtureRequest) -> None:
        settings.EXTRA_CARRIERS = {"own": f"{__name__}.Own"}  # type: ignore[attr-defined]

        assert registry.carrier("own") is Own
        assert "own" in registry.slugs()

    def test_an_unknown_one_is_named_with_those_there_are(self) -> None:
        with pytest.raises(registry.UnknownCarrier, match=", ".join(registry.slugs())):
            registry.carrier("nobody")


@pytest.mark.stores
def test_the_first_use_of_an_adapter_imports_it_and_no_other(warm: Warm) -> None:
    pid = warm.ask(run="trunks.tests.importing.search_at_one", ids={}, settings={})

    assert warm.ask(wait=pid) == ""
