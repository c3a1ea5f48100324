"""Celery tasks: ids in, one workflow call, the clock read here."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from accounts.actors import System
from lib.refusals import UnableTo
from lib.transitions import UnableToMove

logger = logging.getLogger(__name__)

# Workflows dispatch these tasks, so they are imported only when one runs.


@shared_task
def make_trunk(*, trunk_id: int, **_newer: object) -> None:
    """Make a trunk at its carrier."""
    from trunks.workflows import trunks

    try:
        trunks.make(trunk_id=trunk_id, now=timezone.now())
    except UnableToMove:
        # The broker delivered the message twice; the other delivery has the trunk.
        return


@shared_task
def test_trunk(*, trunk_id: int, **_newer: object) -> None:
    """Ask the carrier's hosts of a static trunk whether they answer."""
    from trunks.workflows import trunk_tests

    trunk_tests.carry_out(trunk_id=trunk_id, now=timezone.now())


@shared_task
def process_event(*, event_id: int, **_newer: object) -> None:
    """Look into a carrier's message."""
    from trunks.workflows import intake

    try:
        intake.process(event_id=event_id, now=timezone.now())
    except UnableToMove:
        # Another delivery of this task dealt with it.
        return


@shared_task
def check_account(*, account_id: int, **_newer: object) -> None:
    """Ask a carrier whether our credentials work and what may be spent."""
    from trunks.models import CarrierAccount
    from trunks.workflows import accounts

    account = CarrierAccount.objects.select_related("owner").get(pk=account_id)
    try:
        accounts.check(account=account, actor=System("trunks.check"), now=timezone.now())
    except UnableTo as refusal:
        # The next sweep asks again.
        logger.info("Carrier account %s was not checked: %s", account, refusal)


@shared_task
def forget(**_newer: object) -> None:
    """Delete exchanges and messages that are older than what we keep."""
    from trunks.workflows import retention

    retention.forget(now=timezone.now())


@shared_task
def sweep(**_newer: object) -> None:
    """Nudge everything whose time has come."""
    from trunks.workflows import accounts, intake, trunk_tests, trunks

    now = timezone.now()
    trunks.settle_abandoned(now)
    for trunk_id in trunks.due(now):
        make_trunk.delay(trunk_id=trunk_id)
    for trunk_id in trunk_tests.due(now):
        test_trunk.delay(trunk_id=trunk_id)
    for event_id in intake.due(now):
        process_event.delay(event_id=event_id)
    for account_id in accounts.due(now):
        check_account.delay(account_id=account_id)
