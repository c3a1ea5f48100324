"""Work of queue `pbx`: publishing; and the sweeps that look after it."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone


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
    from provisioning.models import DirtyRoute

    for pbx_id in DirtyRoute.objects.values_list("pbx_id", flat=True).distinct().order_by("pbx_id"):
        publish.delay(pbx_id=pbx_id)
