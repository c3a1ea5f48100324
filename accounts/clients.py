"""How a program proves who it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

from django.db import connection
from django.db.models import Q

from accounts import tokens
from accounts.models import ApiClient, Organization

USE_IS_NOTED_EVERY = timedelta(minutes=1)
_LONGEST_TOKEN = 200
_NOBODY = tokens.digest("")


def authenticate(token: str, now: datetime) -> ApiClient | None:
    """Find the program of a token; None for anything unknown, expired or revoked."""
    prefix, dot, secret = token.partition(".")
    if not dot or len(token) > _LONGEST_TOKEN or "\x00" in token:
        return None
    client = _known(prefix)
    if not _fits(secret, client, now) or client is None:
        return None
    if client.expires_at is not None and client.expires_at <= now:
        return None
    _note_use(client, now)
    return client


def _fits(secret: str, client: ApiClient | None, now: datetime) -> bool:
    # An unknown prefix costs the same comparisons as a wrong secret.
    is_todays = tokens.matches(secret, client.secret_hash if client else _NOBODY)
    is_former = tokens.matches(secret, (client.former_hash if client else "") or _NOBODY)
    until = client.former_until if client else None
    return is_todays or (is_former and until is not None and until > now)


def _known(prefix: str) -> ApiClient | None:
    """
    Find a program that is not revoked, and its organization with it.

    Every request asks this, and Django takes longer to write the statement down than PostgreSQL to
    answer it: it is written down once (measured with Django 5.2).
    """
    with connection.cursor() as cursor:
        cursor.execute(_statement(), [prefix])
        row = cursor.fetchone()
    if row is None:
        return None
    mine = [field.attname for field in ApiClient._meta.concrete_fields]
    theirs = [field.attname for field in Organization._meta.concrete_fields]
    client = ApiClient.from_db(connection.alias, mine, row[: len(mine)])
    client.organization = Organization.from_db(connection.alias, theirs, row[len(mine) :])
    return client


@cache
def _statement() -> str:
    known = ApiClient.objects.filter(prefix="", revoked_at__isnull=True)
    return known.select_related("organization").order_by().query.sql_with_params()[0]


def _note_use(client: ApiClient, now: datetime) -> None:
    fresh = now - USE_IS_NOTED_EVERY
    if client.last_used_at is not None and client.last_used_at > fresh:
        return
    ApiClient.objects.filter(
        Q(last_used_at__isnull=True) | Q(last_used_at__lte=fresh), pk=client.pk
    ).update(last_used_at=now)
    client.last_used_at = now
