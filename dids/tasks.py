"""Celery tasks: ids in, one workflow call, the clock read here. Queues stand in the settings."""

from __future__ import annotations

from celery import Task, shared_task
from celery.worker.request import Request
from django.utils import timezone

from lib.locks import retried
from lib.transitions import UnableToMove

# Workflows dispatch these tasks, so they are imported only when one runs.


class Forgotten(Request):
    """A message that needs no acknowledgment."""

    def acknowledge(self) -> None:
        """Do nothing; kombu would ask Redis to forget the message once more (5.7)."""


class Unbooked(Task[..., None]):
    """A task whose message the broker forgets when it hands it out (the queue says `no_ack`)."""

    Request = "dids.tasks:Forgotten"


@shared_task(base=Unbooked)
def search(*, search_id: int, account_ids: list[int], until: float, **_newer: object) -> None:
    """Ask carrier accounts what they would sell."""
    from dids.workflows import searching

    searching.ask(search_id=search_id, account_ids=account_ids, until=until, now=timezone.now())


@shared_task
def place(*, carrier_order_id: int, **_newer: object) -> None:
    """Make the one outside write of a carrier order."""
    from dids.workflows import purchase

    try:
        purchase.place(carrier_order_id=carrier_order_id, now=timezone.now())
    except UnableToMove:
        # The broker delivered the message twice; the other delivery has the order.
        return


@shared_task
def settle(*, carrier_order_id: int, **_newer: object) -> None:
    """Look up what became of a carrier order."""
    from dids.workflows import purchase

    try:
        purchase.settle(carrier_order_id=carrier_order_id, now=timezone.now())
    except UnableToMove:
        # Another look-up settled it first.
        return


@shared_task
def bind(*, binding_id: int, **_newer: object) -> None:
    """Have a carrier deliver a number to us, or look up whether it does."""
    from dids.workflows import binding_work

    try:
        binding_work.bind(binding_id=binding_id, now=timezone.now())
    except UnableToMove:
        # Another delivery of the message has the binding.
        return


@shared_task
def hold(*, hold_id: int, **_newer: object) -> None:
    """Have a carrier hold a number for us, look up whether it does, or end the hold."""
    from dids.workflows import carrier_hold_work

    try:
        carrier_hold_work.hold(hold_id=hold_id, now=timezone.now())
    except UnableToMove:
        # Another delivery of the message has the hold.
        return


@shared_task
def feature(*, kind: str, feature_id: int, **_newer: object) -> None:
    """Have a carrier set something up or take it off, or look up how it stands."""
    from dids.workflows import features

    try:
        features.see_to(kind=kind, feature_id=feature_id, now=timezone.now())
    except UnableToMove:
        # Another delivery of the message has it.
        return


@shared_task
def back_order(*, back_order_id: int, **_newer: object) -> None:
    """Do the next step of a back-order."""
    from dids.workflows import back_order_work

    try:
        retried(back_order_work.step)(back_order_id=back_order_id, now=timezone.now())
    except UnableToMove:
        # Another delivery of the message has the back-order.
        return


@shared_task
def carry_out_release(*, number_id: int, **_newer: object) -> None:
    """Do the next steps of a release."""
    from dids.workflows import release

    try:
        release.carry_out(number_id=number_id, now=timezone.now())
    except UnableToMove:
        # Another delivery of the message has the release.
        return


@shared_task
def locate(*, location_id: int, **_newer: object) -> None:
    """Have an emergency address looked at, or its numbers registered there."""
    from dids.workflows import address_checks

    try:
        address_checks.carry_out(location_id=location_id, now=timezone.now())
    except UnableToMove:
        # Another delivery of the message has the location.
        return


@shared_task
def audit(*, audit_id: int, **_newer: object) -> None:
    """Compare a carrier's full list with our stock."""
    from dids.workflows import auditing

    try:
        auditing.carry_out(audit_id=audit_id, now=timezone.now())
    except UnableToMove:
        # Another delivery of the message has the audit.
        return


@shared_task
def look_after_document(*, document_id: int, **_newer: object) -> None:
    """Have a document scanned or erased."""
    from dids.workflows import vault_keeping

    try:
        vault_keeping.look_after(document_id=document_id, now=timezone.now())
    except UnableToMove:
        # Another delivery of the message did it first.
        return


@shared_task
def audit_all(**_newer: object) -> None:
    """Have every account compared that has not been for a day."""
    from dids.workflows import auditing

    auditing.want_all(now=timezone.now())


@shared_task
def carry_out_import(*, import_id: int, **_newer: object) -> None:
    """Check or apply an uploaded list of numbers."""
    from dids.workflows import importing

    try:
        retried(importing.carry_out)(import_id=import_id, now=timezone.now())
    except UnableToMove:
        # Another delivery of the message has the list.
        return


@shared_task
def forget_imports(**_newer: object) -> None:
    """Delete the lines of lists that were applied longer ago than we keep them."""
    from dids.workflows import import_keeping

    import_keeping.forget(now=timezone.now())


@shared_task
def sweep(**_newer: object) -> None:
    """Nudge what is due."""
    from dids.workflows.sweeps import sweep as sweep_all

    retried(sweep_all)(now=timezone.now())


@shared_task
def tally(**_newer: object) -> None:
    """Count the numbers of the day."""
    from dids.workflows import tallying

    tallying.tally(now=timezone.now())
