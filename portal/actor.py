"""From a request to the actor who made it, and the rights that guard an endpoint."""

from __future__ import annotations

import functools
import re
import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from accounts.actors import Actor, Member, member_actor
from accounts.models import Membership, Organization, OrganizationStatus
from accounts.people import seats_of
from accounts.permissions import WHILE_SUSPENDED, Permission
from lib.refusals import UnableTo
from portal.kept import forms

ACT_FOR = "X-Act-For"
REQUEST_ID = "X-Request-Id"
SESSION_ACTING_FOR = "acting_for"
SESSION_SEAT = "seat"
"""The seat that a person with several has chosen, by its public id."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

P = ParamSpec("P")


class PortalRequest(HttpRequest):
    """A request behind `requires` or `signed_in`: its actor is known."""

    actor: Actor
    request_id: str
    htmx: HtmxDetails


class NotSignedIn(PermissionDenied):
    """Nobody is known to have made the request."""


class BadHeader(PermissionDenied):
    """A header names something that cannot be used."""

    def __init__(self, message: str, *, header: str, status: int = HTTPStatus.FORBIDDEN) -> None:
        super().__init__(message)
        self.header = header
        self.status = status


class RequestIds:
    """
    Give every request an id and tell it in the answer.

    The actor itself is worked out by `requires`, so that pages without a guard cost no query.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request with its id in a header."""
        response = self.get_response(request)
        response[REQUEST_ID] = request_id_of(request)
        return response


def request_id_of(request: Any) -> str:
    """Give the id of a request: the caller's own where it is well formed, else a new one."""
    plain = _plain(request)
    known = getattr(plain, "request_id", "")
    if not known:
        sent = plain.headers.get(REQUEST_ID, "")
        known = sent if _REQUEST_ID.fullmatch(sent) else uuid.uuid4().hex
        cast(PortalRequest, plain).request_id = known
    return known


def actor_of(request: Any) -> Actor | None:
    """Give the actor of a request, or None if nobody is signed in."""
    plain = _plain(request)
    known: Actor | None = getattr(plain, "actor", None)
    return known or from_session(plain)


def from_session(request: HttpRequest) -> Actor | None:
    """Work out the actor of a signed-in person and keep it on the request."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    membership = _taken_seat(request, user.pk)
    if membership is None:
        return None
    actor: Actor = member_actor(membership, request_id=request_id_of(request))
    if actor.standing == OrganizationStatus.CLOSED:
        return None
    if request.headers.get(ACT_FOR):
        return keep(request, on_behalf(actor, request.headers[ACT_FOR]))
    try:
        seated = on_behalf(actor, request.session.get(SESSION_ACTING_FOR, ""))
    except BadHeader:
        # What was allowed when the session began may have ended since: back to one's own seat.
        del request.session[SESSION_ACTING_FOR]
        seated = actor
    return keep(request, seated)


def _taken_seat(request: HttpRequest, user_id: int) -> Membership | None:
    """Give the seat that the person chose, or their first; None if the chosen one has ended."""
    chosen = request.session.get(SESSION_SEAT, "")
    seat = seats_of(user_id, first=uuid.UUID(chosen) if chosen else None).first()
    if seat is None or not chosen or str(seat.uuid) == chosen:
        return seat
    # What was sent in that seat must not happen in another: they are told, and go on from there.
    del request.session[SESSION_SEAT]
    request.session.pop(SESSION_ACTING_FOR, None)
    return None


def keep(request: HttpRequest, actor: Actor) -> Actor:
    """Remember the actor for the rest of the request."""
    cast(PortalRequest, request).actor = actor
    return actor


def on_behalf(actor: Actor, target: str) -> Actor:
    """
    Let the actor act for the organization with this public id; "" means their own.

    :raises BadHeader: if the id is malformed, unknown or not below the actor's own organization
    """
    if not target:
        return actor
    try:
        wanted = uuid.UUID(target)
    except ValueError:
        message = f"{ACT_FOR} must be the id (a UUID) of an organization below your own."
        raise BadHeader(message, header=ACT_FOR, status=HTTPStatus.BAD_REQUEST) from None
    organization = Organization.objects.visible_to(actor).filter(uuid=wanted).first()
    # One sentence for "unknown" and "not yours": the header must not tell strangers who exists.
    message = f"{ACT_FOR} must name an organization below your own that you may act for."
    if organization is None:
        raise BadHeader(message, header=ACT_FOR)
    try:
        return actor.on_behalf_of(organization)
    except UnableTo:
        raise BadHeader(message, header=ACT_FOR) from None


def at_home(actor: Actor) -> Actor:
    """Give a member in their own seat, whomever they act for at the moment."""
    if isinstance(actor, Member):
        return member_actor(actor.membership, actor.request_id)
    return actor


def requires(
    permission: Permission | None, *, seated_at_home: bool = False
) -> Callable[[Callable[P, HttpResponseBase]], Callable[P, HttpResponseBase]]:
    """
    Guard a page or an API handler: anonymous visitors sign in first, others need the permission.

    The permission stays readable as `required_permission`; the table of endpoints is held
    against it. None lets in everyone who is signed in.

    :param seated_at_home: ask for the right in the member's own seat, also while they act for
        somebody else
    """

    def mark(handler: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
        @functools.wraps(handler)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            is_page = isinstance(args[0], HttpRequest)
            request = args[0] if is_page else args[1]
            actor = actor_of(request)
            if actor is None and is_page:
                return _without_seat(_plain(request))
            if actor is None:
                raise NotSignedIn
            if is_page and actor.reach is not None:
                # Until the middleware ReadersZone ends it; the API tells every time in UTC.
                timezone.activate(actor.reach.time_zone)
            asked = at_home(actor) if seated_at_home else actor
            if permission is not None and not asked.may(permission):
                raise PermissionDenied(_why_not(asked, permission))
            return handler(*args, **kwargs)

        guarded.required_permission = permission  # type: ignore[attr-defined]
        return guarded

    return mark


signed_in = requires(None)


def _why_not(actor: Actor, permission: Permission) -> str:
    if actor.standing == OrganizationStatus.SUSPENDED and permission not in WHILE_SUSPENDED:
        return (
            "Your organization, or one above it, is suspended: you can look, but change nothing. "
            "Ask whoever sells to you to let it go on."
        )
    return f"Your role does not include the right {permission}."


def _without_seat(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        # Signing in again would lead back here, round and round.
        # One who had chosen a seat that ended since may have another, and goes on there.
        context = {"elsewhere": actor_of(request)}
        return render(request, "no_seat.html", context, status=HTTPStatus.FORBIDDEN)
    return to_sign_in(request)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to the sign-in page and from there back; keep what was sent and now goes nowhere."""
    wanted = request.get_full_path()
    if request.method != "GET" or cast(PortalRequest, request).htmx:
        kept = forms.keep(request)
        wanted = kept.address if kept else forms.page_of(request) or reverse("home")
    return led(request, redirect_to_login(wanted)["Location"])


def led(request: HttpRequest, address: str) -> HttpResponse:
    """Lead the whole page somewhere, also where only a part of it was asked for."""
    if cast(PortalRequest, request).htmx:
        return HttpResponseClientRedirect(address)
    return redirect(address)


def _plain(request: Any) -> HttpRequest:
    # The REST framework wraps the request; what is kept must be found from either.
    return cast(HttpRequest, getattr(request, "_request", request))


def known_actor(request: Any) -> Actor:
    """
    Give the actor of a request behind `requires`.

    :raises NotSignedIn: if nobody is signed in
    """
    actor = actor_of(request)
    if actor is None:
        raise NotSignedIn
    return actor
