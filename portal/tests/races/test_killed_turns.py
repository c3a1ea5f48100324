"""Workers killed or stopped amid a change of a number whose carrier is told all of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from dids.models import CarrierBinding, MessagingRoute
from dids.states import BindingStatus, FeatureStatus
from dids.tests.factories import make_texts
from dids.workflows import binding
from lib.e164 import E164
from portal.testing.workers import Workers
from portal.tests.races.accidents import Accident
from portal.tests.races.stage import Stage
from trunks.deadlines import Deadline
from trunks.features import Stage as Standing
from trunks.models import Trunk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.wire, pytest.mark.race]

READ_DAILY = timedelta(hours=20)
"""What waits longer for its next reading is not doubted any more."""
POINTS = ("carrier.leaving", "carrier.answered")


@pytest.mark.parametrize("fate", ["killed", "stopped"])
@pytest.mark.parametrize("point", POINTS)
def test_binding_and_texts_both_hold_in_the_end(
    stage: Stage, workers: Workers, point: str, fate: str
) -> None:
    number, trunk = stage.stock("vonage"), stage.trunk("vonage")
    bound = binding.want(number=number, trunk=trunk, actor=stage.cast.staff, now=timezone.now())
    texts = make_texts(number, stage.cast.staff)

    def are_done() -> bool:
        bound.refresh_from_db()
        texts.refresh_from_db()
        is_read = (texts.next_attempt_at or texts.status_since) > texts.status_since + READ_DAILY
        is_there = (bound.status, texts.status) == (BindingStatus.BOUND, FeatureStatus.ACTIVE)
        return is_there and is_read

    # Whoever wakes up late writes what it has read before: then all that is set is read again.
    Accident(stage, workers, point, fate).befall("dids.tasks.bind", are_done, binding_id=bound.pk)

    stage.beat.until(are_done)
    assert _at_carrier(stage, bound, texts, trunk)


def _at_carrier(stage: Stage, bound: CarrierBinding, texts: MessagingRoute, trunk: Trunk) -> bool:
    account, number = stage.market.account("vonage"), E164(bound.number.e164)
    adapter: Any = stage.market.sandbox.adapter_for("vonage", dict(account.credentials))
    there = adapter.binding_of(number, carrier_reference="", deadline=Deadline(10))
    told = adapter.messages_of(number, texts.address, carrier_reference="", deadline=Deadline(10))
    return bool(there == trunk.known_as and told.stage is Standing.ACTIVE)
