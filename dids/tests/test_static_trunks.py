"""Numbers are delivered to trunks that a person made, and never to one that carries no calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Event
from accounts.tests.cast import Cast
from dids.models import CarrierBinding, CarrierOrder, OrderLine, PhoneNumber
from dids.states import BindingStatus
from dids.tests.carrier import Shop, bought, drive
from dids.tests.factories import make_found_offer, make_number, make_order
from dids.workflows import binding
from dids.workflows.binding import UnableToBind
from dids.workflows.refusals import UnableToOrder
from trunks import description
from trunks.description import Carries, TrunkDescription
from trunks.models import CarrierAccount, Trunk
from trunks.offers import GatewaySpec
from trunks.operations import Operation
from trunks.roles import Carrier
from trunks.tests.factories import make_carrier_account
from trunks.workflows import static_trunks

CALLS = TrunkDescription(name="Main", hosts=(GatewaySpec(host="sip.carrier.example"),))
MESSAGES = TrunkDescription(name="SMS", carries=Carries.MESSAGING)


class Letters(Carrier):
    """A carrier to which letters are written."""

    slug: ClassVar[str] = "letters"
    name: ClassVar[str] = "Letters"
    needed_credentials: ClassVar[tuple[str, ...]] = ()
    by_hand: ClassVar[Mapping[Operation, str]] = {Operation.ROUTE: "A person writes a letter."}


@pytest.fixture
def letters(db: None, settings: Any) -> CarrierAccount:
    """Give an account at a carrier that is told by letter where numbers go."""
    settings.EXTRA_CARRIERS = {"letters": f"{__name__}.Letters"}
    return make_carrier_account(carrier="letters", credentials={"none": "needed"})


def describe(account: CarrierAccount, cast: Cast, wish: TrunkDescription = CALLS) -> Trunk:
    return static_trunks.describe(account=account, wish=wish, actor=cast.staff, now=timezone.now())


def want(number: PhoneNumber, trunk: Trunk, cast: Cast) -> CarrierBinding:
    return binding.want(number=number, trunk=trunk, actor=cast.staff, now=timezone.now())


class TestWhereAPersonTellsTheCarrier:
    def test_a_first_trunk_delivers_at_once_as_was_arranged(
        self, letters: CarrierAccount, cast: Cast
    ) -> None:
        number = make_number(account=letters)

        row = want(number, describe(letters, cast), cast)

        assert (row.status, row.next_attempt_at) == (BindingStatus.BOUND, None)
        event = Event.objects.get(action="dids.binding.bound_as_arranged")
        assert (event.number, event.after) == (number.e164, {"trunk": "Main"})

    def test_the_same_trunk_again_changes_nothing(
        self, letters: CarrierAccount, cast: Cast
    ) -> None:
        number, trunk = make_number(account=letters), describe(letters, cast)

        assert want(number, trunk, cast) == want(number, trunk, cast)
        assert Event.objects.filter(action__startswith="dids.binding").count() == 1

    def test_a_number_that_is_kept_is_delivered_as_before(
        self, letters: CarrierAccount, cast: Cast
    ) -> None:
        number = make_number(account=letters)
        row = want(number, describe(letters, cast), cast)

        binding.want_again(number=number, now=timezone.now())

        row.refresh_from_db()
        assert row.status == BindingStatus.BOUND

    def test_its_reference_may_be_corrected(self, letters: CarrierAccount, cast: Cast) -> None:
        trunk = describe(letters, cast)
        want(make_number(account=letters), trunk, cast)

        assert change(trunk, cast, carrier_reference="New") == {"carrier_reference"}


class TestAtVoipInnovations:
    def test_a_typed_endpoint_group_is_what_its_numbers_are_bound_to(
        self, market: Shop, cast: Cast
    ) -> None:
        account = market.account("voip_innovations")
        trunk = describe(account, cast, _with(carrier_reference=group_at(account)))
        order = make_order(
            offers=market.offers("voip_innovations", area_code="704"),
            trunk=trunk,
            actor=cast.staff,
            submit=True,
        )
        drive(order, now=timezone.now())
        (number,) = bought(order)

        assert number.binding.status == BindingStatus.BOUND
        assert market.sandbox.delivery(number.e164)["delivered"]

    def test_a_number_without_a_trunk_is_bound_to_it_later(self, market: Shop, cast: Cast) -> None:
        account = market.account("voip_innovations")
        order = make_order(
            offers=market.offers("voip_innovations", area_code="704"), actor=cast.staff, submit=True
        )
        drive(order, now=timezone.now())
        (number,) = bought(order)
        assert not market.sandbox.delivery(number.e164)["delivered"]

        trunk = describe(account, cast, _with(carrier_reference=group_at(account)))
        row = want(number, trunk, cast)
        binding.bind(binding_id=row.pk, now=timezone.now())

        row.refresh_from_db()
        assert row.status == BindingStatus.BOUND
        assert market.sandbox.delivery(number.e164)["delivered"]

    def test_a_reference_by_which_numbers_are_delivered_stays(
        self, market: Shop, cast: Cast
    ) -> None:
        account = market.account("voip_innovations")
        trunk = describe(account, cast, _with(carrier_reference="17"))
        want(make_number(account=account), trunk, cast)

        with pytest.raises(UnableToBind, match="1 numbers are delivered") as caught:
            change(trunk, cast, carrier_reference="18")
        assert caught.value.field == "carrier_reference"
        trunk.refresh_from_db()
        assert trunk.carrier_reference == "17"


class TestATrunkForMessages:
    def test_is_refused_by_name_wherever_calls_are_meant(
        self, letters: CarrierAccount, cast: Cast
    ) -> None:
        trunk = describe(letters, cast, MESSAGES)

        with pytest.raises(UnableToBind, match="carries messages only"):
            want(make_number(account=letters), trunk, cast)

    def test_is_refused_in_an_order(self, market: Shop, cast: Cast) -> None:
        account = market.account()
        trunk = describe(account, cast, MESSAGES)

        with pytest.raises(UnableToOrder, match="carries messages only"):
            make_order(offers=[make_found_offer(account=account)], trunk=trunk, actor=cast.staff)

    def test_is_refused_by_the_database_whoever_writes(
        self, letters: CarrierAccount, cast: Cast
    ) -> None:
        calls, messages = describe(letters, cast), describe(letters, cast, MESSAGES)
        row = want(make_number(account=letters), calls, cast)
        order = make_order(actor=cast.staff, submit=True)

        for rows in (
            CarrierBinding.objects.filter(pk=row.pk),
            OrderLine.objects.filter(order=order),
            CarrierOrder.objects.filter(order=order),
        ):
            with pytest.raises(IntegrityError, match="carries no calls"), transaction.atomic():
                rows.update(trunk=messages)


def group_at(account: CarrierAccount) -> str:
    """Give the endpoint group that somebody has made: it comes after the one for nowhere."""
    return str(int(account.credentials["endpoint_group"]) + 1)


def change(trunk: Trunk, cast: Cast, **changed: Any) -> frozenset[str]:
    wish = TrunkDescription(**{**vars(description.of(trunk)), **changed})
    return static_trunks.change(trunk=trunk, wish=wish, actor=cast.staff, now=timezone.now())


def _with(**changed: Any) -> TrunkDescription:
    return TrunkDescription(**{**vars(CALLS), **changed})
