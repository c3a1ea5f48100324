"""What the portal sets up when it starts."""

from __future__ import annotations

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The edge."""

    name = "portal"

    def ready(self) -> None:
        """Have sessions noted from the first sign-in on, whoever loads what reads that later."""
        from portal import second_step, session_age, sign_in_journal  # noqa: F401
