"""Who must have a second factor."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings

from accounts.models import Kind, User

KINDS = (Kind.PROVIDER, Kind.DEALER)
"""Those whose members reach the rows of others."""


def must_enrol(user: User) -> bool:
    """Whether a person must set up a second factor before anything else."""
    if not settings.REQUIRE_MFA:
        return False
    if not user.memberships.open().filter(organization__kind__in=KINDS).exists():
        return False
    return not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
