"""
Tests of static trunks: whether the carrier's hosts answer, and its interface knows the trunk.

Asked for on a page, done by a worker, kept with the trunk. No call is placed and nothing changes,
so that a worker that dies costs a repetition, and two of them nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from accounts.actors import Actor
from accounts.work import acting
from lib.nudges import nudge
from lib.refusals import UnableTo
from trunks import connect, registry, sip_options, tasks
from trunks.deadlines import Deadline
from trunks.errors import CarrierError
from trunks.models import CarrierHost, Trunk
from trunks.offers import Transport
from trunks.roles import ListsNumbers

PING_SECONDS = 3.0
LIST_SECONDS = 20.0
LOST_AFTER = timedelta(minutes=2)
"""Longer than a test takes: twenty hosts that do not answer, and a carrier's list."""


class UnableToTest(UnableTo):
    """There is nothing to be tested."""

    code = "cannot_test_trunk"
    conflict = True


def want(*, trunk: Trunk, actor: Actor, now: datetime) -> None:
    """
    Ask for a test; a worker does it. One that is awaited already counts for this one too.

    :raises UnableToTest: if neither a host nor a reference could be asked about
    """
    if not trunk.hosts.exists() and not _can_be_looked_up(trunk):
        raise UnableToTest(
            f"{trunk.name} names no host of the carrier, so there is nothing to ask. Add one first."
        )
    with acting(actor):
        asked = Trunk.objects.filter(pk=trunk.pk, test_asked_at=None).update(test_asked_at=now)
        if asked:
            nudge(tasks.test_trunk.delay, trunk_id=trunk.pk)


def carry_out(*, trunk_id: int, now: datetime) -> None:
    """Test a trunk for which that was asked, and keep what was found."""
    trunk = Trunk.objects.select_related("carrier_account").get(pk=trunk_id)
    if trunk.test_asked_at is None:
        return
    hosts = list(trunk.hosts.all())
    for host in hosts:
        found = sip_options.ping(
            host=host.host,
            port=host.port,
            transport=Transport(host.transport),
            seconds=PING_SECONDS,
        )
        host.answers, host.test_says = found.answered, found.says[:200]
    says = _looked_up(trunk, now) if _can_be_looked_up(trunk) else ""
    with transaction.atomic():
        # Only for the question that was read: a trunk that was changed meanwhile is asked anew.
        waited = Trunk.objects.filter(pk=trunk.pk, test_asked_at=trunk.test_asked_at)
        if waited.update(test_asked_at=None, tested_at=now, test_says=says[:300]):
            CarrierHost.objects.bulk_update(hosts, ["answers", "test_says"])


def due(now: datetime) -> list[int]:
    """Find the trunks whose test was asked for and forgotten: its message or worker was lost."""
    lost = Trunk.objects.filter(test_asked_at__lt=now - LOST_AFTER)
    return list(lost.order_by("pk").values_list("pk", flat=True))


def _can_be_looked_up(trunk: Trunk) -> bool:
    """Tell whether the carrier's list says to which trunk its numbers go, and this one is named."""
    adapter = registry.carrier(trunk.carrier_account.carrier)
    tells = issubclass(adapter, ListsNumbers) and adapter.tells_trunks
    return bool(trunk.carrier_reference) and tells


def _looked_up(trunk: Trunk, now: datetime) -> str:
    account = trunk.carrier_account
    try:
        connect.may_call(account, now)
        carrier = connect.connected(account, purpose=trunk.subject)
        if not isinstance(carrier, ListsNumbers):
            return ""
        owned = carrier.owned(deadline=Deadline(LIST_SECONDS))
    except (connect.NotNow, CarrierError) as trouble:
        return f"The carrier could not be asked about {trunk.carrier_reference}: {trouble}"
    there = sum(number.trunk_reference == trunk.carrier_reference for number in owned)
    if there:
        return f"The carrier delivers {there:,} numbers to {trunk.carrier_reference}."
    return (
        f"The carrier delivers no number to {trunk.carrier_reference} yet, so that nobody can tell "
        "whether it knows that trunk: the first number will show."
    )
