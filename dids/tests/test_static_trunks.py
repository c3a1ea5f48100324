"""Numbers are delivered to trunks that a person made, and never to one that carries no calls."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Event
from accounts.tests.cast import Cast
from dids.models import CarrierBinding, CarrierOrder, OrderLine, PhoneNumber, Task
from dids.states import BindingStatus
from dids.tests.carrier import Shop, bought, drive
from dids.tests.factories import make_found_offer, make_number, make_order
from dids.workflows import binding, binding_work
from dids.workflows.binding import UnableToBind
from dids.workflows.refusals import UnableToOrder
from trunks import description
from trunks.description import Carries, TrunkDescription
from trunks.models import CarrierAccount, Trunk
from trunks.offers import GatewaySpec
from trunks.tests.factories import make_carrier_account
from trunks.workflows import static_trunks

CALLS = TrunkDescription(name="Main", hosts=(GatewaySpec(host="sip.carrier.example"),))
MESSAGES = TrunkDescription(name="SMS", carries=Carries.MESSAGING)


@pytest.fixture
def gamma(db: None) -> CarrierAccount:
    """Store an account at a carrier that a person tells where numbers go."""
    return make_carrier_account(carrier="gamma", credentials={}, base_url="")


def describe(account: CarrierAccount, cast: Cast, wish: TrunkDescription = CALLS) -> Trunk:
    return static_trunks.describe(account=account, wish=wish, actor=cast.staff, now=timezone.now())


def want(number: PhoneNumber, trunk: Trunk, cast: Cast) -> CarrierBinding:
    return binding.want(number=number, trunk=trunk, actor=cast.staff, now=timezone.now())


class TestWhereAPersonTellsTheCarrier:
    def test_a_first_trunk_delivers_at_once_as_was_arranged(
        self, gamma: CarrierAccount, cast: Cast
    ) -> None:
        number = make_number(account=gamma)

        row = want(number, describe(gamma, cast), cast)

        assert (row.status, row.next_attempt_at) == (BindingStatus.BOUND, None)
        event = Event.objects.get(action="dids.binding.bound_as_arranged")
        assert (event.number, event.after) == (number.e164, {"trunk": "Main"})

    def test_the_same_trunk_again_changes_nothing(self, gamma: CarrierAccount, cast: Cast) -> None:
        number, trunk = make_number(account=gamma), describe(gamma, cast)

        assert want(number, trunk, cast) == want(number, trunk, cast)
        assert Event.objects.filter(action__startswith="dids.binding").count() == 1

    def test_a_number_that_is_kept_is_delivered_as_before(
        self, gamma: CarrierAccount, cast: Cast
    ) -> None:
        number = make_number(account=gamma)
        row = want(number, describe(gamma, cast), cast)

        binding.want_again(number=number, now=timezone.now())

        row.refresh_from_db()
        assert row.status == BindingStatus.BOUND

    def test_another_trunk_is_a_task_that_names_it_as_its_carrier_does(
        self, gamma: CarrierAccount, cast: Cast
    ) -> None:
        number = make_number(account=gamma)
        want(number, describe(gamma, cast), cast)

        moved = want(number, describe(gamma, cast, _with(name="Leeds office")), cast)
        binding_work.bind(binding_id=moved.pk, now=timezone.now())

        moved.refresh_from_db()
        assert moved.status == BindingStatus.BY_HAND
        assert "Leeds office" in Task.objects.get().payload["text"]

    def test_its_reference_may_be_corrected(self, gamma: CarrierAccount, cast: Cast) -> None:
        trunk = describe(gamma, cast)
        want(make_number(account=gamma), trunk, cast)

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
        binding_work.bind(binding_id=row.pk, now=timezone.now())

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
        self, gamma: CarrierAccount, cast: Cast
    ) -> None:
        trunk = describe(gamma, cast, MESSAGES)

        with pytest.raises(UnableToBind, match="carries messages only"):
            want(make_number(account=gamma), trunk, cast)

    def test_is_refused_in_an_order(self, market: Shop, cast: Cast) -> None:
        account = market.account()
        trunk = describe(account, cast, MESSAGES)

        with pytest.raises(UnableToOrder, match="carries messages only"):
            make_order(offers=[make_found_offer(account=account)], trunk=trunk, actor=cast.staff)

    def test_is_refused_by_the_database_whoever_writes(
        self, gamma: CarrierAccount, cast: Cast
    ) -> None:
        calls, messages = describe(gamma, cast), describe(gamma, cast, MESSAGES)
        row = want(make_number(account=gamma), calls, cast)
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
