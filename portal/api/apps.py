"""The app of the REST API: its only table remembers answers by idempotency key."""

from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Installs the API under the label `api`."""

    name = "portal.api"
    label = "api"
    verbose_name = "REST API"
