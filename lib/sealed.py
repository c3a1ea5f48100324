"""Encrypted columns: what is stored is a Fernet token; keys rotate, the first one writes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, MultiFernet
from django.db import models

if TYPE_CHECKING:
    TextField = models.TextField[str, str]
    AnyTextField = models.TextField[Any, Any]
else:  # Django's fields cannot be subscripted at run time.
    TextField = AnyTextField = models.TextField

_ring: list[MultiFernet] = []


class NoKeys(RuntimeError):
    """The process started without FIELD_KEYS."""


def use_keys(keys: Sequence[str]) -> None:
    """Take the keys (URL-safe base64, 32 bytes each), newest first; older ones only read."""
    _ring[:] = [MultiFernet([Fernet(key) for key in keys])] if keys else []


def seal(text: str) -> str:
    """Encrypt a text."""
    return _fernet().encrypt(text.encode()).decode()


def unseal(token: str) -> str:
    """Decrypt what `seal` gave."""
    return _fernet().decrypt(token.encode()).decode()


def seal_bytes(content: bytes) -> bytes:
    """Encrypt what a file holds; a third longer than it was."""
    return _fernet().encrypt(content)


def unseal_bytes(token: bytes) -> bytes:
    """
    Decrypt what `seal_bytes` gave.

    :raises InvalidToken: if it was changed, or sealed with a key that is gone
    """
    return _fernet().decrypt(token)


def _fernet() -> MultiFernet:
    if not _ring:
        raise NoKeys(
            "Set FIELD_KEYS to at least one Fernet key before secrets are read or written."
        )
    return _ring[0]


class SealedTextField(TextField):
    """A text that only this application can read; it cannot be searched."""

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else seal(str(value))

    def from_db_value(self, value: str | None, *_: object) -> str | None:
        return None if value is None else unseal(value)


class SealedJSONField(AnyTextField):
    """A JSON value that only this application can read; it cannot be searched."""

    # What may be assigned and what is read, for the type checker's Django plugin.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else seal(json.dumps(value))

    def from_db_value(self, value: str | None, *_: object) -> Any:
        return None if value is None else json.loads(unseal(value))

    def to_python(self, value: Any) -> Any:
        return value
