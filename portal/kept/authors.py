"""
Who works in a browser: what is left to know once a session has ended.

A signed cookie names the person who signed in last, and the pages that they were given: each page's
forms carry the secret against forged requests, which is another one after every sign-in. So a form
tells whose it is, and no form that another site has made up is taken for anybody's.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.middleware import csrf
from django.utils.crypto import salted_hmac

COOKIE = "author"
_SALT = "portal.kept.authors"
SIGN_INS = 5
"""So many sign-ins back a form is still known."""
_TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of a field


@dataclass(frozen=True)
class Author:
    """
    A person at this browser.

    :param uuid: theirs
    :param marks: of the secrets that their pages carry, the newest last
    """

    uuid: str
    marks: tuple[str, ...]


def of_form(request: HttpRequest) -> str:
    """Give the uuid of whoever was given the form that was sent, or "" where that is unknown."""
    author, mark = _named(request), _mark_of_form(request)
    return author.uuid if author and mark in author.marks else ""


def note(request: HttpRequest, response: HttpResponse) -> None:
    """Remember the person who is signed in, and which secret their pages carry."""
    secret = request.META.get("CSRF_COOKIE")
    if not request.user.is_authenticated or not secret:
        return
    author, uuid, mark = _named(request), request.user.uuid.hex, _mark(secret)
    known = author.marks if author and author.uuid == uuid else ()
    if mark in known:
        return
    value = signing.dumps([uuid, [*known, mark][-SIGN_INS:]], salt=_SALT)
    # Gone with the browser, as the session is.
    response.set_cookie(
        COOKIE, value, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )


def forget(response: HttpResponse) -> None:
    """Know nobody any more: the person has signed out."""
    response.delete_cookie(COOKIE, samesite="Lax")


def _named(request: HttpRequest) -> Author | None:
    try:
        uuid, marks = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT)
    except signing.BadSignature:
        return None
    return Author(uuid, tuple(marks))


def _mark_of_form(request: HttpRequest) -> str:
    sent = request.POST.get(_TOKEN) or request.headers.get("X-CSRFToken", "")
    if not sent.isascii() or not sent.isalnum():
        return ""
    if len(sent) == csrf.CSRF_TOKEN_LENGTH:
        # What Django compares itself; there is no public name for it (5.2).
        sent = csrf._unmask_cipher_token(sent)  # type: ignore[attr-defined]
    return _mark(sent)


def _mark(secret: str) -> str:
    return salted_hmac(_SALT, secret, algorithm="sha256").hexdigest()[:20]
