"""The app of numbers."""

from __future__ import annotations

from django.apps import AppConfig


class DidsConfig(AppConfig):
    """Numbers: bought, handed down, assigned, released."""

    name = "dids"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen for what happens at carriers and to trunks, and declare the event types."""
        from dids import changed_trunks, events, hints  # noqa: F401
