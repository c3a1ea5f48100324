"""The way of a call to a number: carrier, trunk, routers, and who answers; how well each stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from accounts.models import Kind
from dids.models import CarrierBinding, PhoneNumber
from dids.states import BINDING, BindingStatus
from provisioning.desired import ROUTED
from provisioning.live import LiveState
from provisioning.models import TenantOnPbx, TrunkOnPbx
from trunks.models import Trunk


class Place(StrEnum):
    """What a call passes."""

    CARRIER = "CARRIER"
    TRUNK = "TRUNK"
    ROUTERS = "ROUTERS"
    DESTINATION = "DESTINATION"


class HopState(StrEnum):
    """How well a place does its part."""

    LIVE = "LIVE"
    WAITING = "WAITING"
    """It will, without anybody doing anything."""
    BROKEN = "BROKEN"
    """It won't before somebody acts."""
    OFF = "OFF"
    """It has no part: nothing is awaited."""


@dataclass(frozen=True)
class Hop:
    """
    One place on the way.

    :ivar name: as its reader may know it; empty where that is hidden or there is none
    :ivar why: what it does, or why not yet, in a sentence; for those who see carriers, what the
        carrier said as well
    :ivar since: since when it has been so, where that is known
    """

    place: Place
    name: str
    state: HopState
    why: str
    since: datetime | None = None


def of(number: PhoneNumber, live: LiveState, *, shows_carrier: bool) -> list[Hop]:
    """
    Give the way of a call, in two queries.

    :param number: read with what `inventory.shown` adds
    :param live: how live it is
    :param shows_carrier: whether names of carrier and trunk, and what the carrier said, are shown;
        a trunk is no hop of its own where they are not
    """
    home = TenantOnPbx.objects.select_related("pbx").filter(tenant=number.holder_id).first()
    return list(_hops(number, live, home, shows_carrier=shows_carrier))


def _hops(
    number: PhoneNumber, live: LiveState, home: TenantOnPbx | None, *, shows_carrier: bool
) -> Iterator[Hop]:
    binding: CarrierBinding | None = getattr(number, "binding", None)
    yield _carrier(number, binding, shows_carrier=shows_carrier)
    if shows_carrier and binding is not None:
        yield _trunk(number, binding.trunk, home)
    yield _routers(number, live, home)
    yield _destination(number)


def _carrier(number: PhoneNumber, binding: CarrierBinding | None, *, shows_carrier: bool) -> Hop:
    name = number.carrier_account.name if shows_carrier else ""
    if binding is None:
        asks = number.status in ROUTED and hasattr(number, "assignment")
        why = "Nobody has asked the carrier to deliver it to us."
        return Hop(Place.CARRIER, name, HopState.BROKEN if asks else HopState.OFF, why)
    state = {BindingStatus.BOUND: HopState.LIVE, BindingStatus.FAILED: HopState.BROKEN}.get(
        BindingStatus(binding.status), HopState.WAITING
    )
    why = BINDING.waits[binding.status].then
    if state == HopState.LIVE:
        why = "It delivers the calls to us."
    elif shows_carrier and binding.failure:
        why = f"{binding.failure} {why}"
    return Hop(Place.CARRIER, name, state, why, binding.status_since)


def _trunk(number: PhoneNumber, trunk: Trunk, home: TenantOnPbx | None) -> Hop:
    if trunk.status == Trunk.Status.FAILED:
        why = f"{trunk.failure} Retry the trunk on its page.".strip()
        return Hop(Place.TRUNK, trunk.name, HopState.BROKEN, why, trunk.status_since)
    if trunk.status != Trunk.Status.READY:
        why = "The carrier is asked to make it."
        return Hop(Place.TRUNK, trunk.name, HopState.WAITING, why, trunk.status_since)
    if home and not TrunkOnPbx.objects.filter(trunk=trunk, pbx=home.pbx_id).exists():
        why = f"{home.pbx.name} refuses its calls. Attach it to that PBX."
        return Hop(Place.TRUNK, trunk.name, HopState.BROKEN, why)
    return Hop(Place.TRUNK, trunk.name, HopState.LIVE, "It brings the calls in.")


def _routers(number: PhoneNumber, live: LiveState, home: TenantOnPbx | None) -> Hop:
    name = home.pbx.name if home else ""
    if number.holder.kind != Kind.TENANT:
        return Hop(Place.ROUTERS, name, HopState.OFF, "In stock, it rings on no PBX.")
    if home is None:
        why = f"{number.holder.name} is on no PBX yet, so nothing of its can ring."
        return Hop(Place.ROUTERS, name, HopState.BROKEN, why)
    if number.status not in ROUTED or not hasattr(number, "assignment"):
        why = "They know nothing of it: it points nowhere."
        return Hop(Place.ROUTERS, name, HopState.OFF, why)
    if live.of and live.live_on == live.of:
        why = f"Live on {live.live_on} of {live.of}: each has acknowledged the route."
        return Hop(Place.ROUTERS, name, HopState.LIVE, why)
    if not live.of:
        return Hop(Place.ROUTERS, name, HopState.BROKEN, "No router of it is up.", live.since)
    return Hop(Place.ROUTERS, name, HopState.WAITING, live.waiting_for, live.since)


def _destination(number: PhoneNumber) -> Hop:
    assigned = getattr(number, "assignment", None)
    if assigned is None:
        rings = number.holder.kind == Kind.TENANT and number.status in ROUTED
        why = "Choose where it rings." if rings else "It rings once a tenant has pointed it."
        return Hop(Place.DESTINATION, "", HopState.OFF, why)
    words, since = str(assigned.destination), assigned.assigned_at
    return Hop(Place.DESTINATION, words, HopState.LIVE, "Calls are sent there.", since)
