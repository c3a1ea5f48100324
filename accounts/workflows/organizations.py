"""Dealers and tenants come in, are halted and go on."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from accounts import events, journal, limits, tree
from accounts.actors import Actor
from accounts.models import Kind, Organization, OrganizationStatus
from accounts.particulars import UnableToCreate, checked
from accounts.states import ORGANIZATION_EDGES
from accounts.work import acting
from lib.refusals import UnableTo

__all__ = ["UnableToCreate", "UnableToHalt", "create", "resume", "suspend"]


class UnableToHalt(UnableTo):
    """The organization is not below the one that wants to halt it or let it go on."""

    code = "cannot_halt"


def create(
    *,
    kind: Kind,
    parent: Organization | None,
    name: str,
    country: str,
    currency: str,
    time_zone: str,
    actor: Actor,
    now: datetime,
    number_limit: int | None = None,
    tenant_limit: int | None = None,
    slug: str = "",
) -> Organization:
    """
    Create an organization; the provider, once, by the portal itself and without a parent.

    :param country: ISO 3166 alpha-2
    :param currency: ISO 4217
    :param time_zone: IANA name
    :param slug: made from the name when empty
    :raises UnableToCreate: naming the field that must change
    :raises UnableToTake: if the tenant limit of a dealer above is reached
    """
    particulars = checked(
        name=name,
        country=country,
        currency=currency,
        time_zone=time_zone,
        number_limit=number_limit,
        tenant_limit=tenant_limit,
    )
    with acting(actor):
        above = _open_parent(kind, parent, actor)
        organization = _plant(
            kind=kind, parent=above, slug=_slug(slug, particulars.name, above), **vars(particulars)
        )
        if kind == Kind.TENANT:
            limits.take_tenant(organization)
        journal.record(
            actor,
            events.CREATED,
            now=now,
            subject=_subject(organization),
            organization=organization,
            after={"kind": kind, **vars(particulars)},
        )
    return organization


def suspend(*, organization: Organization, reason: str, actor: Actor, now: datetime) -> None:
    """
    Halt an organization; the status alone moves here.

    :raises UnableToHalt: if it is not below the actor's own
    :raises UnableToMove: if it is not active
    """
    _move(organization, OrganizationStatus.SUSPENDED, events.SUSPENDED, reason, actor, now)


def resume(*, organization: Organization, reason: str = "", actor: Actor, now: datetime) -> None:
    """
    Let a suspended organization go on.

    :raises UnableToHalt: if it is not below the actor's own
    :raises UnableToMove: if it is not suspended
    """
    _move(organization, OrganizationStatus.ACTIVE, events.RESUMED, reason, actor, now)


def _move(
    organization: Organization,
    to: OrganizationStatus,
    event_type: journal.EventType,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    if actor.reach is not None and not organization.is_below(actor.reach):
        raise UnableToHalt("Only an organization above can suspend this one or let it go on.")
    before = organization.status
    with acting(actor):
        ORGANIZATION_EDGES.move(organization, to=to, now=now)
        journal.record(
            actor,
            event_type,
            now=now,
            subject=_subject(organization),
            organization=organization,
            before={"status": before},
            after={"status": to},
            reason=reason,
        )


def _open_parent(kind: Kind, parent: Organization | None, actor: Actor) -> Organization | None:
    if kind == Kind.PROVIDER:
        if parent is not None or actor.reach is not None:
            raise UnableToCreate("The provider is set up with the portal, once.", field="kind")
        return None
    if parent is None:
        raise UnableToCreate("Name the organization above the new one.", field="parent")
    # Locked, so that the parent cannot be suspended between this look and the commit.
    above = Organization.objects.visible_to(actor).select_for_update(no_key=True)
    return _fit_parent(above.filter(pk=parent.pk).first())


def _fit_parent(parent: Organization | None) -> Organization:
    if parent is None:
        raise UnableToCreate(
            "There is no such organization; choose your own or one below it.", field="parent"
        )
    if parent.kind == Kind.TENANT:
        raise UnableToCreate(
            f"{parent.name} is a tenant and has nobody below it; choose a dealer.", field="parent"
        )
    if parent.status != OrganizationStatus.ACTIVE:
        raise UnableToCreate(
            f"{parent.name} is {parent.status.lower()}; let it go on first.", field="parent"
        )
    return parent


def _slug(slug: str, name: str, parent: Organization | None) -> str:
    wanted = slug or slugify(name)[:50] or "organization"
    if slug and slugify(slug) != slug:
        raise UnableToCreate(
            "Write the short name in small letters, digits and hyphens.", field="slug"
        )
    beside = Organization.objects.filter(parent=parent, slug__startswith=wanted)
    taken = set(beside.values_list("slug", flat=True))
    if wanted not in taken:
        return wanted
    if slug:
        raise UnableToCreate(f"The short name {slug} is taken; choose another.", field="slug")
    return next(
        candidate
        for number in range(2, len(taken) + 3)
        if (candidate := f"{wanted}-{number}") not in taken
    )


def _plant(*, parent: Organization | None, **fields: object) -> Organization:
    try:
        with transaction.atomic():
            return tree.plant(parent=parent, **fields)
    except IntegrityError as trouble:
        if "organization_one_provider" in str(trouble):
            raise UnableToCreate("There is a provider already.", field="kind") from None
        raise UnableToCreate(
            "The short name was taken a moment ago; choose another.", field="slug"
        ) from None


def _subject(organization: Organization) -> str:
    return f"accounts.organization:{organization.uuid}"
