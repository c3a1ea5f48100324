"""Workers killed or stopped while they tell carriers where a number is, or have it forgotten."""

from __future__ import annotations

import pytest
from django.utils import timezone

from dids.models import EmergencyLocation, EmergencyRegistration, PhoneNumber
from dids.states import FeatureStatus, LocationStatus
from dids.tests.factories import MAIN
from dids.workflows import assignment, features, holding, locations, registrations
from lib.e164 import E164
from portal.testing.workers import Workers
from portal.tests.races.accidents import Accident
from portal.tests.races.stage import Stage
from trunks.addresses import EmergencyState, Registered
from trunks.deadlines import Deadline
from trunks.roles import RegistersEmergency

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.wire, pytest.mark.race]

CALL = ("carrier.leaving", "carrier.answered")
"""What all features share is in `test_killed_features`."""
CHECK = ("location.claimed", "carrier.answered", "location.checked")


@pytest.fixture(params=["killed", "stopped"])
def fate(request: pytest.FixtureRequest) -> str:
    """Have each test run once with a killed worker, once with a stopped one."""
    return str(request.param)


class TestARegistration:
    @pytest.mark.parametrize("point", CALL)
    def test_is_made_in_the_end(
        self, stage: Stage, workers: Workers, point: str, fate: str
    ) -> None:
        row = _wanted(stage)

        Accident(stage, workers, point, fate).befall(
            "dids.tasks.feature",
            lambda: _is(row, FeatureStatus.ACTIVE),
            kind="emergencyregistration",
            feature_id=row.pk,
        )

        there = _at_carrier(stage, row.number)
        assert there is not None
        assert there.state is EmergencyState.ACTIVE
        assert there.is_of(str(row.location.uuid), row.location.address)

    @pytest.mark.parametrize("point", CALL)
    def test_is_removed_in_the_end(
        self, stage: Stage, workers: Workers, point: str, fate: str
    ) -> None:
        row = _wanted(stage)
        features.see_to(kind="emergencyregistration", feature_id=row.pk, now=timezone.now())
        stage.beat.until(lambda: _is(row, FeatureStatus.ACTIVE))
        registrations.unwant(number=row.number, now=timezone.now())

        Accident(stage, workers, point, fate).befall(
            "dids.tasks.feature",
            lambda: _is(row, FeatureStatus.OFF),
            kind="emergencyregistration",
            feature_id=row.pk,
        )

        assert _at_carrier(stage, row.number) is None


class TestACheck:
    @pytest.mark.parametrize("point", CHECK)
    def test_comes_to_an_answer(
        self, stage: Stage, workers: Workers, point: str, fate: str
    ) -> None:
        stage.market.over_the_wire("telnyx")
        place = EmergencyLocation.objects.get(organization=stage.cast.tenant, country="US")
        EmergencyLocation.objects.filter(pk=place.pk).update(
            status=LocationStatus.DRAFT, is_default=False, validated_at=None
        )
        place.refresh_from_db()
        locations.check(location=place, actor=stage.cast.tenant_owner, now=timezone.now())

        def is_active() -> bool:
            place.refresh_from_db()
            return place.status == LocationStatus.ACTIVE

        Accident(stage, workers, point, fate).befall(
            "dids.tasks.locate", is_active, location_id=place.pk
        )

        assert place.is_default


def _wanted(stage: Stage) -> EmergencyRegistration:
    """Give the registration of a number that a tenant has just put into use."""
    number, cast, now = stage.stock("telnyx"), stage.cast, timezone.now()
    holding.allot(number=number, to=cast.dealer, actor=cast.staff, now=now)
    holding.allot(number=number, to=cast.tenant, actor=cast.dealer_owner, now=now)
    assignment.assign(number=number, destination=MAIN, actor=cast.tenant_owner, now=now)
    return EmergencyRegistration.objects.select_related("number", "location").get(number=number)


def _is(row: EmergencyRegistration, status: FeatureStatus) -> bool:
    row.refresh_from_db(fields=["status"])
    return row.status == status


def _at_carrier(stage: Stage, number: PhoneNumber) -> Registered | None:
    account = stage.market.account("telnyx")
    adapter = stage.market.sandbox.adapter_for("telnyx", dict(account.credentials))
    assert isinstance(adapter, RegistersEmergency)
    return adapter.registered(E164(number.e164), carrier_reference="", deadline=Deadline(10))
