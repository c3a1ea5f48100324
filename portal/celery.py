"""The Celery application: queues, routes and beat stand in settings."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import task_postrun, task_prerun

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@task_prerun.connect
@task_postrun.connect
def look_after_connections(**message: Any) -> None:
    """
    Treat database connections around a task as Django does around a request: old ones are closed.

    Celery itself would close all of them (5.7), so that every task began by opening one, which
    takes longer than most tasks: see CELERY_DB_REUSE_MAX in settings.
    """
    from django.db import close_old_connections

    if not message["task"].request.is_eager:
        close_old_connections()
