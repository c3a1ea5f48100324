"""Programs are let in and locked out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from accounts import events, journal
from accounts.actors import Actor, Client
from accounts.models import ApiClient, Organization
from accounts.permissions import Permission, scopes_for
from accounts.roles import rights_in_full
from accounts.tokens import Token, new_secret, new_token
from accounts.wording import one_line
from accounts.work import acting
from lib.refusals import UnableTo

LONGEST_NAME = 80
LONGEST_OVERLAP = timedelta(days=7)
"""So long at most the former secret goes on working beside a new one."""
OVERLAP = timedelta(days=1)


class UnableToIssue(UnableTo):
    """Something about the program to be let in does not fit."""

    code = "cannot_issue"


class IssuedAlready(UnableToIssue):
    """The same wish was sent before, and fulfilled."""

    conflict = True


class UnableToRenew(UnableTo):
    """The secret cannot be renewed by this actor, or not like this."""

    code = "cannot_renew"


class NotAsItWas(UnableToRenew):
    """The program was locked out, or its secret renewed, meanwhile."""

    conflict = True


class UnableToRevoke(UnableTo):
    """The program is locked out already."""

    code = "cannot_revoke"
    conflict = True


def issue(
    *,
    organization: Organization,
    name: str,
    scopes: Iterable[str],
    actor: Actor,
    now: datetime,
    expires_at: datetime | None = None,
    key: UUID | None = None,
) -> tuple[ApiClient, str]:
    """
    Let a program in; its token is given here, once.

    :param scopes: names of permissions, none beyond those of the actor
    :param key: the public id it gets; the same wish sent twice lets one program in
    :raises UnableToIssue: naming the field that must change
    :raises IssuedAlready: if there is a program with that key
    """
    tidy = one_line(name, longest=LONGEST_NAME)
    if tidy is None:
        raise UnableToIssue(f"Give a name of 1 to {LONGEST_NAME} characters.", field="name")
    if expires_at is not None and expires_at <= now:
        raise UnableToIssue("Give an expiry in the future, or none.", field="expires_at")
    _check_end(expires_at, actor)
    if actor.reach is not None and not actor.reach.reaches(organization):
        raise UnableToIssue(
            "There is no such organization; choose your own or one below it.", field="organization"
        )
    wanted = _scopes(scopes, organization, actor)
    token = new_token()
    with acting(actor):
        client = _stored(
            uuid=key or uuid4(),
            organization=organization,
            name=tidy,
            prefix=token.prefix,
            secret_hash=token.secret_hash,
            scopes=sorted(wanted),
            created_at=now,
            created_by=actor.name,
            expires_at=expires_at,
        )
        after = {"name": tidy, "scopes": client.scopes}
        _record(actor, events.CLIENT_ISSUED, client, after, now)
    return client, token.text


def renew(*, client: ApiClient, actor: Actor, now: datetime, overlap: timedelta = OVERLAP) -> str:
    """
    Give a program a new secret; the token is given here, once.

    :param overlap: so long the secret it had goes on working; one that was former already does not
    :raises UnableToRenew: if the actor may less than the program, or it has expired
    :raises NotAsItWas: if it was locked out or renewed since it was read
    """
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise UnableToRenew(
            f"Let the former secret work for at most {LONGEST_OVERLAP.days} days.", field="overlap"
        )
    if client.expires_at is not None and client.expires_at <= now:
        raise UnableToRenew("This program has expired. Let a new one in instead.")
    _check_may_hold(client, actor)
    token = Token(client.prefix, new_secret())
    former_until = now + overlap if overlap else None
    with acting(actor):
        as_read = ApiClient.objects.filter(
            pk=client.pk, revoked_at__isnull=True, secret_hash=client.secret_hash
        )
        changed = {
            "secret_hash": token.secret_hash,
            "former_hash": client.secret_hash if overlap else "",
            "former_until": former_until,
            "renewed_at": now,
        }
        if not as_read.update(**changed):
            raise NotAsItWas(
                "This program was locked out, or its secret renewed, a moment ago. Look again."
            )
        client.refresh_from_db()
        after = {
            "name": client.name,
            "former_until": former_until.isoformat() if former_until else None,
        }
        _record(actor, events.CLIENT_RENEWED, client, after, now)
    return token.text


def revoke(*, client: ApiClient, actor: Actor, now: datetime) -> None:
    """
    Lock a program out, from its next request on.

    :raises UnableToRevoke: if it is locked out already
    """
    with acting(actor):
        let_in = ApiClient.objects.filter(pk=client.pk, revoked_at__isnull=True)
        if not let_in.update(revoked_at=now):
            raise UnableToRevoke("This program is locked out already.")
        client.revoked_at = now
        _record(actor, events.CLIENT_REVOKED, client, {"name": client.name}, now)


def _stored(**fields: object) -> ApiClient:
    try:
        with transaction.atomic():
            return ApiClient.objects.create(**fields)
    except IntegrityError:
        raise IssuedAlready("This program was let in already.") from None


def _check_may_hold(client: ApiClient, actor: Actor) -> None:
    """Refuse whoever would get more with the secret than they have."""
    if actor.reach is not None and not actor.reach.reaches(client.organization):
        raise UnableToRenew("There is no such program in your organization or below it.")
    rights = scopes_for(client.scopes, client.organization.kind)
    if beyond := rights - rights_in_full(actor):
        raise UnableToRenew(
            f"This program may what you may not: {', '.join(sorted(beyond))}. Ask an owner."
        )
    end = actor.client.expires_at if isinstance(actor, Client) else None
    if end is not None and (client.expires_at is None or client.expires_at > end):
        raise UnableToRenew("This program outlives the one that wants to renew it.")


def _check_end(expires_at: datetime | None, actor: Actor) -> None:
    """Refuse what would let a program go on beyond its own end."""
    end = actor.client.expires_at if isinstance(actor, Client) else None
    if end is not None and (expires_at is None or expires_at > end):
        raise UnableToIssue(
            f"Give an expiry no later than this program's own, {end:%Y-%m-%d %H:%M} UTC.",
            field="expires_at",
        )


def _scopes(
    scopes: Iterable[str], organization: Organization, actor: Actor
) -> frozenset[Permission]:
    asked = {str(scope) for scope in scopes}
    possible = scopes_for(asked, organization.kind)
    unfit = asked - possible
    if unfit or not asked:
        named = f" Not possible: {', '.join(sorted(unfit))}." if unfit else ""
        raise UnableToIssue(
            f"Choose at least one scope that a {organization.kind.lower()} can have.{named}",
            field="scopes",
        )
    if beyond := possible - actor.permissions:
        raise UnableToIssue(
            f"You cannot give rights that you do not have: {', '.join(sorted(beyond))}.",
            field="scopes",
        )
    return possible


def _record(
    actor: Actor,
    event_type: journal.EventType,
    client: ApiClient,
    after: Mapping[str, object],
    now: datetime,
) -> None:
    journal.record(
        actor,
        event_type,
        now=now,
        subject=f"accounts.api-client:{client.uuid}",
        organization=client.organization,
        after=after,
    )
