"""Whoever puts a number into use, and whoever takes away what it leans on, at the same moment."""

from __future__ import annotations

from functools import partial

import pytest
from django.utils import timezone

from accounts.tests.cast import Cast
from dids.models import Assignment, EmergencyLocation, EmergencyRegistration
from dids.states import FeatureStatus, LocationStatus
from dids.tests.carrier import Shop
from dids.tests.factories import MAIN, make_location, make_number
from dids.workflows import assignment, features, locations
from lib.refusals import UnableTo
from portal.tests.races.threads import crowd

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]

ROUNDS = 12


def test_a_location_is_retired_or_used_and_never_both(cast: Cast) -> None:
    with crowd() as two:
        for _ in range(ROUNDS):
            EmergencyLocation.objects.filter(organization=cast.tenant).update(is_default=False)
            place = make_location(organization=cast.tenant)
            number = make_number(holder=cast.tenant)
            results = two.at_once(
                [
                    partial(
                        assignment.assign,
                        number=number,
                        destination=MAIN,
                        actor=cast.tenant_owner,
                        now=timezone.now(),
                    ),
                    partial(
                        locations.retire,
                        location=place,
                        actor=cast.tenant_owner,
                        now=timezone.now(),
                    ),
                ]
            )
            place.refresh_from_db()
            is_used = Assignment.objects.filter(number=number).exists()
            assert is_used == (place.status == LocationStatus.ACTIVE)
            assert sum(isinstance(result, UnableTo) for result in results) == 1


def test_of_two_that_become_active_at_once_one_is_the_default(cast: Cast) -> None:
    with crowd() as two:
        for _ in range(ROUNDS):
            EmergencyLocation.objects.filter(organization=cast.tenant).update(is_default=False)
            rows = [make_location(organization=cast.tenant, is_default=False) for _ in range(2)]
            two.at_once(
                [
                    partial(
                        locations.make_default,
                        location=row,
                        actor=cast.tenant_owner,
                        now=timezone.now(),
                    )
                    for row in rows
                ]
            )
            theirs = EmergencyLocation.objects.filter(organization=cast.tenant, country="US")
            assert theirs.filter(is_default=True).count() == 1


def test_a_message_that_came_twice_is_done_once(market: Shop, cast: Cast) -> None:
    number = make_number(holder=cast.tenant, account=market.account(), e164=market.offers()[0].e164)
    assignment.assign(number=number, destination=MAIN, actor=cast.tenant_owner, now=timezone.now())
    row = EmergencyRegistration.objects.get(number=number)
    work = partial(
        features.see_to, kind="emergencyregistration", feature_id=row.pk, now=timezone.now()
    )
    with crowd() as two:
        results = two.at_once([work, work])
    row.refresh_from_db()
    # It is not ours there: whoever asked has been told so, and asked once.
    assert row.status in {FeatureStatus.WANTED, FeatureStatus.REJECTED}
    assert sum(isinstance(result, UnableTo) for result in results) <= 1
