"""What leaves us because something happened."""

from __future__ import annotations

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Readers of the sealed journal, who tell people outside."""

    name = "notices"
    default_auto_field = "django.db.models.BigAutoField"
