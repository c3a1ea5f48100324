"""Programs as those see them who let them in: what state each is in."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.models import ApiClient

SOON = timedelta(days=14)


def state_of(client: ApiClient, now: datetime) -> str:
    """Say how a program stands: ACTIVE, EXPIRES_SOON, EXPIRED or REVOKED."""
    if client.revoked_at is not None:
        return "REVOKED"
    if client.expires_at is None:
        return "ACTIVE"
    if client.expires_at <= now:
        return "EXPIRED"
    return "EXPIRES_SOON" if client.expires_at <= now + SOON else "ACTIVE"


def has_two_secrets(client: ApiClient, now: datetime) -> bool:
    """Tell whether the secret before the last renewal works too."""
    return client.former_until is not None and client.former_until > now
