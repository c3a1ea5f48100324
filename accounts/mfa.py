"""Who must have a second factor, and what counts as one."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Exists, OuterRef

from accounts.models import Kind, User

KINDS = (Kind.PROVIDER, Kind.DEALER)
"""Those whose members reach the rows of others."""

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""What counts; recovery codes only stand in for one of these."""


def must_have(user: User) -> bool:
    """Whether a person may not be without a second factor."""
    if not settings.REQUIRE_MFA:
        return False
    return user.memberships.open().filter(organization__kind__in=KINDS).exists()


def has_second_factor(user: str) -> Exists:
    """Make a condition on rows: whether the person whose key a column holds has a second factor."""
    return Exists(Authenticator.objects.filter(user=OuterRef(user), type__in=FACTORS))


def must_enrol(user: User) -> bool:
    """Whether a person must set up a second factor before anything else."""
    return (
        must_have(user) and not Authenticator.objects.filter(user=user, type__in=FACTORS).exists()
    )


def is_spare(authenticator: Authenticator) -> bool:
    """Whether a person may do without this one of their factors."""
    others = Authenticator.objects.filter(user=authenticator.user, type__in=FACTORS)
    return others.exclude(pk=authenticator.pk).exists() or not must_have(authenticator.user)
