"""Which person is behind a name that the journal keeps: a program is as good as who made it."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from accounts.models import ApiClient, Membership


def same_person(one: str, other: str) -> bool:
    """Tell whether two names of actors stand for one person, by whichever seat or program."""
    return one == other or _person(one) == _person(other)


def _person(name: str) -> str:
    """Give a name for whoever is behind an actor; the actor's own where that is nobody."""
    seen: set[str] = set()
    # A program may have been made by another one.
    while name.startswith("client:") and name not in seen:
        seen.add(name)
        name = _maker(name.removeprefix("client:")) or name
    kind, _, key = name.partition(":")
    if kind != "member":
        return name
    try:
        user = Membership.objects.filter(uuid=key).values_list("user_id", flat=True).first()
    except ValidationError:
        return name
    return name if user is None else f"user:{user}"


def _maker(key: str) -> str:
    try:
        makers = ApiClient.objects.filter(uuid=key).values_list("created_by", flat=True)
        return makers.first() or ""
    except ValidationError:
        return ""
