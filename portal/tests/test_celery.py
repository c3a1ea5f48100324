"""What surrounds a task."""

from __future__ import annotations

import pytest
from celery import Task
from celery.fixups.django import DjangoWorkerFixup  # type: ignore[attr-defined]
from celery.signals import task_prerun
from django.db import connection

from portal.celery import app


def test_only_searches_are_handed_out_without_books() -> None:
    unbooked = {name for name, queue in app.amqp.queues.items() if queue.no_ack}
    assert unbooked == {"search"}
    assert set(app.amqp.queues) == {"default", "purchase", "pbx", "search"}


@pytest.mark.django_db(transaction=True)
def test_a_task_goes_on_with_the_connection_of_the_last_one() -> None:
    # A fresh one: after its time, CONN_MAX_AGE, a connection is rightly replaced.
    connection.close()
    connection.ensure_connection()
    before = connection.connection
    fixup = DjangoWorkerFixup(app)
    task: Task[..., object] = app.tasks["provisioning.tasks.sweep"]

    fixup.on_task_postrun(sender=task)
    fixup.on_task_prerun(sender=task)
    task_prerun.send(sender=task, task=task)

    assert connection.connection is before
    connection.ensure_connection()


@pytest.mark.django_db(transaction=True)
def test_a_task_replaces_a_connection_that_the_server_has_ended() -> None:
    connection.ensure_connection()
    before = connection.connection
    assert before is not None
    before.close()
    task: Task[..., object] = app.tasks["provisioning.tasks.sweep"]

    task_prerun.send(sender=task, task=task)

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert connection.connection is not before
