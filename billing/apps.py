from __future__ import annotations

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """Load billing's event types with the app."""

    name = "billing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare the event types, so that the journal can say them in sentences."""
        import billing.events  # noqa: F401
