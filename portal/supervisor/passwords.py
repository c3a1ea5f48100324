"""Random secrets of one data folder, made once and readable by their owner only."""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path


def password() -> str:
    """Make a password that needs no quoting in a URL."""
    return secrets.token_urlsafe(24)


def field_key() -> str:
    """Make a key for sealed fields: 32 random bytes in URL-safe base 64."""
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


@dataclass(frozen=True)
class Passwords:
    """Everything secret that a data folder needs."""

    superuser: str = field(default_factory=password, repr=False)
    portal_owner: str = field(default_factory=password, repr=False)
    portal_app: str = field(default_factory=password, repr=False)
    secret_key: str = field(default_factory=lambda: secrets.token_urlsafe(48), repr=False)
    field_key: str = field(default_factory=field_key, repr=False)


def read_or_make(path: Path) -> Passwords:
    """Read the passwords of a data folder, made on its first use."""
    if not path.is_file():
        write_private(path, json.dumps(asdict(Passwords()), indent=1) + "\n")
    known = {entry.name for entry in fields(Passwords)}
    stored = json.loads(path.read_text())
    return Passwords(**{name: value for name, value in stored.items() if name in known})


def write_private(path: Path, text: str) -> None:
    """Write a file only its owner can read, whole or not at all."""
    arriving = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(arriving, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as stream:
        stream.write(text)
    arriving.replace(path)
