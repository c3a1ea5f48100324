"""Trunks are made once, whatever happens to the worker that makes them."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.models import Event
from accounts.tests.cast import Cast
from lib import pauses
from lib.e164 import DidFormat
from lib.transitions import LostRace, UnableToMove
from trunks import connect, pacing, tasks
from trunks.carriers.telnyx.adapter import Telnyx
from trunks.deadlines import Deadline
from trunks.errors import CarrierError, Misconfigured, OutcomeUnknown, Unavailable
from trunks.models import CarrierAccount, Trunk
from trunks.offers import GatewaySpec, Transport
from trunks.states import TRUNK_EDGES
from trunks.tests.carriers.sandbox import CarrierSandbox
from trunks.tests.factories import ROUTERS, make_carrier_account, make_trunk
from trunks.workflows import trunks

NOW = datetime(2126, 11, 23, 9, 0, tzinfo=UTC)
"""Not yet: what must leave before a moment near it may still leave."""

Status = Trunk.Status


@pytest.fixture(params=["telnyx", "twilio"])
def account(request: pytest.FixtureRequest, db: None, carriers: CarrierSandbox) -> CarrierAccount:
    """Store an account that the sandbox knows."""
    opened = carriers.account(request.param)
    return make_carrier_account(carrier=request.param, credentials=opened["credentials"])


def made_at(account: CarrierAccount, trunk: Trunk) -> Any:
    """Ask the carrier for the trunk."""
    carrier: Any = connect.connected(account, purpose="test")
    return carrier.find_trunk(reference=str(trunk.uuid), deadline=Deadline(10))


def create(account: CarrierAccount, cast: Cast, **changed: Any) -> Trunk:
    """Ask for a trunk."""
    wish: dict[str, Any] = {
        "name": "Main",
        "did_format": DidFormat.PLUS_E164,
        "gateways": ROUTERS,
        "source_addresses": ["127.0.1.10"],
        **changed,
    }
    return trunks.create(account=account, **wish, actor=cast.staff, now=NOW)


class TestCreate:
    def test_is_made_by_a_worker_after_the_commit(
        self,
        cast: Cast,
        account: CarrierAccount,
        monkeypatch: pytest.MonkeyPatch,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        sent: list[int] = []
        monkeypatch.setattr(tasks.make_trunk, "delay", lambda trunk_id: sent.append(trunk_id))

        with django_capture_on_commit_callbacks(execute=True):
            trunk = create(account, cast)

        assert sent == [trunk.pk]
        assert (trunk.status, trunk.carrier_reference) == (Status.WANTED, "")
        assert trunk.spec.gateways == ROUTERS
        assert trunk.spec.source_addresses == ("127.0.1.10",)

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"name": " "}, "name"),
            ({"name": "x" * 61}, "name"),
            ({"name": "a\x00b"}, "name"),
            ({"gateways": []}, "gateways"),
            ({"gateways": [ROUTERS[0], ROUTERS[0]]}, "gateways"),
            ({"gateways": [GatewaySpec(host="")]}, "gateways"),
            ({"gateways": [GatewaySpec(host="a;transport=tls")]}, "gateways"),
            ({"gateways": [GatewaySpec(host="192.0.2.1", port=0)]}, "gateways"),
            ({"gateways": [GatewaySpec(host="192.0.2.1", weight=0)]}, "gateways"),
            ({"gateways": [GatewaySpec(host="x" * 254)]}, "gateways"),
            ({"source_addresses": ["sip.carrier.example"]}, "source_addresses"),
            ({"source_addresses": ["fe80::1%eth0"]}, "source_addresses"),
        ],
    )
    def test_refuses_nonsense_by_its_field(
        self, cast: Cast, account: CarrierAccount, changed: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(trunks.UnableToCreateTrunk) as caught:
            create(account, cast, **changed)

        assert caught.value.field == field
        assert not Trunk.objects.exists()

    def test_takes_every_priority_and_weight_that_carriers_know(
        self, cast: Cast, account: CarrierAccount
    ) -> None:
        most = GatewaySpec(host="192.0.2.1", priority=65535, weight=65535)

        assert create(account, cast, gateways=[most]).spec.gateways == (most,)

    def test_stands_while_the_broker_is_away(
        self,
        cast: Cast,
        account: CarrierAccount,
        monkeypatch: pytest.MonkeyPatch,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        def away(**_ids: int) -> None:
            raise OSError("The broker went away.")

        monkeypatch.setattr(tasks.make_trunk, "delay", away)
        with django_capture_on_commit_callbacks(execute=True):
            trunk = create(account, cast)

        assert trunks.due(NOW + timedelta(minutes=1)) == [trunk.pk]

    def test_refuses_a_format_that_the_carrier_cannot_write(self, cast: Cast) -> None:
        account = make_carrier_account(carrier="twilio")

        with pytest.raises(trunks.UnableToCreateTrunk, match="PLUS_E164") as caught:
            create(account, cast, did_format=DidFormat.NATIONAL)
        assert caught.value.field == "did_format"

    def test_refuses_a_name_that_is_taken(self, cast: Cast, account: CarrierAccount) -> None:
        create(account, cast)

        with pytest.raises(trunks.UnableToCreateTrunk) as caught:
            create(account, cast)
        assert caught.value.field == "name"


class TestMake:
    def test_makes_it_at_the_carrier(self, cast: Cast, account: CarrierAccount) -> None:
        trunk = create(account, cast)

        trunks.make(trunk_id=trunk.pk, now=NOW)

        trunk.refresh_from_db()
        assert trunk.status == Status.READY
        assert trunk.carrier_reference == made_at(account, trunk).carrier_reference
        assert Event.objects.filter(action="trunks.trunk.ready").count() == 1

    def test_a_second_message_changes_nothing(self, cast: Cast, account: CarrierAccount) -> None:
        trunk = create(account, cast)
        trunks.make(trunk_id=trunk.pk, now=NOW)

        with pytest.raises(UnableToMove):
            trunks.make(trunk_id=trunk.pk, now=NOW)
        tasks.make_trunk(trunk_id=trunk.pk, newer="argument")

    def test_waits_for_its_turn(self, cast: Cast, account: CarrierAccount) -> None:
        trunk = create(account, cast)
        pacing.rest(account, 30)

        trunks.make(trunk_id=trunk.pk, now=NOW)

        trunk.refresh_from_db()
        assert trunk.status == Status.WANTED
        assert trunk.next_attempt_at is not None
        assert trunks.due(NOW + timedelta(seconds=10)) == []
        assert trunks.due(NOW + timedelta(seconds=31)) == [trunk.pk]

    def test_what_did_not_happen_is_tried_later(
        self, cast: Cast, account: CarrierAccount, carriers: CarrierSandbox
    ) -> None:
        trunk = create(account, cast)
        carriers.fault(account.carrier, "trunk", "rate_limited", seconds=3)

        trunks.make(trunk_id=trunk.pk, now=NOW)

        trunk.refresh_from_db()
        assert trunk.status == Status.WANTED
        assert trunk.next_attempt_at is not None
        assert trunk.next_attempt_at > NOW

    def test_a_refusal_waits_for_a_person(self, cast: Cast, carriers: CarrierSandbox) -> None:
        opened = carriers.account("telnyx")
        account = make_carrier_account(credentials=opened["credentials"])
        mixed = [
            GatewaySpec(host="192.0.2.1", transport=Transport.UDP),
            GatewaySpec(host="192.0.2.2", transport=Transport.TLS),
        ]
        trunk = create(account, cast, gateways=mixed)

        trunks.make(trunk_id=trunk.pk, now=NOW)

        trunk.refresh_from_db()
        assert trunk.status == Status.FAILED
        assert "one transport" in trunk.failure
        trunks.retry(trunk=trunk, actor=cast.staff, now=NOW)
        assert (trunk.status, trunk.failure) == (Status.WANTED, "")

    def test_what_was_half_made_is_looked_up_first(
        self, cast: Cast, carriers: CarrierSandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def slow_down(*_args: object) -> None:
            raise Unavailable("The carrier asks us to slow down (429).", retry_after=1)

        opened = carriers.account("telnyx")
        trunk = create(make_carrier_account(credentials=opened["credentials"]), cast)
        with monkeypatch.context() as halfway:
            halfway.setattr(Telnyx, "_add_place", slow_down)
            trunks.make(trunk_id=trunk.pk, now=NOW)

        trunk.refresh_from_db()
        assert trunk.status == Status.UNCERTAIN
        assert trunk.next_attempt_at is not None
        assert trunk.next_attempt_at >= NOW + Telnyx.trunk_lag

    @pytest.mark.parametrize("trouble", [OutcomeUnknown, Misconfigured])
    def test_the_carriers_lag_is_counted_from_the_end_of_the_last_possible_call(
        self,
        cast: Cast,
        carriers: CarrierSandbox,
        monkeypatch: pytest.MonkeyPatch,
        trouble: type[CarrierError],
    ) -> None:
        def fail(*_args: object, **_more: object) -> None:
            raise trouble("No word.")

        trunk = create(make_carrier_account(), cast)
        monkeypatch.setattr(Telnyx, "create_trunk", fail)
        trunks.make(trunk_id=trunk.pk, now=NOW)

        trunk.refresh_from_db()
        shown = trunks.dead_from(NOW + trunks.CALL_WITHIN) + Telnyx.trunk_lag
        if trunk.status == Status.FAILED:
            trunks.retry(trunk=trunk, actor=cast.staff, now=NOW + timedelta(seconds=1))
        assert trunks.due(shown - timedelta(seconds=1)) == []
        assert trunks.due(shown) == [trunk.pk]


class TestAKilledWorker:
    def abandon(self, trunk: Trunk) -> None:
        """Claim it, as a worker does that is killed afterwards."""
        TRUNK_EDGES.claim(trunk, to=Status.MAKING, now=NOW, call_before=NOW + trunks.CALL_WITHIN)

    def test_is_looked_up_only_when_nothing_can_be_under_way(
        self, cast: Cast, account: CarrierAccount
    ) -> None:
        trunk = create(account, cast)
        self.abandon(trunk)
        carrier: Any = connect.connected(account, purpose="test")
        made = carrier.create_trunk(trunk.spec, reference=str(trunk.uuid), deadline=Deadline(10))

        dead = trunks.dead_from(NOW + trunks.CALL_WITHIN)
        trunks.settle_abandoned(dead - timedelta(seconds=1))
        assert Trunk.objects.get().status == Status.MAKING

        trunks.settle_abandoned(dead)
        assert Trunk.objects.get().status == Status.UNCERTAIN
        early = dead + carrier.trunk_lag - timedelta(seconds=1)
        assert trunks.due(early) == []
        trunks.make(trunk_id=trunk.pk, now=early)
        assert Trunk.objects.get().status == Status.UNCERTAIN

        shown = dead + carrier.trunk_lag
        assert trunks.due(shown) == [trunk.pk]
        trunks.make(trunk_id=trunk.pk, now=shown)

        trunk.refresh_from_db()
        assert (trunk.status, trunk.carrier_reference) == (Status.READY, made.carrier_reference)

    def test_does_not_stop_the_sweep_for_the_others_when_it_comes_back(
        self, cast: Cast, account: CarrierAccount, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        back, gone = (create(account, cast, name=name) for name in ("Back", "Gone"))
        self.abandon(back)
        self.abandon(gone)
        loaded = list(Trunk.objects.order_by("pk"))
        Trunk.objects.filter(pk=back.pk).update(status=Status.WANTED)
        monkeypatch.setattr(TRUNK_EDGES, "stale", lambda *_rows, **_now: loaded)

        trunks.settle_abandoned(NOW + timedelta(minutes=2))

        back.refresh_from_db()
        gone.refresh_from_db()
        assert (back.status, gone.status) == (Status.WANTED, Status.UNCERTAIN)

    def test_that_wakes_up_late_records_nothing(self, cast: Cast, account: CarrierAccount) -> None:
        trunk = create(account, cast)
        attempt = TRUNK_EDGES.claim(
            trunk, to=Status.MAKING, now=NOW, call_before=NOW + trunks.CALL_WITHIN
        )
        asleep = Trunk.objects.get()
        trunks.settle_abandoned(NOW + timedelta(minutes=2))

        with pytest.raises(LostRace):
            TRUNK_EDGES.record(asleep, attempt=attempt, to=Status.FAILED, now=NOW)

    def test_is_recovered_from_within_a_minute(self, account: CarrierAccount) -> None:
        carrier: Any = connect.connected(account, purpose="test")

        dead = trunks.dead_from(NOW + trunks.CALL_WITHIN) - NOW
        assert TRUNK_EDGES.stale_after[Status.MAKING] == dead
        # The sweep that looks again, and the look-up itself.
        assert dead + carrier.trunk_lag + timedelta(seconds=5 + 10) <= timedelta(minutes=1)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
class TestTwins:
    def test_make_one_trunk_when_the_message_comes_twice(self, carriers: CarrierSandbox) -> None:
        opened = carriers.account("telnyx")
        account = make_carrier_account(credentials=opened["credentials"])
        trunk = make_trunk(account=account, status=Status.WANTED)

        def first() -> None:
            trunks.make(trunk_id=trunk.pk, now=NOW)
            connection.close()

        with pauses.armed("trunk.claimed") as moment:
            worker = threading.Thread(target=first)
            worker.start()
            moment.wait()
            with pytest.raises(UnableToMove):
                trunks.make(trunk_id=trunk.pk, now=NOW)
            moment.release()
        worker.join()

        trunk.refresh_from_db()
        assert trunk.status == Status.READY
