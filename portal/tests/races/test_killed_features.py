"""Workers killed, or stopped for longer than their call may take, while they list a caller name."""

from __future__ import annotations

import pytest
from django.utils import timezone

from dids.models import CallerName, PhoneNumber
from dids.states import FeatureStatus
from dids.workflows import caller_names, feature_recording, features
from lib.e164 import E164
from portal.testing.workers import Workers
from portal.tests.races.accidents import Accident
from portal.tests.races.stage import Stage
from trunks.deadlines import Deadline
from trunks.errors import OutcomeUnknown
from trunks.features import CallerNames
from trunks.features import Stage as Standing
from trunks.features import Standing as CarrierStanding
from trunks.roles import SetsCallerName

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.wire, pytest.mark.race]

NAME = "ACME INC"
SET = (
    "feature.ready",
    "feature.claimed",
    "carrier.leaving",
    "feature.called",
    "feature.recording",
    "feature.recorded",
)
REMOVE = (
    "feature.removing",
    "feature.removal_claimed",
    "carrier.leaving",
    "feature.removed",
    "feature.taking_off",
)
LOOKED_UP = "feature.looked_up"
READ = "feature.read"
FATES = ("killed", "stopped")


class TestACallerName:
    @pytest.mark.parametrize("fate", FATES)
    @pytest.mark.parametrize("point", SET)
    def test_is_listed_in_the_end(
        self, stage: Stage, workers: Workers, point: str, fate: str
    ) -> None:
        row = _wanted(stage)

        self._befall(stage, workers, row, point, fate, FeatureStatus.ACTIVE)

        assert _at_carrier(stage, row) is Standing.ACTIVE

    @pytest.mark.parametrize("fate", FATES)
    @pytest.mark.parametrize("is_there", [True, False])
    def test_whose_answer_was_lost_is_looked_up_in_the_end(
        self, stage: Stage, workers: Workers, is_there: bool, fate: str
    ) -> None:
        row = _wanted(stage)
        attempt, _ = feature_recording.claimed(row, to=FeatureStatus.SETTING, now=timezone.now())
        if is_there:
            _set_at_carrier(stage, row)
        lost = OutcomeUnknown("Nobody answered.")
        feature_recording.trouble_met(row, attempt, lost, now=timezone.now())

        self._befall(stage, workers, row, LOOKED_UP, fate, FeatureStatus.ACTIVE)

        assert _at_carrier(stage, row) is Standing.ACTIVE

    @pytest.mark.parametrize("fate", FATES)
    def test_that_the_carrier_decides_on_is_read_in_the_end(
        self, stage: Stage, workers: Workers, fate: str
    ) -> None:
        row = _wanted(stage)
        attempt, _ = feature_recording.claimed(row, to=FeatureStatus.SETTING, now=timezone.now())
        pending = CarrierStanding(stage=Standing.PENDING)
        feature_recording.standing_told(row, attempt, pending, now=timezone.now())
        _set_at_carrier(stage, row)

        self._befall(stage, workers, row, READ, fate, FeatureStatus.ACTIVE)

        assert _at_carrier(stage, row) is Standing.ACTIVE

    @pytest.mark.parametrize("fate", FATES)
    @pytest.mark.parametrize("point", REMOVE)
    def test_is_taken_off_in_the_end(
        self, stage: Stage, workers: Workers, point: str, fate: str
    ) -> None:
        row = _wanted(stage)
        features.see_to(kind="callername", feature_id=row.pk, now=timezone.now())
        assert _at_carrier(stage, row) is Standing.ACTIVE
        caller_names.want(
            number=row.number,
            text="",
            shows_callers=False,
            actor=stage.cast.staff,
            now=timezone.now(),
        )

        self._befall(stage, workers, row, point, fate, FeatureStatus.OFF)

        assert _at_carrier(stage, row) is Standing.ABSENT

    def _befall(
        self,
        stage: Stage,
        workers: Workers,
        row: CallerName,
        point: str,
        fate: str,
        end: FeatureStatus,
    ) -> None:
        def is_over() -> bool:
            row.refresh_from_db()
            return row.status == end

        Accident(stage, workers, point, fate).befall(
            "dids.tasks.feature", is_over, kind="callername", feature_id=row.pk
        )
        assert is_over()


def _wanted(stage: Stage) -> CallerName:
    number: PhoneNumber = stage.stock("telnyx")
    return caller_names.want(
        number=number,
        text=NAME,
        shows_callers=False,
        actor=stage.cast.staff,
        now=timezone.now(),
    )


def _set_at_carrier(stage: Stage, row: CallerName) -> None:
    _adapter(stage).set_caller_names(
        E164(row.number.e164),
        CallerNames(text=NAME),
        carrier_reference="",
        deadline=Deadline(10),
    )


def _at_carrier(stage: Stage, row: CallerName) -> Standing:
    return (
        _adapter(stage)
        .caller_names_of(
            E164(row.number.e164),
            CallerNames(text=NAME),
            carrier_reference="",
            deadline=Deadline(10),
        )
        .stage
    )


def _adapter(stage: Stage) -> SetsCallerName:
    account = stage.market.account("telnyx")
    adapter = stage.market.sandbox.adapter_for("telnyx", dict(account.credentials))
    assert isinstance(adapter, SetsCallerName)
    return adapter
