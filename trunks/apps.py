"""Carriers, their accounts and trunks, and what was said to them."""

from __future__ import annotations

from django.apps import AppConfig


class TrunksConfig(AppConfig):
    """The application that talks to carriers."""

    name = "trunks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare the event types."""
        from trunks import events  # noqa: F401
