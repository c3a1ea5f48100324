"""Work of queue `pbx`: publishing; and the sweeps that look after it."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

DELIVERED_AT_ONCE = 500


@shared_task
def publish(*, pbx_id: int, **_newer: object) -> None:
    """Publish what is dirty on one switch."""
    from lib.locks import retried
    from provisioning import publisher

    if retried(publisher.run)(pbx_id=pbx_id, clock=timezone.now).unfinished:
        publish.delay(pbx_id=pbx_id)


@shared_task
def sweep(**_newer: object) -> None:
    """Nudge the publisher of every switch on which something is dirty."""
    from provisioning import backlog
    from provisioning.models import Pbx

    # One by one: to ask which switches a million dirty rows belong to is to read them all.
    for pbx_id in Pbx.objects.order_by("pk").values_list("pk", flat=True):
        if backlog.waiting(pbx_id):
            publish.delay(pbx_id=pbx_id)


@shared_task
def deliver(*, numbers: list[str], **_newer: object) -> None:
    """Have carriers deliver these numbers (E.164) where they ring."""
    from accounts.actors import System
    from provisioning.workflows import deliveries

    deliveries.want(numbers=numbers, actor=System("provisioning.deliver"), now=timezone.now())


@shared_task
def deliver_forgotten(**_newer: object) -> None:
    """Have carriers deliver what nobody asked them to: a trunk came late, or a message was lost."""
    from provisioning.workflows import deliveries

    if numbers := deliveries.forgotten(DELIVERED_AT_ONCE):
        deliver.delay(numbers=numbers)


@shared_task
def forget(**_newer: object) -> None:
    """Delete changes of routes that are older than the history we keep."""
    from provisioning.workflows import retention

    retention.forget(now=timezone.now())
