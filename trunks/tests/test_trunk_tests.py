"""The test of a trunk asks its hosts and its carrier, once, whatever happens to the worker."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.tests.cast import Cast
from trunks import sip_options, tasks
from trunks.description import Carries, TrunkDescription
from trunks.models import Trunk
from trunks.offers import GatewaySpec
from trunks.sip_options import Ping
from trunks.tests.carriers.sandbox import CarrierSandbox
from trunks.tests.factories import make_carrier_account
from trunks.workflows import static_trunks, trunk_tests
from trunks.workflows.trunk_tests import UnableToTest

NOW = datetime(2126, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def trunk(cast: Cast, carriers: CarrierSandbox) -> Trunk:
    """Describe a trunk with two hosts, at an account that the sandbox knows."""
    opened = carriers.account("telnyx")
    return static_trunks.describe(
        account=make_carrier_account(credentials=opened["credentials"]),
        wish=TrunkDescription(
            name="Main",
            hosts=(GatewaySpec(host="up.example"), GatewaySpec(host="down.example", priority=2)),
            carrier_reference="17",
        ),
        actor=cast.staff,
        now=NOW,
    )


@pytest.fixture
def pinged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Answer for every host whose name begins with up; gives those that were asked."""
    asked: list[str] = []

    def ping(*, host: str, **_how: Any) -> Ping:
        asked.append(host)
        return Ping(host.startswith("up"), f"About {host}.", 5)

    monkeypatch.setattr(sip_options, "ping", ping)
    return asked


def want(trunk: Trunk, cast: Cast, now: datetime = NOW) -> None:
    trunk_tests.want(trunk=trunk, actor=cast.staff, now=now)


class TestCarryOut:
    def test_keeps_what_each_host_and_the_carrier_said(
        self, trunk: Trunk, cast: Cast, pinged: list[str]
    ) -> None:
        want(trunk, cast)
        trunk_tests.carry_out(trunk_id=trunk.pk, now=NOW)

        trunk.refresh_from_db()
        assert pinged == ["up.example", "down.example"]
        assert [(host.answers, host.test_says) for host in trunk.hosts.all()] == [
            (True, "About up.example."),
            (False, "About down.example."),
        ]
        assert (trunk.tested_at, trunk.test_asked_at) == (NOW, None)
        assert trunk.test_says.startswith("The carrier delivers no number to 17 yet")

    def test_tells_that_the_carrier_could_not_be_asked(
        self, trunk: Trunk, cast: Cast, carriers: CarrierSandbox, pinged: list[str]
    ) -> None:
        carriers.fault("telnyx", "list", "wrong_credentials")
        want(trunk, cast)
        trunk_tests.carry_out(trunk_id=trunk.pk, now=NOW)

        trunk.refresh_from_db()
        assert trunk.test_says.startswith("The carrier could not be asked about 17:")
        assert len(pinged) == 2

    def test_that_nobody_asked_for_asks_nobody(self, trunk: Trunk, pinged: list[str]) -> None:
        trunk_tests.carry_out(trunk_id=trunk.pk, now=NOW)

        assert pinged == []

    def test_of_a_late_worker_does_not_answer_a_newer_question(
        self, trunk: Trunk, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        want(trunk, cast)
        later = NOW + timedelta(minutes=5)

        def ask_anew(**_how: Any) -> Ping:
            Trunk.objects.filter(pk=trunk.pk).update(test_asked_at=later)
            return Ping(True, "Too late.", 5)

        monkeypatch.setattr(sip_options, "ping", ask_anew)
        trunk_tests.carry_out(trunk_id=trunk.pk, now=NOW)

        trunk.refresh_from_db()
        assert (trunk.test_asked_at, trunk.tested_at) == (later, None)
        assert trunk.hosts.filter(answers=None).count() == 2


class TestWant:
    def test_asks_once_however_often_the_button_is_pressed(
        self,
        trunk: Trunk,
        cast: Cast,
        monkeypatch: pytest.MonkeyPatch,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        sent: list[int] = []
        monkeypatch.setattr(tasks.test_trunk, "delay", lambda trunk_id: sent.append(trunk_id))
        with django_capture_on_commit_callbacks(execute=True):
            want(trunk, cast)
            want(trunk, cast, NOW + timedelta(seconds=1))

        assert sent == [trunk.pk]

    def test_refuses_where_there_is_nobody_to_ask(self, trunk: Trunk, cast: Cast) -> None:
        sms = static_trunks.describe(
            account=trunk.carrier_account,
            wish=TrunkDescription(name="SMS", carries=Carries.MESSAGING),
            actor=cast.staff,
            now=NOW,
        )
        with pytest.raises(UnableToTest):
            want(sms, cast)


class TestDue:
    def test_finds_the_question_whose_worker_died(self, trunk: Trunk, cast: Cast) -> None:
        want(trunk, cast)

        assert trunk_tests.due(NOW + timedelta(minutes=1)) == []
        assert trunk_tests.due(NOW + timedelta(minutes=3)) == [trunk.pk]
