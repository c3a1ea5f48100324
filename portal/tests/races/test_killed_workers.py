"""Workers killed, or stopped for longer than their call may take, at every step of their work."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.models import Event
from dids import events
from dids.models import (
    BackOrder,
    CarrierBinding,
    CarrierHold,
    CarrierOrder,
    Finding,
    FindingKind,
    FoundOffer,
    NumberOrder,
    PhoneNumber,
    Release,
    Task,
    TaskKind,
)
from dids.states import (
    AuditStatus,
    BackOrderStatus,
    BindingStatus,
    CarrierOrderStatus,
    HoldStatus,
    ImportStatus,
    LineStatus,
    NumberStatus,
    OrderStatus,
    ReleaseStatus,
)
from dids.tests import lists
from dids.tests.carrier import bought, carrier_orders
from dids.tests.factories import MAIN, make_back_order, make_found_offer, make_number, make_order
from dids.workflows import (
    assignment,
    auditing,
    binding,
    binding_work,
    carrier_hold_work,
    carrier_holds,
    importing,
    purchase,
    release,
)
from lib.e164 import E164, DidFormat
from portal.testing.workers import Workers
from portal.tests.races.accidents import PUBLISH, Accident, is_over
from portal.tests.races.stage import MONEY, NOTHING, Stage
from provisioning.agent.tests.test_killed_agents import FULL, REPLAY
from provisioning.models import DirtyRoute, RouteChange
from provisioning.tests.scene import version
from sandbox.telnyx import numbers
from trunks.deadlines import Deadline
from trunks.models import CarrierAccount, Exchange, Trunk
from trunks.roles import LocksDeletion, RoutesNumbers
from trunks.tests.factories import ROUTERS, make_carrier_account
from trunks.workflows import trunks

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.wire, pytest.mark.race]

ASLEEP = 2.0
"""Seconds after its claim in which a worker may send that has a call to make before it stops."""

PURCHASE = (
    "purchase.ready",
    "purchase.claimed",
    "carrier.sending",
    "carrier.leaving",
    "carrier.answered",
    "purchase.called",
    "purchase.recording",
    "purchase.recorded",
)
BINDING = (
    "binding.ready",
    "binding.claimed",
    "carrier.sending",
    "carrier.leaving",
    "carrier.answered",
    "binding.called",
    "binding.recording",
    "binding.recorded",
)
HOLD = (
    "hold.ready",
    "hold.claimed",
    "carrier.leaving",
    "carrier.answered",
    "hold.called",
    "hold.recording",
    "hold.recorded",
)
RELEASE = (
    "release.ready",
    "release.unrouting",
    "release.unrouted",
    "release.unbinding",
    "carrier.sending",
    "carrier.leaving",
    "carrier.answered",
    "release.unbind_called",
    "release.unbound",
    "release.disconnecting",
    "release.called",
    "release.recording",
    "release.recorded",
)
UNLOCK = ("release.unlocked",)
"""Met only where the carrier locks numbers against deletion."""
DISCONNECT = ("carrier.sending", "carrier.leaving", "carrier.answered")
"""The same again without a trunk: then the first call disconnects."""
TRUNK = (
    "trunk.claimed",
    "carrier.sending",
    "carrier.leaving",
    "carrier.answered",
    "trunk.made",
)
AUDIT = ("audit.reading", "audit.read")
CHECK = ("import.checking", "import.keeping", "import.kept")
APPLY = ("import.applying", "import.written")
BACK_ORDER = ("back_order.locking", "back_order.stepping", "back_order.stepped")
MADE_AT = {"telnyx": "/ip_connections", "twilio": "/Trunks"}
"""Where a carrier makes a trunk."""
GATEWAYS_AT = {"telnyx": "/ips", "twilio": "/OriginationUrls"}
"""Where it adds our gateways to one."""
BY_HAND = ("purchase.ready", "purchase.claimed", "purchase.recording", "purchase.recorded")
"""Those of a purchase that a person makes: nothing is called."""
LOOK_UPS = ("purchase.looked_up", "binding.looked_up", "hold.looked_up", "release.looked_up")
ELSEWHERE = {
    **dict.fromkeys([*REPLAY, *FULL], "provisioning/agent/tests/test_killed_agents.py"),
    **dict.fromkeys(
        [
            *("location.claimed", "location.checked"),
        ],
        "portal/tests/races/test_killed_emergency.py",
    ),
    **dict.fromkeys(
        [
            *("feature.ready", "feature.claimed", "feature.called", "feature.recording"),
            *("feature.recorded", "feature.removing", "feature.removal_claimed"),
            *("feature.removed", "feature.taking_off", "feature.looked_up", "feature.read"),
        ],
        "portal/tests/races/test_killed_features.py",
    ),
    "numbers.locked": "portal/tests/races/test_pairs.py",
    "task.taking": "dids/tests/test_races.py",
    "task.writing_down": "dids/tests/test_races_by_hand.py",
    "purchase.came_late": "dids/tests/test_races.py",
    "purchase.rechecked": "dids/tests/test_rechecking.py",
}
"""Met in the tests of this file."""
FATES = ("killed", "stopped")
CARRIERS = ("telnyx", "twilio")


def test_every_pause_point_of_the_product_is_met_by_a_killed_worker() -> None:
    named: set[str] = set()
    for app in ("accounts", "billing", "dids", "lib", "portal", "provisioning", "trunks"):
        for file in (Path(settings.BASE_DIR) / app).rglob("*.py"):
            if "tests" not in file.parts:
                named.update(re.findall(r"pauses\.at\(\s*\"([\w.]+)\"", file.read_text()))
    met = {*PURCHASE, *BINDING, *HOLD, *RELEASE, *UNLOCK, *PUBLISH, *TRUNK, *AUDIT}
    met |= {*CHECK, *APPLY, *BACK_ORDER}
    met |= {*LOOK_UPS, *ELSEWHERE}
    assert named == met
    for point, where in ELSEWHERE.items():
        assert f'"{point}"' in (Path(settings.BASE_DIR) / where).read_text(), point


@pytest.fixture(params=FATES)
def fate(request: pytest.FixtureRequest) -> str:
    """Have each test run once with a killed worker, once with a stopped one."""
    return str(request.param)


class TestAPurchase:
    @pytest.mark.parametrize("carrier", CARRIERS)
    @pytest.mark.parametrize("point", PURCHASE)
    def test_is_made_once_or_not_at_all(
        self, stage: Stage, workers: Workers, point: str, fate: str, carrier: str
    ) -> None:
        order = stage.order(carrier, trunk=stage.trunk(carrier))
        (row,) = carrier_orders(order)

        Accident(stage, workers, point, fate).befall(
            "dids.tasks.place", lambda: is_over(order), carrier_order_id=row.pk
        )

        never_sent = point in {"purchase.claimed", "carrier.sending"}
        if never_sent or point == "carrier.leaving":
            _assert_failed(stage, order)
        else:
            _assert_bought(stage, order)
        if never_sent or (point == "carrier.leaving" and fate == "killed"):
            assert stage.market.sandbox.purchases() == {}
            assert not PhoneNumber.objects.exists()
        else:
            assert list(stage.market.sandbox.purchases().values()) == [1]
        if point == "carrier.leaving" and fate == "stopped":
            # It slept between the last look at the clock and the call, and bought.
            (line,) = order.lines.all()
            assert line.late_success_at is not None
            assert line.number is not None
            assert line.number.holder == stage.cast.provider

    def test_is_settled_when_whoever_looks_it_up_dies_too(
        self, stage: Stage, workers: Workers, fate: str
    ) -> None:
        stage.market.sandbox.fault("twilio", "order", "timeout_after")
        order = stage.order("twilio", trunk=stage.trunk("twilio"))
        (row,) = carrier_orders(order)
        purchase.place(carrier_order_id=row.pk, now=timezone.now())

        Accident(stage, workers, "purchase.looked_up", fate).befall(
            "dids.tasks.settle", lambda: is_over(order), carrier_order_id=row.pk
        )

        _assert_bought(stage, order)


def _assert_bought(stage: Stage, order: NumberOrder) -> None:
    order.refresh_from_db()
    assert order.status == OrderStatus.COMPLETED
    (number,) = bought(order)
    assert number.holder == stage.cast.tenant
    assert number.status == NumberStatus.IN_SERVICE
    assert stage.tenant.numbers_held == 1
    assert list(stage.routes()) == [number.e164.removeprefix("+")]
    assert CarrierBinding.objects.get().status == BindingStatus.BOUND
    assert stage.market.sandbox.delivery(number.e164)["delivered"]
    assert stage.money == (MONEY - order.total().amount, NOTHING)


def _assert_failed(stage: Stage, order: NumberOrder) -> None:
    order.refresh_from_db()
    assert order.status == OrderStatus.FAILED
    assert [line.status for line in order.lines.all()] == [LineStatus.FAILED]
    assert CarrierOrder.objects.get().status == CarrierOrderStatus.FAILED
    assert stage.tenant.numbers_held == 0
    assert stage.routes() == {}
    assert stage.money == (MONEY, NOTHING)


class TestAnOrderByHand:
    @pytest.mark.parametrize("point", BY_HAND)
    def test_is_one_task_in_the_end(
        self, stage: Stage, workers: Workers, point: str, fate: str
    ) -> None:
        account = make_carrier_account(carrier="manual", credentials={}, base_url="")
        offer = make_found_offer(account=account)
        order = make_order(offers=[offer], actor=stage.cast.staff, submit=True)
        (row,) = carrier_orders(order)

        Accident(stage, workers, point, fate).befall(
            "dids.tasks.place", lambda: Task.objects.exists(), carrier_order_id=row.pk
        )

        assert Task.objects.get().kind == TaskKind.CARRIER_ORDER
        (row,) = carrier_orders(order)
        assert (row.status, row.by_hand) == (CarrierOrderStatus.PLACED, True)
        assert order.lines.get().status == LineStatus.WAITING


class TestABinding:
    @pytest.mark.parametrize("point", BINDING)
    def test_is_made_in_the_end(
        self, stage: Stage, workers: Workers, point: str, fate: str
    ) -> None:
        number = stage.stock("twilio")
        trunk = stage.trunk("twilio")
        wanted = binding.want(
            number=number, trunk=trunk, actor=stage.cast.staff, now=timezone.now()
        )

        Accident(stage, workers, point, fate).befall(
            "dids.tasks.bind", lambda: _is_bound(wanted), binding_id=wanted.pk
        )

        assert stage.market.sandbox.delivery(number.e164)["delivered"]

    def test_is_locked_in_the_end(self, stage: Stage, workers: Workers, fate: str) -> None:
        number = stage.stock("telnyx")
        wanted = binding.want(
            number=number,
            trunk=stage.trunk("telnyx"),
            actor=stage.cast.staff,
            now=timezone.now(),
        )

        Accident(stage, workers, "binding.recorded", fate).befall(
            "dids.tasks.bind", lambda: _is_locked_at_carrier(stage, number), binding_id=wanted.pk
        )

        assert _is_bound(wanted)

    def test_is_made_when_whoever_looks_it_up_dies_too(
        self, stage: Stage, workers: Workers, fate: str
    ) -> None:
        number = stage.stock("twilio")
        trunk = stage.trunk("twilio")
        wanted = binding.want(
            number=number, trunk=trunk, actor=stage.cast.staff, now=timezone.now()
        )
        stage.market.sandbox.fault("twilio", "bind", "timeout_after")
        binding_work.bind(binding_id=wanted.pk, now=timezone.now())

        Accident(stage, workers, "binding.looked_up", fate).befall(
            "dids.tasks.bind", lambda: _is_bound(wanted), binding_id=wanted.pk
        )

        assert stage.market.sandbox.delivery(number.e164)["delivered"]


def _is_bound(wanted: CarrierBinding) -> bool:
    wanted.refresh_from_db()
    return wanted.status == BindingStatus.BOUND


class TestAHold:
    @pytest.mark.parametrize("point", HOLD)
    def test_is_asked_for_once_and_told_truly(
        self, stage: Stage, workers: Workers, point: str, fate: str
    ) -> None:
        wanted = _want_hold(stage)

        Accident(stage, workers, point, fate).befall(
            "dids.tasks.hold", lambda: _is_decided(wanted), hold_id=wanted.pk
        )

        unseen = point in {"hold.claimed", "carrier.leaving"}
        assert wanted.status == (HoldStatus.REFUSED if unseen else HoldStatus.HELD)
        never_sent = point == "hold.claimed" or (point == "carrier.leaving" and fate == "killed")
        assert stage.market.sandbox.seen("telnyx").get("hold", 0) == (0 if never_sent else 1)
        if unseen and not never_sent:
            # It slept between the last look at the clock and the call: the next one takes it over.
            offer = FoundOffer.objects.get(e164=wanted.e164)
            (wanted,) = carrier_holds.want(
                offers=[offer],
                organization=stage.cast.provider,
                actor=stage.cast.staff,
                now=timezone.now(),
            )
            carrier_hold_work.hold(hold_id=wanted.pk, now=timezone.now())
            wanted.refresh_from_db()
            assert wanted.status == HoldStatus.HELD

    def test_is_found_when_whoever_looks_it_up_dies_too(
        self, stage: Stage, workers: Workers, fate: str
    ) -> None:
        wanted = _want_hold(stage)
        stage.market.sandbox.fault("telnyx", "hold", "timeout_after")
        carrier_hold_work.hold(hold_id=wanted.pk, now=timezone.now())

        Accident(stage, workers, "hold.looked_up", fate).befall(
            "dids.tasks.hold", lambda: _is_decided(wanted), hold_id=wanted.pk
        )

        assert wanted.status == HoldStatus.HELD
        assert stage.market.sandbox.seen("telnyx")["hold"] == 1


def _want_hold(stage: Stage) -> CarrierHold:
    stage.market.over_the_wire("telnyx")
    (wanted,) = carrier_holds.want(
        offers=stage.market.offers("telnyx"),
        organization=stage.cast.provider,
        actor=stage.cast.staff,
        now=timezone.now(),
    )
    return wanted


def _is_decided(wanted: CarrierHold) -> bool:
    wanted.refresh_from_db()
    return wanted.status in {HoldStatus.HELD, HoldStatus.REFUSED}


class TestALateCall:
    """Of a worker that slept between its last look at the clock and its call."""

    def test_does_not_leave_a_number_at_a_trunk_that_is_no_longer_wanted(
        self, stage: Stage, workers: Workers
    ) -> None:
        number, staff = stage.stock("twilio"), stage.cast.staff
        old, new = stage.trunk("twilio"), stage.market.trunk("twilio")
        wanted = binding.want(number=number, trunk=old, actor=staff, now=timezone.now())
        with workers.held_at("carrier.leaving", "dids.tasks.bind", binding_id=wanted.pk) as worker:
            worker.stop()
            binding.want(number=number, trunk=new, actor=staff, now=timezone.now())
            stage.beat.until(lambda: _is_bound(wanted))
            worker.go_on()
        assert _trunk_at_carrier(stage, number) == old.carrier_reference
        stage.beat.until(lambda: _is_bound(wanted))

        assert wanted.trunk == new
        assert _trunk_at_carrier(stage, number) == new.carrier_reference
        stage.assert_well()

    def test_does_not_unbind_a_number_that_was_kept(self, stage: Stage, workers: Workers) -> None:
        trunk = stage.trunk("twilio")
        number, staff = stage.stock("twilio", trunk=trunk), stage.cast.staff
        account = CarrierAccount.objects.filter(pk=number.carrier_account_id)
        release.schedule(number=number, on=None, actor=staff, now=timezone.now())
        with workers.held_at(
            "carrier.leaving", "dids.tasks.carry_out_release", number_id=number.pk
        ) as worker:
            worker.stop()
            account.update(status=CarrierAccount.Status.PAUSED)
            stage.beat.until(lambda: Release.objects.get().status == ReleaseStatus.CLEARED)
            release.cancel(number=number, actor=staff, now=timezone.now())
            account.update(status=CarrierAccount.Status.ACTIVE)
            stage.beat.until(lambda: _is_bound(CarrierBinding.objects.get()))
            worker.go_on()
        assert _trunk_at_carrier(stage, number) == ""
        stage.beat.until(lambda: _is_bound(CarrierBinding.objects.get()))

        assert _trunk_at_carrier(stage, number) == trunk.carrier_reference
        stage.assert_well()

    def test_does_not_leave_a_number_that_was_kept_unlocked(
        self, stage: Stage, workers: Workers
    ) -> None:
        number, staff = stage.stock("telnyx", trunk=stage.trunk("telnyx")), stage.cast.staff
        release.schedule(number=number, on=None, actor=staff, now=timezone.now())
        # As after unbinding: the next call is the one that unlocks.
        Release.objects.update(status=ReleaseStatus.UNBOUND)
        with workers.held_at(
            "carrier.leaving",
            "dids.tasks.carry_out_release",
            with_settings={"PURCHASE_GRACE_SECONDS": ASLEEP},
            number_id=number.pk,
        ) as worker:
            worker.stop()
            over = time.monotonic() + ASLEEP
            _at_carrier(stage, number, status="port-out-pending")
            stage.beat.until(lambda: Release.objects.get().status == ReleaseStatus.REFUSED)
            _at_carrier(stage, number, status="active")
            release.cancel(number=number, actor=staff, now=timezone.now())
            stage.beat.until(lambda: _is_bound(CarrierBinding.objects.get()))
            assert _is_locked_at_carrier(stage, number)
            while time.monotonic() < over:
                time.sleep(0.01)
            worker.go_on()
        assert not _is_locked_at_carrier(stage, number)
        stage.beat.until(lambda: _is_locked_at_carrier(stage, number))

        stage.assert_well()


def _at_carrier(stage: Stage, number: PhoneNumber, **facts: str) -> None:
    store = stage.market.sandbox._app.world.store
    there = store.get(numbers.TABLE, number.carrier_reference)
    assert there is not None
    store.put(numbers.TABLE, number.carrier_reference, there | facts)


def _is_locked_at_carrier(stage: Stage, number: PhoneNumber) -> bool:
    account = stage.market.account("telnyx")
    adapter = stage.market.sandbox.adapter_for("telnyx", dict(account.credentials))
    assert isinstance(adapter, LocksDeletion)
    return adapter.is_locked(
        E164(number.e164), carrier_reference=number.carrier_reference, deadline=Deadline(10)
    )


def _trunk_at_carrier(stage: Stage, number: PhoneNumber) -> str:
    account = stage.market.account("twilio")
    adapter = stage.market.sandbox.adapter_for("twilio", dict(account.credentials))
    assert isinstance(adapter, RoutesNumbers)
    return adapter.binding_of(
        E164(number.e164), carrier_reference=number.carrier_reference, deadline=Deadline(10)
    )


class TestARelease:
    @pytest.mark.parametrize("point", RELEASE)
    def test_is_carried_out(self, stage: Stage, workers: Workers, point: str, fate: str) -> None:
        number = stage.stock("twilio", trunk=stage.trunk("twilio"))
        self._release(stage, workers, number, point, fate)

    @pytest.mark.parametrize("point", UNLOCK)
    def test_is_carried_out_where_the_number_was_locked(
        self, stage: Stage, workers: Workers, point: str, fate: str
    ) -> None:
        number = stage.stock("telnyx", trunk=stage.trunk("telnyx"))
        assert stage.market.sandbox.seen("telnyx")["lock"] == 1
        self._release(stage, workers, number, point, fate)
        # Whoever takes over sees that it is unlocked.
        assert stage.market.sandbox.seen("telnyx")["lock"] == 2

    @pytest.mark.parametrize("point", DISCONNECT)
    def test_is_carried_out_where_the_last_call_was_interrupted(
        self, stage: Stage, workers: Workers, point: str, fate: str
    ) -> None:
        self._release(stage, workers, stage.stock("telnyx"), point, fate)

    def test_is_carried_out_when_whoever_looks_it_up_dies_too(
        self, stage: Stage, workers: Workers, fate: str
    ) -> None:
        number = stage.stock("twilio")
        release.schedule(number=number, on=None, actor=stage.cast.staff, now=timezone.now())
        stage.market.sandbox.fault("twilio", "release", "timeout_after")
        release.carry_out(number_id=number.pk, now=timezone.now())
        Release.objects.update(next_attempt_at=timezone.now())

        Accident(stage, workers, "release.looked_up", fate).befall(
            "dids.tasks.carry_out_release", lambda: _is_gone(number), number_id=number.pk
        )

    def _release(
        self, stage: Stage, workers: Workers, number: PhoneNumber, point: str, fate: str
    ) -> None:
        release.schedule(number=number, on=None, actor=stage.cast.staff, now=timezone.now())

        Accident(stage, workers, point, fate).befall(
            "dids.tasks.carry_out_release", lambda: _is_gone(number), number_id=number.pk
        )

        assert Release.objects.get().status == ReleaseStatus.DONE
        assert not CarrierBinding.objects.exists()
        assert not stage.market.sandbox.delivery(number.e164)["delivered"]


def _is_gone(number: PhoneNumber) -> bool:
    number.refresh_from_db()
    return number.status == NumberStatus.RELEASED


class TestATrunk:
    @pytest.mark.parametrize("carrier", CARRIERS)
    @pytest.mark.parametrize("point", TRUNK)
    def test_is_made_once(
        self, stage: Stage, workers: Workers, point: str, fate: str, carrier: str
    ) -> None:
        trunk = trunks.create(
            account=stage.market.over_the_wire(carrier),
            name="Main",
            did_format=DidFormat.PLUS_E164,
            gateways=ROUTERS,
            source_addresses=["127.0.1.10"],
            actor=stage.cast.staff,
            now=timezone.now(),
        )

        def is_ready() -> bool:
            trunk.refresh_from_db()
            return trunk.status == Trunk.Status.READY

        Accident(stage, workers, point, fate).befall(
            "trunks.tasks.make_trunk", is_ready, trunk_id=trunk.pk
        )

        # Whoever sleeps between the last look at the clock and the call makes a twin, to which no
        # number ever refers.
        late = point == "carrier.leaving" and fate == "stopped"
        assert _posted(MADE_AT[carrier]) == (2 if late else 1)
        if fate == "killed":
            assert _posted(GATEWAYS_AT[carrier]) == len(ROUTERS)


def _posted(path: str) -> int:
    return Exchange.objects.filter(method="POST", url__endswith=path, status=201).count()


class TestAnAudit:
    @pytest.mark.parametrize("point", AUDIT)
    def test_is_read_again(self, stage: Stage, workers: Workers, point: str, fate: str) -> None:
        number = stage.stock("telnyx")
        PhoneNumber.objects.filter(pk=number.pk).update(
            carrier_reference="old", bought_at=timezone.now() - timedelta(hours=1)
        )
        audit = auditing.want(
            account=number.carrier_account, actor=stage.cast.staff, now=timezone.now()
        )

        def is_over() -> bool:
            audit.refresh_from_db()
            return audit.status == AuditStatus.DONE

        Accident(stage, workers, point, fate).befall(
            "dids.tasks.audit", is_over, seconds=120, audit_id=audit.pk
        )

        assert Finding.objects.get().kind == FindingKind.OTHER_REFERENCE


class TestAnImport:
    @pytest.mark.parametrize("point", [*CHECK, *APPLY])
    def test_comes_into_stock_once(
        self, stage: Stage, workers: Workers, point: str, fate: str
    ) -> None:
        staff, account = stage.cast.staff, stage.market.account()
        wanted = lists.numbers(5)
        source = lists.upload(account, lists.listed(*wanted), staff)
        if point in APPLY:
            lists.check(source, staff)
            importing.apply(source=source, actor=staff, now=timezone.now())
            end = ImportStatus.APPLIED
        else:
            importing.check(
                source=source, columns={"number": 0}, options={}, actor=staff, now=timezone.now()
            )
            end = ImportStatus.CHECKED

        def is_over() -> bool:
            source.refresh_from_db()
            return source.status == end

        Accident(stage, workers, point, fate).befall(
            "dids.tasks.carry_out_import", is_over, seconds=120, import_id=source.pk
        )

        assert source.new == len(wanted)
        assert lists.rows(source).count() == len(wanted)
        if point in CHECK:
            lists.apply(source, staff)
        assert lists.in_stock(account) == wanted
        assert Event.objects.filter(action=events.IMPORTED.name).count() == len(wanted)


class TestAPublish:
    @pytest.mark.parametrize("point", PUBLISH)
    def test_makes_one_version(self, stage: Stage, workers: Workers, point: str, fate: str) -> None:
        number = make_number(holder=stage.cast.tenant)
        before = version(stage.pbx)
        assignment.assign(
            number=number, destination=MAIN, actor=stage.cast.tenant_owner, now=timezone.now()
        )

        Accident(stage, workers, point, fate).befall(
            "provisioning.tasks.publish",
            lambda: not DirtyRoute.objects.exists(),
            pbx_id=stage.pbx.pk,
        )

        number.refresh_from_db()
        assert number.status == NumberStatus.IN_SERVICE
        assert list(stage.routes()) == [number.e164.removeprefix("+")]
        assert version(stage.pbx) == before + 1
        assert RouteChange.objects.filter(pbx=stage.pbx, table="inbound").count() == 1


class TestABackOrder:
    @pytest.mark.parametrize("status", [BackOrderStatus.LOOKING, BackOrderStatus.ORDERING])
    @pytest.mark.parametrize("point", BACK_ORDER)
    def test_brings_what_is_wanted_and_no_more(
        self, stage: Stage, workers: Workers, point: str, fate: str, status: str
    ) -> None:
        stage.market.over_the_wire("telnyx")
        row = make_back_order(payer=stage.cast.dealer, actor=stage.cast.staff)
        if status == BackOrderStatus.ORDERING:
            stage.beat.until(lambda: _status_of(row) == BackOrderStatus.LOOKING)

        Accident(stage, workers, point, fate).befall(
            "dids.tasks.back_order",
            lambda: _status_of(row) == BackOrderStatus.FULFILLED,
            seconds=120,
            back_order_id=row.pk,
        )

        assert sorted(stage.market.sandbox.purchases().values()) == [1, 1]
        assert PhoneNumber.objects.filter(holder=stage.cast.dealer).count() == 2
        spent = sum(order.total().amount for order in row.orders.all())
        assert stage.money == (MONEY - spent, NOTHING)


def _status_of(row: BackOrder) -> str:
    row.refresh_from_db()
    return row.status
