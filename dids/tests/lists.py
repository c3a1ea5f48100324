"""Lists of numbers for tests, and the way from the upload into stock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.actors import Actor
from dids import imports
from dids.models import Import, ImportRow, PhoneNumber
from dids.workflows import importing
from trunks.models import CarrierAccount

FIRST = 999_3000_0000


def numbers(count: int, *, start: int = 0) -> list[str]:
    """Give so many numbers that nobody can own."""
    return [f"+{FIRST + start + place}" for place in range(count)]


def listed(*lines: str, head: str = "number,monthly,currency,city") -> bytes:
    """Write a list."""
    return "\n".join([head, *lines, ""]).encode()


def upload(account: CarrierAccount, content: bytes, actor: Actor, **more: Any) -> Import:
    """Upload a list in pieces that end anywhere."""
    parts = [content[start : start + 1000] for start in range(0, len(content), 1000)]
    wish: dict[str, Any] = {"file_name": "list.csv", "now": timezone.now(), **more}
    return importing.upload(account=account, content=parts, actor=actor, **wish)


def check(source: Import, actor: Actor, *, now: datetime | None = None, **options: Any) -> Import:
    """Check a list, its columns as they are guessed, and do what the worker does."""
    at = now or timezone.now()
    columns = options.pop("columns", None) or imports.columns_for(source)
    importing.check(source=source, columns=columns, options=options, actor=actor, now=at)
    importing.carry_out(import_id=source.pk, now=at)
    source.refresh_from_db()
    return source


def checked(account: CarrierAccount, content: bytes, actor: Actor, **options: Any) -> Import:
    """Upload and check a list."""
    return check(upload(account, content, actor), actor, **options)


def apply(source: Import, actor: Actor, *, believes_short_list: bool = False) -> Import:
    """Apply a list, and do what the worker does."""
    now = timezone.now()
    importing.apply(source=source, believes_short_list=believes_short_list, actor=actor, now=now)
    importing.carry_out(import_id=source.pk, now=now)
    source.refresh_from_db()
    return source


def applied(account: CarrierAccount, content: bytes, actor: Actor, **options: Any) -> Import:
    """Upload, check and apply a list."""
    return apply(checked(account, content, actor, **options), actor)


def verdicts(source: Import) -> list[str]:
    """Give the verdicts in the order of the list."""
    return list(rows(source).values_list("verdict", flat=True))


def rows(source: Import) -> Any:
    """Give the rows in the order of the list."""
    return ImportRow.objects.filter(source=source).order_by("line", "pk")


def in_stock(account: CarrierAccount) -> list[str]:
    """Give the live numbers at an account."""
    there = PhoneNumber.objects.live().filter(carrier_account=account)
    return list(there.order_by("e164").values_list("e164", flat=True))
