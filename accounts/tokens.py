"""Random secrets of which only a digest is kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

_PREFIX_BYTES = 6
_SECRET_BYTES = 32


@dataclass(frozen=True)
class Token:
    """A token of a program: a public prefix to find it by, and a secret of 256 random bits."""

    prefix: str
    secret: str = field(repr=False)

    @property
    def text(self) -> str:
        """What the program sends."""
        return f"{self.prefix}.{self.secret}"

    @property
    def secret_hash(self) -> str:
        """What is stored."""
        return digest(self.secret)


def new_token() -> Token:
    """Draw a new token."""
    return Token(f"pt{secrets.token_hex(_PREFIX_BYTES)}", new_secret())


def new_secret() -> str:
    """Draw a secret that is safe in an address."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def digest(secret: str) -> str:
    """Give the SHA-256; a slow hash adds nothing to 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def matches(secret: str, stored: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(digest(secret), stored)
