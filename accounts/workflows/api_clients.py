"""Programs are let in and locked out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from accounts import events, journal
from accounts.actors import Actor, Client
from accounts.models import ApiClient, Organization
from accounts.permissions import Permission, scopes_for
from accounts.tokens import new_token
from accounts.wording import one_line
from accounts.work import acting
from lib.refusals import UnableTo

LONGEST_NAME = 80


class UnableToIssue(UnableTo):
    """Something about the program to be let in does not fit."""

    code = "cannot_issue"


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
) -> tuple[ApiClient, str]:
    """
    Let a program in; its token is given here, once.

    :param scopes: names of permissions, none beyond those of the actor
    :raises UnableToIssue: naming the field that must change
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
        client = ApiClient.objects.create(
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
