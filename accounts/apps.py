from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    """Wire the grants of the application's database role to every migration run."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the receiver that grants table rights after migrations."""
        import accounts.events  # noqa: F401
        from accounts import grants

        post_migrate.connect(grants.grant_after_migrate, dispatch_uid="accounts.grants")
