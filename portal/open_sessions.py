"""Where a person is signed in, and how they sign out there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY, update_session_auth_hash
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from accounts import events
from accounts.models import User
from accounts.workflows.memberships import end_sessions
from portal import session_age, sign_in_journal, user_agents

MOST = 50
"""Sessions that are looked at; more than anybody tells apart."""


@dataclass(frozen=True)
class OpenSession:
    """
    One browser in which a person is signed in.

    :param pk: names it in forms; the key of the session is a secret and stays here
    """

    pk: int
    browser: str
    address: str
    began_at: datetime
    seen_at: datetime
    is_this: bool


def of(user: User, *, here: str | None, now: datetime) -> list[OpenSession]:
    """
    Give the sessions of a person that would still let them in, the newest first.

    :param here: the key of the session that asks
    """
    rows = list(UserSession.objects.filter(user=user).order_by("-created_at", "-pk")[:MOST])
    keys = [row.session_key for row in rows]
    stored = {
        kept.session_key: kept.get_decoded()
        for kept in Session.objects.filter(session_key__in=keys, expire_date__gt=now)
    }
    digest, at = user.get_session_auth_hash(), int(now.timestamp())
    return [
        OpenSession(
            pk=row.pk,
            browser=user_agents.in_words(row.user_agent),
            address=row.ip,
            began_at=row.created_at,
            seen_at=datetime.fromtimestamp(data.get(session_age.SEEN, 0), UTC),
            is_this=row.session_key == here,
        )
        for row in rows
        if (data := stored.get(row.session_key)) is not None
        and constant_time_compare(data.get(HASH_SESSION_KEY, ""), digest)
        and not session_age.is_over(data, at)
    ]


def end_one(user: User, pk: int) -> None:
    """Sign a person out in one browser; nothing happens where they are signed out already."""
    with transaction.atomic():
        for row in UserSession.objects.filter(user=user, pk=pk):
            row.end()
            browser = user_agents.in_words(row.user_agent)
            sign_in_journal.write(user, events.SESSION_ENDED, after={"browser": browser})


def end_others(request: HttpRequest, user: User) -> None:
    """Sign a person out everywhere but here, also where no row tells of it."""
    with transaction.atomic():
        end_sessions(user.pk)
        sign_in_journal.write(user, events.SESSIONS_ENDED)
    UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key).delete()
    user.refresh_from_db(fields=["session_epoch"])
    gone = request.session.session_key
    update_session_auth_hash(request, user)
    UserSession.objects.filter(user=user, session_key=gone).update(
        session_key=request.session.session_key
    )
