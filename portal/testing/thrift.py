"""What tests need not pay for: slow hashes, notes of every template, looks at what never goes."""

from __future__ import annotations

import gc

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.template import Template

_RENDER = Template._render  # type: ignore[attr-defined]


def pytest_collection_finish() -> None:
    """Have the collector of garbage leave alone what stays: modules and tests."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def cheap_hashes() -> None:
    """Hash as in production, but quickly."""
    Argon2PasswordHasher.time_cost = 1
    Argon2PasswordHasher.memory_cost = 64
    Argon2PasswordHasher.parallelism = 1


@pytest.fixture(scope="session", autouse=True)
def untold_templates(django_test_environment: None) -> None:
    """Render as in production: nobody asks a client of the tests which templates were used."""
    Template._render = _RENDER  # type: ignore[attr-defined]
