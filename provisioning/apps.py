"""The provisioning app: switches, route tables, and who is fed by them."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ProvisioningConfig(AppConfig):
    """Wire the one signal that travels up, and the grants of the feed."""

    name = "provisioning"

    def ready(self) -> None:
        """Connect the receivers."""
        from provisioning import grants, receivers

        receivers.connect()
        post_migrate.connect(grants.after_migrate, sender=self)
