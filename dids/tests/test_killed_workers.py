"""Workers killed in another process, between the carrier's effect and the record."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings as django_settings
from django.db import connections
from django.utils import timezone

from accounts.tests.cast import Cast
from dids.models import CarrierBinding, PhoneNumber, Release
from dids.states import BindingStatus, CarrierOrderStatus, NumberStatus, OrderStatus
from dids.tests.carrier import Shop, bought, carrier_orders, drive, shop
from dids.tests.factories import make_order
from dids.workflows import binding, release, sweeps
from lib import pauses
from portal.celery import app

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.wire, pytest.mark.race]

SETTLED_WITHIN = 60.0
QUICK = {
    "PURCHASE_GRACE_SECONDS": 1.0,
    "PURCHASE_DEADLINE_SECONDS": 2.0,
    "LOOKUP_SECONDS": 0.2,
    "NUDGE_AGAIN_SECONDS": 0.5,
    "ORDER_POLL_SECONDS": 0.2,
}
WORKER = """
import os, django
django.setup()
from django.conf import settings
from django.utils import timezone
for name, value in {quick!r}.items():
    setattr(settings, name, value)
from portal.celery import app
app.conf.broker_url = "memory://"
from {module} import {function}
{function}({argument}={key}, now=timezone.now())
"""


@pytest.fixture
def market(cast: Cast, settings: Any) -> Iterator[Shop]:
    """Open the carriers, on a real socket too, for workers in other processes."""
    for name, value in QUICK.items():
        setattr(settings, name, value)
    with shop() as opened, opened.sandbox.served() as opened.url:
        yield opened


def database_url() -> str:
    """Name the test's own database to another process."""
    params = connections["default"].get_connection_params()
    who = f"{quote(params['user'])}:{quote(params['password'])}"
    host, port, name = str(params.get("host", "")), params.get("port", 5432), params["dbname"]
    if host.startswith("/"):
        return f"postgres://{who}@/{name}?host={host}&port={port}"
    return f"postgres://{who}@{host}:{port}/{name}"


def kill_at(point: str, *, module: str, function: str, argument: str, key: int) -> None:
    """Run a workflow in a process of its own and kill it at a pause point."""
    code = WORKER.format(quick=QUICK, module=module, function=function, argument=argument, key=key)
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "SECRET_KEY": str(django_settings.SECRET_KEY),
        "FIELD_KEYS": ",".join(django_settings.FIELD_KEYS),
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }
    folder = Path(django_settings.BASE_DIR)
    with pauses.armed(point) as moment:
        worker = subprocess.Popen([sys.executable, "-c", code], env=environment, cwd=folder)
        try:
            assert moment.wait(20) == worker.pid
        finally:
            os.kill(worker.pid, signal.SIGKILL)
            assert worker.wait(10) == -signal.SIGKILL


def sweep_until(is_settled: Callable[[], bool]) -> None:
    """Do what beat does until everything is settled, for at most a minute."""
    ends = time.monotonic() + SETTLED_WITHIN
    app.conf.task_always_eager = True
    try:
        while not is_settled():
            assert time.monotonic() < ends, "The sweep did not settle it within a minute."
            sweeps.sweep(now=timezone.now())
            time.sleep(0.1)
    finally:
        app.conf.task_always_eager = False


@pytest.mark.parametrize(
    ("carrier", "point"),
    [
        ("telnyx", "purchase.called"),
        ("twilio", "purchase.called"),
        ("twilio", "purchase.recording"),
    ],
)
def test_a_purchase_is_made_once_and_settled_by_the_sweep(
    market: Shop, cast: Cast, carrier: str, point: str
) -> None:
    market.over_the_wire(carrier)
    order = make_order(
        offers=market.offers(carrier), holder=cast.tenant, actor=cast.staff, submit=True
    )
    (row,) = carrier_orders(order)
    kill_at(
        point,
        module="dids.workflows.purchase",
        function="place",
        argument="carrier_order_id",
        key=row.pk,
    )
    row.refresh_from_db()
    assert row.status == CarrierOrderStatus.PLACING
    assert bought(order) == []

    def is_settled() -> bool:
        order.refresh_from_db()
        return order.status != OrderStatus.SUBMITTED

    sweep_until(is_settled)
    assert order.status == OrderStatus.COMPLETED
    assert list(market.sandbox.purchases().values()) == [1]
    (number,) = bought(order)
    assert number.holder == cast.tenant


def test_a_binding_is_settled_by_the_sweep(market: Shop, cast: Cast) -> None:
    market.over_the_wire("twilio")
    trunk = market.trunk("twilio")
    order = make_order(offers=market.offers("twilio"), actor=cast.staff, submit=True)
    drive(order, now=timezone.now())
    (number,) = bought(order)
    wanted = binding.want(number=number, trunk=trunk, actor=cast.staff, now=timezone.now())
    kill_at(
        "binding.called",
        module="dids.workflows.binding",
        function="bind",
        argument="binding_id",
        key=wanted.pk,
    )
    assert market.sandbox.delivery(number.e164)["delivered"]
    assert CarrierBinding.objects.get().status == BindingStatus.BINDING
    sweep_until(lambda: CarrierBinding.objects.get().status == BindingStatus.BOUND)
    assert market.sandbox.seen("twilio")["bind"] == 1


@pytest.mark.parametrize("point", ["release.unbinding", "release.called"])
def test_a_release_is_resumed_by_the_sweep(market: Shop, cast: Cast, point: str) -> None:
    market.over_the_wire("twilio")
    order = make_order(
        offers=market.offers("twilio"),
        trunk=market.trunk("twilio"),
        actor=cast.staff,
        submit=True,
    )
    drive(order, now=timezone.now())
    (number,) = bought(order)
    release.schedule(number=number, on=None, actor=cast.staff, now=timezone.now())
    kill_at(
        point,
        module="dids.workflows.release",
        function="carry_out",
        argument="number_id",
        key=number.pk,
    )

    def is_settled() -> bool:
        number.refresh_from_db()
        return number.status == NumberStatus.RELEASED

    sweep_until(is_settled)
    assert Release.objects.get().status == "DONE"
    assert not PhoneNumber.objects.live().exists()
    assert not CarrierBinding.objects.exists()
