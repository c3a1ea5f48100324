"""Workers killed or stopped while they register who sends text messages, or say where they go."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Event
from dids.crafts import CRAFTS, kind_of
from dids.models import (
    Brand,
    Campaign,
    Feature,
    MessagingRoute,
    NumberCampaign,
    PhoneNumber,
    Task,
    TaskKind,
    TollFreeVerification,
)
from dids.states import FeatureStatus
from dids.tests.words import BRAND_WORDS, CAMPAIGN_WORDS, VERIFICATION_WORDS
from dids.workflows import brands, calling, features, messaging, toll_free
from lib.transitions import UnableToMove
from portal.testing.workers import Workers
from portal.tests.races.accidents import FATES, Accidents
from portal.tests.races.stage import Stage
from sandbox.telnyx import campaigns
from trunks.features import Stage as Standing

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.wire, pytest.mark.race]

S = FeatureStatus
HERE = "https://messages.oak.example/in"
ANSWERED = ("carrier.answered", "feature.called", "feature.recording", "feature.recorded")
"""What follows upon the answer: the carrier has it."""
UNHEARD = ("feature.claimed", "carrier.leaving")
"""Nobody knows whether the carrier has it; what costs money each time is for a person then."""
SET = ("carrier.leaving", "carrier.answered", "feature.called", "feature.recording")
REMOVE = ("feature.removal_claimed", "carrier.leaving", "feature.removed", "feature.taking_off")
ENDED = ("feature.confirmed", "feature.lapsing")
Make = Callable[[Stage, str], Feature]


def _brand(stage: Stage, name: str) -> Brand:
    if not PhoneNumber.objects.exists():
        stage.stock("telnyx")
    return brands.register_brand(
        actor=stage.cast.staff, now=timezone.now(), words={**BRAND_WORDS, "name": name}
    )


def _campaign(stage: Stage, name: str) -> Campaign:
    brand = Brand.objects.first() or _in_force(_brand(stage, "Oak Dental"))
    assert isinstance(brand, Brand)
    return brands.register_campaign(
        brand=brand,
        actor=stage.cast.staff,
        now=timezone.now(),
        words={**CAMPAIGN_WORDS, "name": name},
    )


def _link(stage: Stage, name: str) -> NumberCampaign:
    number = stage.stock("telnyx")
    campaign = Campaign.objects.first() or _in_force(_campaign(stage, "Appointments"))
    assert isinstance(campaign, Campaign)
    link = messaging.join(
        number=number, campaign=campaign, actor=stage.cast.staff, now=timezone.now()
    )
    assert link is not None
    return link


def _route(stage: Stage, name: str) -> MessagingRoute:
    link = _in_force(_link(stage, name))
    assert isinstance(link, NumberCampaign)
    return messaging.route(
        number=link.number,
        to="WEBHOOK",
        address=f"{HERE}/{name}",
        actor=stage.cast.staff,
        now=timezone.now(),
    )


def _verification(stage: Stage, name: str) -> TollFreeVerification:
    number = stage.stock("telnyx")
    PhoneNumber.objects.filter(pk=number.pk).update(type="TOLL_FREE")
    return toll_free.verify(
        number=number, words=VERIFICATION_WORDS, actor=stage.cast.staff, now=timezone.now()
    )


class TestWhatCostsMoneyEachTime:
    @pytest.mark.parametrize("make", [_brand, _campaign])
    def test_is_registered_once_or_seen_to_by_a_person(
        self, stage: Stage, workers: Workers, make: Make
    ) -> None:
        rows = {blow: make(stage, " ".join(blow)) for blow in product([*ANSWERED, *UNHEARD], FATES)}

        _befall(stage, workers, rows, lambda point: S.ACTIVE if point in ANSWERED else S.BY_HAND)

        # Only who sleeps between the last look at the clock and the call registers it late.
        late = ("carrier.leaving", "stopped")
        made = {blow: _made(stage, row) for blow, row in rows.items()}
        assert made == {blow: blow[0] in ANSWERED or blow == late for blow in rows}
        by_hand = Task.objects.open().filter(kind=TaskKind.FEATURE_BY_HAND)
        unheard = [row.subject for blow, row in rows.items() if blow[0] in UNHEARD]
        assert sorted(by_hand.values_list("about", flat=True)) == sorted(unheard)

    def test_that_the_carrier_ended_is_told_once(self, stage: Stage, workers: Workers) -> None:
        rows = {blow: _in_force(_brand(stage, " ".join(blow))) for blow in product(ENDED, FATES)}
        for row in rows.values():
            stage.market.sandbox.world.store.remove(campaigns.BRANDS, row.carrier_reference)
        Brand.objects.update(next_attempt_at=timezone.now())

        _befall(stage, workers, rows, lambda _point: S.REJECTED)

        subjects = sorted(row.subject for row in rows.values())
        told = Event.objects.filter(action="dids.feature.lapsed")
        assert sorted(told.values_list("subject", flat=True)) == subjects
        asked = Task.objects.open().filter(kind=TaskKind.FEATURE_LAPSED)
        assert sorted(asked.values_list("about", flat=True)) == subjects


class TestWhatMayBeAskedForAgain:
    @pytest.mark.parametrize("make", [_link, _route, _verification])
    def test_is_in_force_in_the_end(self, stage: Stage, workers: Workers, make: Make) -> None:
        rows = {blow: make(stage, "-".join(blow)) for blow in product(SET, FATES)}

        _befall(stage, workers, rows, lambda _point: S.ACTIVE)

        there = {blow: _at_carrier(stage, row) for blow, row in rows.items()}
        assert there == dict.fromkeys(rows, Standing.ACTIVE)

    @pytest.mark.parametrize("make", [_campaign, _route])
    def test_is_taken_off_in_the_end(self, stage: Stage, workers: Workers, make: Make) -> None:
        rows = {blow: _in_force(make(stage, "-".join(blow))) for blow in product(REMOVE, FATES)}
        for row in rows.values():
            _unwant(stage, row)

        _befall(stage, workers, rows, lambda _point: S.OFF)

        there = {blow: _at_carrier(stage, row) for blow, row in rows.items()}
        assert there == dict.fromkeys(rows, Standing.ABSENT)


class TestAMessageThatComesTwice:
    def test_is_left_to_the_worker_that_has_it(self, stage: Stage, workers: Workers) -> None:
        for point in ("feature.claimed", "feature.called"):
            brand = _brand(stage, point)
            message: dict[str, Any] = {"kind": "brand", "feature_id": brand.pk}

            with workers.held_at(point, "dids.tasks.feature", **message) as worker:
                with pytest.raises(UnableToMove):
                    features.see_to(**message, now=timezone.now())
                assert worker.go_on() == ""
            features.see_to(**message, now=timezone.now())

            assert _is(brand, S.ACTIVE)
            assert _made(stage, brand) == 1


def _befall(
    stage: Stage,
    workers: Workers,
    rows: dict[tuple[str, str], Feature],
    end_of: Callable[[str], FeatureStatus],
) -> None:
    """Strike a worker of each feature at its point, and have the others bring all to their ends."""
    with Accidents(stage, workers) as accidents:
        for (point, fate), row in rows.items():
            accidents.befall(
                point,
                fate,
                "dids.tasks.feature",
                partial(_is, row, end_of(point)),
                kind=kind_of(row),
                feature_id=row.pk,
            )
        accidents.settle()


def _is(row: Feature, status: FeatureStatus) -> bool:
    row.refresh_from_db(fields=["status"])
    return row.status == status


def _in_force(row: Feature) -> Feature:
    """Have a feature asked for and decided."""
    for _ in range(2):
        features.see_to(kind=kind_of(row), feature_id=row.pk, now=timezone.now())
    row.refresh_from_db()
    assert row.status == S.ACTIVE, row.failure
    return row


def _unwant(stage: Stage, row: Feature) -> None:
    staff, now = stage.cast.staff, timezone.now()
    if isinstance(row, MessagingRoute):
        messaging.route(number=row.number, to="OFF", actor=staff, now=now)
    else:
        assert isinstance(row, Campaign)
        brands.end(row=row, actor=staff, now=now)


def _made(stage: Stage, row: Feature) -> int:
    """Count what the carrier has of a brand or a campaign."""
    table = campaigns.BRANDS if isinstance(row, Brand) else campaigns.CAMPAIGNS
    name, value = (
        ("displayName", row.name) if isinstance(row, Brand) else ("referenceId", str(row.uuid))
    )
    return sum(one[name] == value for one in stage.market.sandbox.world.store.table(table).values())


def _at_carrier(stage: Stage, row: Feature) -> Standing:
    account = stage.market.account("telnyx")
    adapter = stage.market.sandbox.adapter_for("telnyx", dict(account.credentials))
    standing = CRAFTS[kind_of(row)].read(adapter, row, calling.deadline())
    return standing.stage
