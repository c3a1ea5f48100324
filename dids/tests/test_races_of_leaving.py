"""A number is marked as ported out while somebody is about to do something with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

import pytest
from django.utils import timezone

from accounts.tests.cast import Cast
from dids.models import (
    CallerName,
    CarrierBinding,
    EmergencyLocation,
    EmergencyRegistration,
    MessagingRoute,
    PhoneNumber,
    Release,
    Task,
)
from dids.states import FeatureStatus, NumberStatus
from dids.tests.carrier import Shop
from dids.tests.factories import MAIN, make_number, make_texts
from dids.tests.passing_time import let_pass
from dids.tests.test_caller_names import owned, want
from dids.workflows import address_checks, binding, binding_work, features, porting_out, release
from dids.workflows.porting_out import UnableToMarkPortedOut
from lib.refusals import UnableTo
from portal.tests.races.threads import Crowd, Work, crowd
from trunks.models import Exchange

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def two() -> Iterator[Crowd]:
    """Give two threads."""
    with crowd(2) as threads:
        yield threads


def mark(number: PhoneNumber, cast: Cast) -> Work:
    return partial(porting_out.mark, number=number, actor=cast.staff, now=timezone.now())


def assert_left(number: PhoneNumber) -> None:
    """Make sure that nothing is left of a number, and that its carrier is not asked about it."""
    number.refresh_from_db()
    assert number.status == NumberStatus.PORTED_OUT
    asked = Exchange.objects.count()
    let_pass(timezone.now())
    assert Exchange.objects.count() == asked
    assert not CarrierBinding.objects.filter(number=number).exists()
    for model in (CallerName, MessagingRoute):
        for row in model.objects.filter(number=number):
            assert (row.status, row.perhaps_there) == (FeatureStatus.OFF, False)
    assert not Task.objects.open().exists()


@pytest.mark.parametrize("point", ["binding.ready", "carrier.leaving", "binding.called"])
def test_nothing_comes_of_a_delivery_that_was_under_way(
    market: Shop, cast: Cast, two: Crowd, point: str
) -> None:
    # What the number has besides is told there only together with where it goes.
    number, now = owned(market, cast, "vonage"), timezone.now()
    make_texts(number, cast.staff)
    let_pass(now)
    bound = binding.want(number=number, trunk=market.trunk("vonage"), actor=cast.staff, now=now)

    work = partial(binding_work.bind, binding_id=bound.pk, now=timezone.now())
    result, _ = two.while_held(point, work, mark(number, cast))

    assert isinstance(result, UnableTo)
    assert_left(number)


@pytest.mark.parametrize("text", ["ACME INC", ""])
@pytest.mark.parametrize("point", ["carrier.leaving", "carrier.answered"])
def test_nothing_comes_of_a_name_that_was_under_way(
    market: Shop, cast: Cast, two: Crowd, point: str, text: str
) -> None:
    number = owned(market, cast)
    row = want(number, cast.staff)
    if not text:
        let_pass(timezone.now())
        want(number, cast.staff, text)

    result, _ = two.while_held(point, see_to(row, timezone.now()), mark(number, cast))

    assert isinstance(result, UnableTo)
    assert_left(number)


def see_to(row: CallerName, now: datetime) -> Work:
    return partial(features.see_to, kind="callername", feature_id=row.pk, now=now)


def test_a_release_that_is_under_way_is_not_taken_for_it(
    market: Shop, cast: Cast, two: Crowd
) -> None:
    number, now = owned(market, cast), timezone.now()
    release.schedule(number=number, on=None, actor=cast.staff, now=now)

    carry_out = partial(release.carry_out, number_id=number.pk, now=now)
    _, refusal = two.while_held("carrier.leaving", carry_out, mark(number, cast))

    assert isinstance(refusal, UnableToMarkPortedOut)
    let_pass(timezone.now())
    number.refresh_from_db()
    assert number.status == NumberStatus.RELEASED
    assert not Release.objects.open().exists()


def test_its_carrier_is_not_told_where_it_is(cast: Cast, two: Crowd) -> None:
    place = EmergencyLocation.objects.get(organization=cast.tenant, country="US", is_default=True)
    number = make_number(holder=cast.tenant, destination=MAIN)
    EmergencyLocation.objects.update(next_attempt_at=timezone.now())

    follow = partial(address_checks.carry_out, location_id=place.pk, now=timezone.now())
    two.while_held("numbers.locked", mark(number, cast), follow)

    number.refresh_from_db()
    assert number.status == NumberStatus.PORTED_OUT
    assert not EmergencyRegistration.objects.exists()
