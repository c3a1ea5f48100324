"""What can be had where: how many carriers at a glance, and who they are of one country."""

from __future__ import annotations

from accounts.tests.cast import Cast
from portal.tests.web.visitor import visitor_of
from trunks.tests.factories import make_carrier_account


class TestIndex:
    def test_counts_at_a_glance_and_names_of_one_country(self, cast: Cast) -> None:
        for carrier in ("voipms", "telnyx"):
            make_carrier_account(
                carrier=carrier, name=f"Our {carrier}", owner=cast.provider, credentials={}
            )
        staff = visitor_of(cast.provider)

        glance = staff.get("/buy/coverage/").content.decode()
        assert "1 carrier<" in glance
        assert "1 to ask" in glance
        assert "Our voipms" not in glance
        assert 'href="?country=CA"' in glance

        of_one = staff.get("/buy/coverage/?country=CA").content.decode()
        assert "Our voipms" in of_one
        assert "Our telnyx (a search tells)" in of_one

    def test_names_no_carrier_to_tenants(self, cast: Cast) -> None:
        make_carrier_account(
            carrier="voipms", name="Our voipms", owner=cast.provider, credentials={}
        )
        tenant = visitor_of(cast.tenant)
        for there in ("/buy/coverage/", "/buy/coverage/?country=CA"):
            shown = tenant.get(there).content.decode()
            assert "available" in shown
            assert "voipms" not in shown
            assert "carrier<" not in shown

    def test_stands_at_its_own_place(self, cast: Cast) -> None:
        shown = visitor_of(cast.provider).get("/buy/coverage/").content.decode()
        current = [line for line in shown.splitlines() if 'aria-current="' in line]
        assert current
        assert all("Coverage" in line for line in current)
