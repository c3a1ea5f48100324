"""The sweep finds what a lost message or a killed worker left behind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from trunks import tasks
from trunks.models import CarrierAccount, CarrierEvent, Trunk
from trunks.tests.carriers.sandbox import CarrierSandbox
from trunks.tests.factories import make_carrier_account, make_trunk

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every task where it is dispatched."""
    for task in (tasks.make_trunk, tasks.process_event, tasks.check_account):
        monkeypatch.setattr(task, "delay", task)


class TestSweep:
    def test_makes_checks_and_looks_into_what_is_due(
        self, carriers: CarrierSandbox, at_once: None
    ) -> None:
        opened: Any = carriers.account("telnyx", balance="7.00")
        account = make_carrier_account(credentials=opened["credentials"])
        now = timezone.now()
        trunk = make_trunk(account=account, status=Trunk.Status.WANTED)
        Trunk.objects.update(status_since=now - timedelta(minutes=1))
        event = CarrierEvent.objects.create(
            account=account,
            event_id="e",
            body="unreadable by now",
            received_at=now - timedelta(minutes=5),
            status_since=now,
            next_attempt_at=now - timedelta(minutes=1),
            give_up_at=now,
        )

        tasks.sweep(newer="argument")

        trunk.refresh_from_db()
        event.refresh_from_db()
        account.refresh_from_db()
        assert trunk.status == Trunk.Status.READY
        assert event.status == CarrierEvent.Status.UNKNOWN
        assert str(account.balance) == "7.00 USD"

    def test_leaves_a_paused_account_alone(self, carriers: CarrierSandbox, at_once: None) -> None:
        make_carrier_account(status=CarrierAccount.Status.PAUSED)

        tasks.sweep()

        assert CarrierAccount.objects.get().checked_at is None

    def test_a_trunk_whose_worker_died_comes_to_rest(
        self, carriers: CarrierSandbox, at_once: None
    ) -> None:
        opened: Any = carriers.account("twilio")
        account = make_carrier_account(carrier="twilio", credentials=opened["credentials"])
        trunk = make_trunk(account=account, status=Trunk.Status.MAKING)
        Trunk.objects.update(status_since=timezone.now() - timedelta(minutes=2))

        tasks.sweep()
        trunk.refresh_from_db()
        assert trunk.status == Trunk.Status.UNCERTAIN

        past = timezone.now() - timedelta(minutes=1)
        Trunk.objects.update(next_attempt_at=past, status_since=past)
        tasks.sweep()
        trunk.refresh_from_db()
        assert trunk.status == Trunk.Status.READY
