"""An organization gets another name, another place or other limits."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict

from accounts import events, journal
from accounts.actors import Actor
from accounts.models import Kind, Organization, OrganizationStatus
from accounts.particulars import Particulars, UnableToCreate, checked
from accounts.permissions import TO_CHANGE
from accounts.work import acting
from lib.locks import no_key
from lib.refusals import UnableTo

_TOLD = {
    events.RENAMED: ("name",),
    events.LOCATED: ("country", "time_zone"),
    events.NUMBERS_LIMITED: ("number_limit",),
    events.TENANTS_LIMITED: ("tenant_limit",),
}
"""What is journaled of which fields."""
FIELDS = tuple(field for fields in _TOLD.values() for field in fields)


class UnableToChange(UnableTo):
    """The organization cannot be changed by this actor, or not to this."""

    code = "cannot_change"


class NoLongerThere(UnableToChange):
    """The organization was closed."""

    conflict = True


class Wish(TypedDict, total=False):
    """What shall be another; what is left out stays, and a limit of None is none."""

    name: str
    country: str
    time_zone: str
    number_limit: int | None
    tenant_limit: int | None


def may_change(organization: Organization, actor: Actor) -> bool:
    """Tell whether an actor may change an organization: one below its own, or the provider."""
    return _is_above(organization, actor) and actor.may(TO_CHANGE[Kind(organization.kind)])


def change(*, organization: Organization, wish: Wish, actor: Actor, now: datetime) -> None:
    """
    Change an organization; a limit below what it has takes nothing away.

    :raises UnableToChange: naming the field that must change, or if it is not the actor's to change
    """
    if not _is_above(organization, actor):
        raise UnableToChange("Only an organization above can change this one. Ask it to do that.")
    if not may_change(organization, actor):
        raise UnableToChange(
            f"Changing {organization.name} takes the right {TO_CHANGE[Kind(organization.kind)]}. "
            "Ask an owner of your organization for it."
        )
    with acting(actor):
        # Locked, so that two changes at once are told in the order in which they happen.
        (fresh,) = no_key(Organization.objects.filter(pk=organization.pk))
        if fresh.status == OrganizationStatus.CLOSED:
            raise NoLongerThere(f"{fresh.name} is closed and stays as it is.")
        wanted = _checked(fresh, wish)
        before = {field: getattr(fresh, field) for field in FIELDS}
        changed = {
            field: getattr(wanted, field)
            for field in FIELDS
            if getattr(wanted, field) != before[field]
        }
        if changed:
            Organization.objects.filter(pk=fresh.pk).update(**changed)
        organization.refresh_from_db(fields=FIELDS)
        _record(organization, before, set(changed), actor, now)


def _is_above(organization: Organization, actor: Actor) -> bool:
    """Tell whether the actor looks after it; nobody is above the provider but its own."""
    reach = actor.reach
    if reach is None:
        return True
    return organization.is_below(reach) or (organization.is_provider and organization == reach)


def _checked(organization: Organization, wish: Wish) -> Particulars:
    fields: dict[str, Any] = {field: getattr(organization, field) for field in FIELDS}
    try:
        wanted = checked(**{**fields, **wish, "currency": organization.currency})
    except UnableToCreate as refusal:
        raise UnableToChange(str(refusal), field=refusal.field) from None
    if wanted.number_limit is not None and organization.is_provider:
        raise UnableToChange("The provider's own numbers are not limited.", field="number_limit")
    if wanted.tenant_limit is not None and organization.kind != Kind.DEALER:
        raise UnableToChange("Only dealers have a tenant limit.", field="tenant_limit")
    return wanted


def _record(
    organization: Organization,
    before: dict[str, Any],
    changed: set[str],
    actor: Actor,
    now: datetime,
) -> None:
    for event_type, fields in _TOLD.items():
        if changed.isdisjoint(fields):
            continue
        journal.record(
            actor,
            event_type,
            now=now,
            subject=f"accounts.organization:{organization.uuid}",
            organization=organization,
            before={field: _said(before[field]) for field in fields},
            after={field: _said(getattr(organization, field)) for field in fields},
        )


def _said(value: str | int | None) -> str:
    return "none" if value is None else str(value)
