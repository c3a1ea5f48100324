"""Workers killed, or stopped for longer than their call may take, while they list a caller name."""

from __future__ import annotations

from functools import partial
from itertools import product

import pytest
from django.utils import timezone

from dids.models import CallerName, PhoneNumber
from dids.states import FeatureStatus
from dids.workflows import caller_names, feature_recording, features
from lib.e164 import E164
from portal.testing.workers import Workers
from portal.tests.races.accidents import FATES, Accidents
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
LOST = "feature.looked_up"
UNDECIDED = "feature.read"


class TestACallerName:
    def test_is_listed_in_the_end(self, stage: Stage, workers: Workers) -> None:
        rows = {blow: _wanted(stage) for blow in product([*SET, UNDECIDED], FATES)}
        for fate in FATES:
            _have_decide(stage, rows[UNDECIDED, fate])

        _befall(stage, workers, rows, FeatureStatus.ACTIVE)

        assert {_at_carrier(stage, row) for row in rows.values()} == {Standing.ACTIVE}

    @pytest.mark.parametrize("is_there", [True, False])
    def test_whose_answer_was_lost_is_looked_up_in_the_end(
        self, stage: Stage, workers: Workers, is_there: bool
    ) -> None:
        rows = {(LOST, fate): _wanted(stage) for fate in FATES}
        for row in rows.values():
            _lose_the_answer(stage, row, is_there=is_there)

        _befall(stage, workers, rows, FeatureStatus.ACTIVE)

        assert {_at_carrier(stage, row) for row in rows.values()} == {Standing.ACTIVE}

    def test_is_taken_off_in_the_end(self, stage: Stage, workers: Workers) -> None:
        rows = {blow: _wanted(stage) for blow in product(REMOVE, FATES)}
        for row in rows.values():
            features.see_to(kind="callername", feature_id=row.pk, now=timezone.now())
            assert _at_carrier(stage, row) is Standing.ACTIVE
            caller_names.want(
                number=row.number,
                text="",
                shows_callers=False,
                actor=stage.cast.staff,
                now=timezone.now(),
            )

        _befall(stage, workers, rows, FeatureStatus.OFF)

        assert {_at_carrier(stage, row) for row in rows.values()} == {Standing.ABSENT}


def _befall(
    stage: Stage,
    workers: Workers,
    rows: dict[tuple[str, str], CallerName],
    end: FeatureStatus,
) -> None:
    with Accidents(stage, workers) as accidents:
        for (point, fate), row in rows.items():
            accidents.befall(
                point,
                fate,
                "dids.tasks.feature",
                partial(_is, row, end),
                kind="callername",
                feature_id=row.pk,
            )
        accidents.settle()


def _is(row: CallerName, status: FeatureStatus) -> bool:
    row.refresh_from_db(fields=["status"])
    return row.status == status


def _have_decide(stage: Stage, row: CallerName) -> None:
    """Have the carrier take its time, and decide while nobody looks."""
    attempt, _ = feature_recording.claimed(row, to=FeatureStatus.SETTING, now=timezone.now())
    pending = CarrierStanding(stage=Standing.PENDING)
    feature_recording.standing_told(row, attempt, pending, now=timezone.now())
    _set_at_carrier(stage, row)


def _lose_the_answer(stage: Stage, row: CallerName, *, is_there: bool) -> None:
    attempt, _ = feature_recording.claimed(row, to=FeatureStatus.SETTING, now=timezone.now())
    if is_there:
        _set_at_carrier(stage, row)
    lost = OutcomeUnknown("Nobody answered.")
    feature_recording.trouble_met(row, attempt, lost, now=timezone.now())


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
