"""What a change of numbers, or of a trunk, means for the route tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from accounts.actors import System
from dids.signals import INTERACTIVE_AT_MOST, routing_changed
from provisioning import desired, dirty
from provisioning.models import Lane
from provisioning.workflows import deliveries, trunks
from trunks.events import on_trunk_changed
from trunks.models import Trunk

_ACTOR = System("provisioning.deliver")


def connect() -> None:
    """Listen; called once when the apps are ready."""
    routing_changed.connect(on_routing_changed, dispatch_uid="provisioning")
    on_trunk_changed(on_changed_trunk)


def on_routing_changed(
    sender: object,
    *,
    numbers: Sequence[str] = (),
    organization: int | None = None,
    lane: str = Lane.INTERACTIVE,
    **_more: Any,
) -> None:
    """
    Mark what has to be published again, in the transaction of the change itself.

    :param numbers: E.164 numbers whose routes may have changed
    :param organization: key of an organization all of whose numbers may have changed
    :raises UnableToRoute: if the change asks for a route that cannot be; undoes the change
    """
    if numbers:
        desired.check(numbers)
        dirty.mark_numbers(numbers, lane=lane)
        _deliver(numbers)
    if organization is not None:
        dirty.mark_organization(organization, lane=lane)


def on_changed_trunk(trunk: Trunk, changed: frozenset[str]) -> None:
    """
    Publish whose calls are let in, and how they write numbers, in the transaction of the change.

    :raises UnableToSetUp: if a switch could not tell its calls from others any more
    """
    if changed & {"source_addresses", "did_format"}:
        trunks.follow_change(trunk=trunk)


def _deliver(numbers: Sequence[str]) -> None:
    if len(numbers) <= INTERACTIVE_AT_MOST:
        deliveries.want(numbers=numbers, actor=_ACTOR, now=timezone.now())
    else:
        deliveries.later(numbers)
