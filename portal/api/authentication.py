"""Who calls the API: programs by bearer token, people by their session."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied, Throttled
from rest_framework.request import Request

from accounts import mfa
from accounts.actors import client_actor
from accounts.clients import authenticate
from accounts.models import ApiClient, OrganizationStatus, User
from portal.actor import ACT_FOR, from_session, keep, on_behalf, request_id_of
from portal.tally import Tally

WRONG_TOKENS = Tally("wrong-tokens", window_seconds=60)
WRONG_TOKENS_ALLOWED = 30
REALM = 'Bearer realm="api"'
REFUSED = (
    "The token is unknown, expired or revoked. Send “Authorization: Bearer <prefix>.<secret>”."
)


class BearerAuthentication(BaseAuthentication):
    """Recognizes an API client by its token; guessing is slowed down per address."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, ApiClient] | None:
        """
        Give the client, or None if the request carries no bearer token.

        :raises AuthenticationFailed: if the token is not valid
        :raises Throttled: once an address has sent too many wrong ones within a minute
        """
        scheme, _, token = request.headers.get("Authorization", "").strip().partition(" ")
        if scheme.lower() != "bearer":
            return None
        client = authenticate(token.strip(), timezone.now())
        if client is None:
            # Only wrong tokens are slowed down: behind a proxy, everybody has one address.
            if WRONG_TOKENS.add(str(request.META.get("REMOTE_ADDR", ""))) > WRONG_TOKENS_ALLOWED:
                raise Throttled(wait=WRONG_TOKENS.window_seconds)
            raise AuthenticationFailed(REFUSED)
        plain: HttpRequest = request._request
        actor = client_actor(client, request_id=request_id_of(plain))
        if actor.standing == OrganizationStatus.CLOSED:
            raise AuthenticationFailed(REFUSED)
        keep(plain, on_behalf(actor, plain.headers.get(ACT_FOR, "")))
        return AnonymousUser(), client

    def authenticate_header(self, request: Request) -> str:
        """Make anonymous requests a 401 instead of a 403."""
        return REALM


class MemberAuthentication(SessionAuthentication):
    """Recognizes a signed-in person; writes need the CSRF token as in every page."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        """
        Give the person, or None if nobody with a membership is signed in.

        :raises PermissionDenied: while a second factor is owed
        """
        found = super().authenticate(request)
        if found is None or from_session(request._request) is None:
            return None
        if mfa.must_enrol(found[0]):
            raise PermissionDenied("Set up your second factor on the pages first.")
        return found[0], None
