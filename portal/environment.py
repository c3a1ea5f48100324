"""Readers of environment variables that refuse nonsense and translate store addresses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()

IDLE_SECONDS = 30
PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
"""A server that vanished without a word is noticed soon; the address may say otherwise."""


def secret(name: str, *, demo: bool, demo_value: str) -> str:
    """
    Read a secret that has no default outside the demo.

    :raises ImproperlyConfigured: if it is missing
    """
    value = env.str(name, default="")
    if value:
        return str(value)
    if demo:
        return demo_value
    raise ImproperlyConfigured(f"Set the environment variable {name}.")


def database(url: str) -> dict[str, Any]:
    """Read a PostgreSQL address; sockets as postgres://user:password@/name?host=/folder."""
    if not url:
        raise ImproperlyConfigured(
            "Set DATABASE_URL, or use script/server, script/journey and script/test, "
            "which bring a PostgreSQL of their own."
        )
    config = dict(env.db_url_config(url))
    config["OPTIONS"] = {**PATIENCE, **config.get("OPTIONS", {})}
    return config


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """
    Who vouches for people by OpenID Connect.

    :param url: its identifier, below which it tells how it is asked
    :param name: what the sign-in page calls it
    :param trusted_with_factors: whether nobody is asked for a second factor here who, as it says,
        has shown one there
    """

    url: str
    client_id: str
    secret: str = field(repr=False)
    name: str
    trusted_with_factors: bool = False


_OIDC = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")


def issuer(*, demo: bool) -> Issuer | None:
    """
    Read who vouches for people; None where nobody does.

    :raises ImproperlyConfigured: if half of it is missing, or others could listen
    """
    given = {name: str(env.str(name, default="")) for name in _OIDC}
    if not any(given.values()):
        return None
    missing = [name for name, value in given.items() if not value]
    if missing:
        raise ImproperlyConfigured(f"Set {' and '.join(missing)} too, or none of {_OIDC}.")
    url, client_id, secret_ = given.values()
    if not url.startswith("https://") and not demo:
        raise ImproperlyConfigured("OIDC_ISSUER must begin with https://.")
    return Issuer(
        url=url,
        client_id=client_id,
        secret=secret_,
        name=env.str("OIDC_NAME", default=urlsplit(url).hostname or url),
        trusted_with_factors=env.bool("OIDC_TRUST_SECOND_FACTOR", default=False),
    )


def session_options(*, lock_seconds: int) -> str:
    """
    Write what every session of the portal asks of PostgreSQL.

    A process that stopped in the middle of a transaction loses it, and with it the locks that
    others wait for.

    :param lock_seconds: how long a statement waits for a lock; 0 for as long as it takes
    """
    limits = {"lock_timeout": lock_seconds, "idle_in_transaction_session_timeout": IDLE_SECONDS}
    return " ".join(f"-c {name}={seconds}s" for name, seconds in limits.items())


def broker(redis_url: str) -> str:
    """
    Write a redis-py address the way Celery's transport wants it.

    The two agree on TCP; for sockets redis-py says unix:///path?db=1 and Celery
    redis+socket:///path?virtual_host=1.
    """
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    number = parse_qs(parts.query).get("db", ["0"])[0]
    password = f":{parts.password}@" if parts.password else ""
    return f"redis+socket://{password}{parts.path}?virtual_host={number}"
