"""Workers killed or stopped while they tell carriers where a number is, or have it forgotten."""

from __future__ import annotations

from functools import partial
from itertools import product

import pytest
from django.utils import timezone

from dids.models import EmergencyLocation, EmergencyRegistration, PhoneNumber
from dids.states import FeatureStatus, LocationStatus
from dids.tests.factories import MAIN
from dids.workflows import assignment, features, holding, locations, registrations
from lib.e164 import E164
from portal.testing.workers import Workers
from portal.tests.races.accidents import FATES, Accidents
from portal.tests.races.stage import Stage
from trunks.addresses import EmergencyState, Registered
from trunks.deadlines import Deadline
from trunks.roles import RegistersEmergency

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.wire, pytest.mark.race]

CALL = ("carrier.leaving", "carrier.answered")
"""What all features share is in `test_killed_features`."""
CHECK = ("location.claimed", "carrier.answered", "location.checked")


class TestARegistration:
    def test_is_made_in_the_end(self, stage: Stage, workers: Workers) -> None:
        rows = {blow: _wanted(stage) for blow in product(CALL, FATES)}

        _befall(stage, workers, rows, FeatureStatus.ACTIVE)

        for row in rows.values():
            there = _at_carrier(stage, row.number)
            assert there is not None
            assert there.state is EmergencyState.ACTIVE
            assert there.is_of(str(row.location.uuid), row.location.address)

    def test_is_removed_in_the_end(self, stage: Stage, workers: Workers) -> None:
        rows = {blow: _wanted(stage) for blow in product(CALL, FATES)}
        for row in rows.values():
            for _ in range(2):
                features.see_to(kind="emergencyregistration", feature_id=row.pk, now=timezone.now())
            assert _is(row, FeatureStatus.ACTIVE)
            registrations.unwant(number=row.number, now=timezone.now())

        _befall(stage, workers, rows, FeatureStatus.OFF)

        for row in rows.values():
            assert _at_carrier(stage, row.number) is None


def _befall(
    stage: Stage,
    workers: Workers,
    rows: dict[tuple[str, str], EmergencyRegistration],
    end: FeatureStatus,
) -> None:
    with Accidents(stage, workers) as accidents:
        for (point, fate), row in rows.items():
            accidents.befall(
                point,
                fate,
                "dids.tasks.feature",
                partial(_is, row, end),
                kind="emergencyregistration",
                feature_id=row.pk,
            )
        accidents.settle()


class TestACheck:
    @pytest.mark.parametrize("fate", FATES)
    def test_comes_to_an_answer(self, stage: Stage, workers: Workers, fate: str) -> None:
        stage.market.over_the_wire("telnyx")
        cast = stage.cast
        theirs = (
            (cast.tenant, cast.tenant_owner),
            (cast.sub_tenant, cast.sub_tenant_owner),
            (cast.rival_tenant, cast.rival_tenant_owner),
        )
        places = []
        with Accidents(stage, workers) as accidents:
            for point, (tenant, owner) in zip(CHECK, theirs, strict=True):
                place = EmergencyLocation.objects.get(organization=tenant, country="US")
                EmergencyLocation.objects.filter(pk=place.pk).update(
                    status=LocationStatus.DRAFT, is_default=False, validated_at=None
                )
                place.refresh_from_db()
                locations.check(location=place, actor=owner, now=timezone.now())
                accidents.befall(
                    point,
                    fate,
                    "dids.tasks.locate",
                    partial(_is_active, place),
                    location_id=place.pk,
                )
                places.append(place)
            accidents.settle()

        assert all(place.is_default for place in places)


def _is_active(place: EmergencyLocation) -> bool:
    place.refresh_from_db()
    return place.status == LocationStatus.ACTIVE


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
