"""Workers killed, or stopped for longer than their call may take, at every step of their work."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from functools import partial
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Event
from dids import events
from dids.models import (
    Audit,
    BackOrder,
    CarrierBinding,
    CarrierHold,
    Finding,
    FindingKind,
    FoundOffer,
    Import,
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
from portal.tests.races.accidents import FATES, PUBLISH, Accident, Accidents, is_over
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
    **dict.fromkeys(
        ["feature.confirmed", "feature.lapsing"], "portal/tests/races/test_killed_messages.py"
    ),
    **dict.fromkeys(
        ["vault.begun", "vault.written", "vault.scanned", "vault.erased"],
        "portal/tests/races/test_killed_papers.py",
    ),
    **dict.fromkeys(
        ["mail.writing", "mail.claimed", "mail.sent"], "portal/tests/races/test_killed_mails.py"
    ),
    "numbers.locked": "portal/tests/races/test_pairs.py",
    "task.taking": "dids/tests/test_races.py",
    "task.writing_down": "dids/tests/test_races_by_hand.py",
    "purchase.came_late": "dids/tests/test_races.py",
    "purchase.rechecked": "portal/tests/races/test_killed_purchases.py",
}
"""Met in the tests of this file."""
APPS = ("accounts", "billing", "dids", "lib", "notices", "portal", "provisioning", "trunks")
UNSEEN = ("purchase.claimed", "carrier.sending", "carrier.leaving")
"""Where the sweeps find nothing of a purchase at the carrier."""
CARRIERS = ("telnyx", "twilio")


def test_every_pause_point_of_the_product_is_met_by_a_killed_worker() -> None:
    named: set[str] = set()
    for app in (
        "accounts",
        "billing",
        "dids",
        "lib",
        "notices",
        "portal",
        "provisioning",
        "trunks",
    ):
        for file in (Path(settings.BASE_DIR) / app).rglob("*.py"):
            if "tests" not in file.parts:
                named.update(re.findall(r"pauses\.at\(\s*\"([\w.]+)\"", file.read_text()))
    met = {*PURCHASE, *BINDING, *HOLD, *RELEASE, *UNLOCK, *PUBLISH, *TRUNK, *AUDIT}
    met |= {*CHECK, *APPLY, *BACK_ORDER}
    met |= {*LOOK_UPS, *ELSEWHERE}
    assert named == met
    for point, where in ELSEWHERE.items():
        assert f'"{point}"' in (Path(settings.BASE_DIR) / where).read_text(), point


class TestAPurchase:
    @pytest.mark.parametrize("carrier", CARRIERS)
    def test_is_made_once_or_not_at_all(self, stage: Stage, workers: Workers, carrier: str) -> None:
        trunk = stage.trunk(carrier)
        orders = {blow: stage.order(carrier, trunk=trunk) for blow in product(PURCHASE, FATES)}

        with Accidents(stage, workers) as accidents:
            for (point, fate), order in orders.items():
                (row,) = carrier_orders(order)
                accidents.befall(
                    point,
                    fate,
                    "dids.tasks.place",
                    partial(is_over, order),
                    carrier_order_id=row.pk,
                )
            accidents.settle()

        bought = [order for blow, order in orders.items() if blow[0] not in UNSEEN]
        _assert_bought(stage, bought)
        for (point, fate), order in orders.items():
            if point in UNSEEN:
                # It slept between the last look at the clock and the call, and bought.
                late = point == "carrier.leaving" and fate == "stopped"
                _assert_failed(stage, order, came_late=late)

    def test_is_settled_when_whoever_looks_it_up_dies_too(
        self, stage: Stage, workers: Workers
    ) -> None:
        trunk = stage.trunk("twilio")
        orders = []
        with Accidents(stage, workers) as accidents:
            for fate in FATES:
                stage.market.sandbox.fault("twilio", "order", "timeout_after")
                order = stage.order("twilio", trunk=trunk)
                (row,) = carrier_orders(order)
                purchase.place(carrier_order_id=row.pk, now=timezone.now())
                accidents.befall(
                    "purchase.looked_up",
                    fate,
                    "dids.tasks.settle",
                    partial(is_over, order),
                    carrier_order_id=row.pk,
                )
                orders.append(order)
            accidents.settle()

        _assert_bought(stage, orders)


def _assert_bought(stage: Stage, orders: list[NumberOrder]) -> None:
    """Look at all that the tenant has, which these orders brought."""
    numbers = [number for order in orders for number in bought(order)]
    assert {order.status for order in orders} == {OrderStatus.COMPLETED}
    assert len(numbers) == len(orders) == stage.tenant.numbers_held
    assert sorted(stage.routes()) == sorted(one.e164.removeprefix("+") for one in numbers)
    for number in numbers:
        assert number.holder == stage.cast.tenant
        assert number.status == NumberStatus.IN_SERVICE
        assert CarrierBinding.objects.get(number=number).status == BindingStatus.BOUND
        assert stage.market.sandbox.delivery(number.e164)["delivered"]
        assert stage.market.sandbox.purchases()[number.e164] == 1
    spent = sum(order.total().amount for order in orders)
    assert stage.money == (MONEY - spent, NOTHING)


def _assert_failed(stage: Stage, order: NumberOrder, *, came_late: bool) -> None:
    assert order.status == OrderStatus.FAILED
    (row,), (line,) = carrier_orders(order), order.lines.all()
    assert (row.status, line.status) == (CarrierOrderStatus.FAILED, LineStatus.FAILED)
    if not came_late:
        assert line.e164 not in stage.market.sandbox.purchases()
        assert not PhoneNumber.objects.filter(e164=line.e164).exists()
        return
    assert stage.market.sandbox.purchases()[line.e164] == 1
    assert line.late_success_at is not None
    assert line.number is not None
    assert line.number.holder == stage.cast.provider


class TestAnOrderByHand:
    def test_is_one_task_in_the_end(self, stage: Stage, workers: Workers) -> None:
        account = make_carrier_account(carrier="manual", credentials={}, base_url="")
        orders = []
        with Accidents(stage, workers) as accidents:
            for point, fate in product(BY_HAND, FATES):
                offer = make_found_offer(account=account)
                order = make_order(offers=[offer], actor=stage.cast.staff, submit=True)
                (row,) = carrier_orders(order)
                accidents.befall(
                    point,
                    fate,
                    "dids.tasks.place",
                    partial(Task.objects.filter(carrier_order=row).exists),
                    carrier_order_id=row.pk,
                )
                orders.append(order)
            accidents.settle()

        for order in orders:
            (row,) = carrier_orders(order)
            assert Task.objects.get(carrier_order=row).kind == TaskKind.CARRIER_ORDER
            assert (row.status, row.by_hand) == (CarrierOrderStatus.PLACED, True)
            assert order.lines.get().status == LineStatus.WAITING


class TestABinding:
    def test_is_made_in_the_end(self, stage: Stage, workers: Workers) -> None:
        trunk = stage.trunk("twilio")
        made = []
        with Accidents(stage, workers) as accidents:
            for point, fate in product([*BINDING, "binding.looked_up"], FATES):
                number = stage.stock("twilio")
                wanted = _want_bound(stage, number, trunk)
                if point == "binding.looked_up":
                    stage.market.sandbox.fault("twilio", "bind", "timeout_after")
                    binding_work.bind(binding_id=wanted.pk, now=timezone.now())
                accidents.befall(
                    point, fate, "dids.tasks.bind", partial(_is_bound, wanted), binding_id=wanted.pk
                )
                made.append(number)
            accidents.settle()

        for number in made:
            assert stage.market.sandbox.delivery(number.e164)["delivered"]

    def test_is_locked_in_the_end(self, stage: Stage, workers: Workers) -> None:
        trunk = stage.trunk("telnyx")
        wanted = {fate: _want_bound(stage, stage.stock("telnyx"), trunk) for fate in FATES}

        with Accidents(stage, workers) as accidents:
            for fate, row in wanted.items():
                accidents.befall(
                    "binding.recorded",
                    fate,
                    "dids.tasks.bind",
                    partial(_is_locked_at_carrier, stage, row.number),
                    binding_id=row.pk,
                )
            accidents.settle()

        assert all(map(_is_bound, wanted.values()))


def _want_bound(stage: Stage, number: PhoneNumber, trunk: Trunk) -> CarrierBinding:
    return binding.want(number=number, trunk=trunk, actor=stage.cast.staff, now=timezone.now())


def _is_bound(wanted: CarrierBinding) -> bool:
    wanted.refresh_from_db()
    return wanted.status == BindingStatus.BOUND


class TestAHold:
    def test_is_asked_for_once_and_told_truly(self, stage: Stage, workers: Workers) -> None:
        holds = {}
        with Accidents(stage, workers) as accidents:
            for point, fate in product([*HOLD, "hold.looked_up"], FATES):
                wanted = _want_hold(stage)
                if point == "hold.looked_up":
                    stage.market.sandbox.fault("telnyx", "hold", "timeout_after")
                    carrier_hold_work.hold(hold_id=wanted.pk, now=timezone.now())
                accidents.befall(
                    point, fate, "dids.tasks.hold", partial(_is_decided, wanted), hold_id=wanted.pk
                )
                holds[point, fate] = wanted
            accidents.settle()

        unseen = [blow for blow in holds if blow[0] in {"hold.claimed", "carrier.leaving"}]
        for blow, wanted in holds.items():
            assert wanted.status == (HoldStatus.REFUSED if blow in unseen else HoldStatus.HELD)
        # It slept between the last look at the clock and the call: the next one takes it over.
        late = holds["carrier.leaving", "stopped"]
        assert stage.market.sandbox.seen("telnyx")["hold"] == len(holds) - len(unseen) + 1
        (again,) = carrier_holds.want(
            offers=[FoundOffer.objects.get(e164=late.e164)],
            organization=stage.cast.provider,
            actor=stage.cast.staff,
            now=timezone.now(),
        )
        carrier_hold_work.hold(hold_id=again.pk, now=timezone.now())
        again.refresh_from_db()
        assert again.status == HoldStatus.HELD


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
    def test_is_carried_out(self, stage: Stage, workers: Workers) -> None:
        trunk = stage.trunk("twilio")
        numbers = {blow: stage.stock("twilio", trunk=trunk) for blow in product(RELEASE, FATES)}
        for fate in FATES:
            numbers["release.looked_up", fate] = stage.stock("twilio")

        _release(stage, workers, numbers)

    def test_is_carried_out_where_the_number_is_locked_or_has_no_trunk(
        self, stage: Stage, workers: Workers
    ) -> None:
        trunk = stage.trunk("telnyx")
        numbers = {blow: stage.stock("telnyx", trunk=trunk) for blow in product(UNLOCK, FATES)}
        locked = len(numbers)
        assert stage.market.sandbox.seen("telnyx")["lock"] == locked
        for blow in product(DISCONNECT, FATES):
            numbers[blow] = stage.stock("telnyx")

        _release(stage, workers, numbers)

        # Whoever takes over sees that it is unlocked.
        assert stage.market.sandbox.seen("telnyx")["lock"] == 2 * locked


def _release(stage: Stage, workers: Workers, numbers: dict[tuple[str, str], PhoneNumber]) -> None:
    with Accidents(stage, workers) as accidents:
        for (point, fate), number in numbers.items():
            now = timezone.now()
            release.schedule(number=number, on=None, actor=stage.cast.staff, now=now)
            if point == "release.looked_up":
                stage.market.sandbox.fault("twilio", "release", "timeout_after")
                release.carry_out(number_id=number.pk, now=now)
                Release.objects.filter(number=number).update(next_attempt_at=now)
            accidents.befall(
                point,
                fate,
                "dids.tasks.carry_out_release",
                partial(_is_gone, number),
                number_id=number.pk,
            )
        accidents.settle()

    assert set(Release.objects.values_list("status", flat=True)) == {ReleaseStatus.DONE}
    assert not CarrierBinding.objects.exists()
    for number in numbers.values():
        assert not stage.market.sandbox.delivery(number.e164)["delivered"]


def _is_gone(number: PhoneNumber) -> bool:
    number.refresh_from_db()
    return number.status == NumberStatus.RELEASED


class TestATrunk:
    @pytest.mark.parametrize("fate", FATES)
    @pytest.mark.parametrize("carrier", CARRIERS)
    def test_is_made_once(self, stage: Stage, workers: Workers, fate: str, carrier: str) -> None:
        account = stage.market.over_the_wire(carrier)
        with Accidents(stage, workers) as accidents:
            for point in TRUNK:
                trunk = trunks.create(
                    account=account,
                    name=point,
                    did_format=DidFormat.PLUS_E164,
                    gateways=ROUTERS,
                    source_addresses=["127.0.1.10"],
                    actor=stage.cast.staff,
                    now=timezone.now(),
                )
                made = partial(_is_ready, trunk)
                accidents.befall(point, fate, "trunks.tasks.make_trunk", made, trunk_id=trunk.pk)
            accidents.settle()

        # Whoever sleeps between the last look at the clock and the call makes a twin, to which no
        # number ever refers.
        assert _posted(MADE_AT[carrier]) == len(TRUNK) + (fate == "stopped")
        if fate == "killed":
            assert _posted(GATEWAYS_AT[carrier]) == len(TRUNK) * len(ROUTERS)


def _is_ready(trunk: Trunk) -> bool:
    trunk.refresh_from_db()
    return trunk.status == Trunk.Status.READY


def _posted(path: str) -> int:
    return Exchange.objects.filter(method="POST", url__endswith=path, status=201).count()


class TestAnAudit:
    @pytest.mark.parametrize("fate", FATES)
    def test_is_read_again(self, stage: Stage, workers: Workers, fate: str) -> None:
        with Accidents(stage, workers) as accidents:
            for point, carrier in zip(AUDIT, CARRIERS, strict=True):
                number = stage.stock(carrier)
                PhoneNumber.objects.filter(pk=number.pk).update(
                    carrier_reference="old", bought_at=timezone.now() - timedelta(hours=1)
                )
                audit = auditing.want(
                    account=number.carrier_account, actor=stage.cast.staff, now=timezone.now()
                )
                accidents.befall(
                    point, fate, "dids.tasks.audit", partial(_is_done, audit), audit_id=audit.pk
                )
            accidents.settle(seconds=120)

        kinds = Finding.objects.values_list("kind", flat=True)
        assert list(kinds) == [FindingKind.OTHER_REFERENCE] * len(AUDIT)


def _is_done(audit: Audit) -> bool:
    audit.refresh_from_db()
    return audit.status == AuditStatus.DONE


class TestAnImport:
    def test_comes_into_stock_once(self, stage: Stage, workers: Workers) -> None:
        staff, account = stage.cast.staff, stage.market.account()
        blows = list(product([*CHECK, *APPLY], FATES))
        sources = {}
        with Accidents(stage, workers) as accidents:
            for place, (point, fate) in enumerate(blows):
                wanted = lists.numbers(5, start=5 * place)
                source = lists.upload(account, lists.listed(*wanted), staff)
                end = ImportStatus.APPLIED if point in APPLY else ImportStatus.CHECKED
                _want_next(source, end, staff)
                accidents.befall(
                    point,
                    fate,
                    "dids.tasks.carry_out_import",
                    partial(_is_at, source, end),
                    import_id=source.pk,
                )
                sources[source] = wanted
            accidents.settle(seconds=120)

        for source, wanted in sources.items():
            assert source.new == lists.rows(source).count() == len(wanted)
            if source.status == ImportStatus.CHECKED:
                lists.apply(source, staff)
        everything = [number for wanted in sources.values() for number in wanted]
        assert lists.in_stock(account) == everything
        assert Event.objects.filter(action=events.IMPORTED.name).count() == len(everything)


def _want_next(source: Import, end: str, staff: Actor) -> None:
    """Have a list checked by a worker, or check it and have it applied by one."""
    now = timezone.now()
    if end == ImportStatus.APPLIED:
        lists.check(source, staff)
        importing.apply(source=source, actor=staff, now=now)
    else:
        importing.check(source=source, columns={"number": 0}, options={}, actor=staff, now=now)


def _is_at(source: Import, status: str) -> bool:
    source.refresh_from_db()
    return source.status == status


class TestAPublish:
    @pytest.mark.parametrize("fate", FATES)
    def test_makes_one_version(self, stage: Stage, workers: Workers, fate: str) -> None:
        live: list[str] = []
        for point in PUBLISH:
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
            live.append(number.e164.removeprefix("+"))
            assert number.status == NumberStatus.IN_SERVICE
            assert sorted(stage.routes()) == sorted(live)
            assert version(stage.pbx) == before + 1
            made = RouteChange.objects.filter(pbx=stage.pbx, table="inbound")
            assert made.count() == len(live)


class TestABackOrder:
    @pytest.mark.parametrize("status", [BackOrderStatus.LOOKING, BackOrderStatus.ORDERING])
    @pytest.mark.parametrize("fate", FATES)
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
