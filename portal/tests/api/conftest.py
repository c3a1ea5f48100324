"""What the tests of the API stand on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.models import Organization
from portal.tests.api.caller import Caller, caller_of
from portal.tests.api.world import World


@pytest.fixture
def by(db: None) -> Callable[..., Caller]:
    """Give a caller of an organization."""

    def give(organization: Organization, *scopes: str) -> Caller:
        return caller_of(organization, *scopes)

    return give


@pytest.fixture
def staff(world: World) -> Caller:
    """Give a program of the provider."""
    return caller_of(world.cast.provider)


@pytest.fixture
def dealer(world: World) -> Caller:
    """Give a program of the dealer."""
    return caller_of(world.cast.dealer)


@pytest.fixture
def tenant(world: World) -> Caller:
    """Give a program of the tenant."""
    return caller_of(world.cast.tenant)


@pytest.fixture
def rival(world: World) -> Caller:
    """Give a program of the rival dealer."""
    return caller_of(world.cast.rival_dealer)
