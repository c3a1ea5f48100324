from __future__ import annotations

from decimal import Decimal

from django.utils import timezone

from accounts.tests.cast import Cast
from dids import coverage, search_stream
from dids.coverage import Cell
from dids.models import RequirementList
from dids.search_stream import CarrierState
from dids.tests.factories import make_found_offer
from dids.workflows import searching
from trunks.coverage import Documents
from trunks.models import CarrierAccount
from trunks.numbering import NumberType
from trunks.offers import Wanted
from trunks.operations import Way
from trunks.tests.factories import make_carrier_account

_T = NumberType


def account_at(cast: Cast, carrier: str) -> CarrierAccount:
    return make_carrier_account(carrier=carrier, owner=cast.provider, credentials={})


def cell(cast: Cast, country: str, type_: NumberType = _T.LOCAL) -> Cell:
    (found,) = coverage.cells(cast.staff, country=country, type_=type_)
    return found


class TestCells:
    def test_knows_what_is_declared_and_says_where_only_a_search_can_tell(self, cast: Cast) -> None:
        account_at(cast, "flowroute")
        account_at(cast, "telnyx")

        sellers = {one.carrier: one for one in cell(cast, "US").sellers}

        assert (sellers["Flowroute"].certain, sellers["Telnyx"].certain) == (True, False)
        assert sellers["Flowroute"].documents is Documents.NOT_NEEDED
        assert [one.carrier for one in cell(cast, "GB").sellers] == ["Telnyx"]

    def test_knows_a_carrier_by_hand_from_its_quotes_with_what_they_cost(self, cast: Cast) -> None:
        by_hand = account_at(cast, "gamma")
        assert coverage.cells(cast.staff, country="US") == []
        for monthly in ("1.00", "1.50", "9.00"):
            make_found_offer(account=by_hand, setup="2.00", monthly=monthly)

        (seller,) = cell(cast, "US").sellers

        assert (seller.way, seller.certain) == (Way.MANUAL, True)
        assert (seller.setup, seller.monthly, seller.currency) == (
            Decimal(2),
            Decimal("1.50"),
            "USD",
        )
        assert not cell(cast, "US").searched

    def test_says_of_documents_what_the_carrier_said(self, cast: Cast) -> None:
        telnyx = account_at(cast, "telnyx")
        assert cell(cast, "GB").documents is Documents.UNKNOWN

        RequirementList.objects.create(
            carrier_account=telnyx,
            country="GB",
            type="LOCAL",
            asked_at=timezone.now(),
            requirements=[{"key": "address"}],
        )

        assert cell(cast, "GB").documents is Documents.NEEDED

    def test_lists_the_countries_that_somebody_is_known_to_sell(self, cast: Cast) -> None:
        account_at(cast, "voipms")

        found = coverage.cells(cast.tenant_owner)

        assert {(one.country, one.type) for one in found} == {
            (country, type_) for country in ("CA", "US") for type_ in (_T.LOCAL, _T.TOLL_FREE)
        }

    def test_leaves_out_what_cannot_be_used_and_what_is_somebody_elses(self, cast: Cast) -> None:
        paused = account_at(cast, "voipms")
        CarrierAccount.objects.filter(pk=paused.pk).update(status=CarrierAccount.Status.PAUSED)
        make_carrier_account(carrier="voipms", owner=cast.rival_dealer, credentials={})

        assert coverage.cells(cast.tenant_owner, country="US") == []


class TestSearch:
    def test_does_not_ask_who_does_not_sell_that(self, cast: Cast) -> None:
        account_at(cast, "flowroute")
        account_at(cast, "telnyx")

        search = searching.start(
            wanted=Wanted(country="GB"), accounts=None, actor=cast.staff, now=timezone.now()
        )

        page = search_stream.read(search.uuid, after=0, wait=0)
        assert {(one.state, one.reason) for one in page.carriers} == {
            (CarrierState.SKIPPED, "Flowroute does not sell local numbers in GB."),
            (CarrierState.WAITING, ""),
        }
