"""Signing in by another issuer's word: out to it, back from it, and every way it can fail."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.core import ratelimit
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods
from requests import RequestException

from accounts.workflows import linking
from portal import oidc
from portal.actor import request_id_of

AWAY = "{name} does not answer at the moment. Try again in a minute, or sign in with your password."
DOUBTFUL = (
    "What {name} answered could not be checked, so nobody was signed in. Try again; if that does "
    "not help, sign in with your password and tell whoever runs the portal."
)
NOT_BEGUN = (
    "This sign-in took longer than ten minutes, or was begun in another browser. Begin anew."
)
REFUSED = "{name} did not let you in. Try again, or sign in with your password."
NOT_VERIFIED = (
    "{name} does not say that your e-mail address is verified, so it proves nothing here. Have it "
    "verified there, or sign in with your password."
)

log = logging.getLogger(__name__)


class IssuerAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Lets in who has an account here already, and tells everybody else why not."""

    def list_providers(self, request: HttpRequest) -> list[oidc.IssuerProvider]:
        """Give the issuer, if the settings name one."""
        return [oidc.provider(request)] if settings.SINGLE_SIGN_ON else []

    def get_provider(
        self, request: HttpRequest | None, provider: str = "", client_id: str | None = None
    ) -> oidc.IssuerProvider:
        """Give the issuer, whatever it is asked for by."""
        return oidc.provider(request)

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find the person, or refuse."""
        # It has served; while a second factor is asked for, the session would keep it.
        sociallogin.token = None
        name = oidc.issuer().name
        email = next((one.email for one in sociallogin.email_addresses if one.verified), None)
        if email is None:
            raise ImmediateHttpResponse(_refused(request, NOT_VERIFIED))
        try:
            linked = linking.link(
                account=sociallogin.account,
                email=email,
                name=name,
                now=timezone.now(),
                request_id=request_id_of(request),
            )
        except linking.UnableToLink as refusal:
            raise ImmediateHttpResponse(_refused(request, str(refusal))) from None
        linked.account.extra_data = sociallogin.account.extra_data
        sociallogin.account, sociallogin.user = linked.account, linked.user
        if linked.is_new:
            self.send_notification_mail("single_sign_on/email/linked", linked.user, {"name": name})

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: oidc.IssuerProvider,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Say what went wrong between the browser, the issuer and us."""
        if exception is not None:
            page = _failed(request, exception)
        elif "state_id" in (extra_context or {}):
            page = _refused(request, NOT_BEGUN, HTTPStatus.BAD_REQUEST)
        else:
            if error != AuthError.CANCELLED:
                log.warning("The issuer refused a sign-in: %r", request.GET.get("error", "")[:80])
            page = _refused(request, REFUSED)
        raise ImmediateHttpResponse(page)


@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """
    Lead to the issuer.

    By a page that goes on by itself, since the policy for content lets no form lead elsewhere.
    """
    issuer = _issuer(request)
    if request.method == "GET":
        return redirect("account_login")
    too_often: HttpResponse | None = ratelimit.consume_or_429(request, action="login")
    if too_often:
        return too_often
    try:
        answer: HttpResponse = issuer.redirect(
            request, AuthProcess.LOGIN, next_url=get_next_redirect_url(request)
        )
    except (RequestException, OAuth2Error) as trouble:
        return _failed(request, trouble)
    if not isinstance(answer, HttpResponseRedirect):
        return answer
    return render(request, "single_sign_on/leave.html", {"name": issuer.name, "to": answer.url})


@require_GET
def come_back(request: HttpRequest) -> HttpResponse:
    """Take what the issuer sent the browser back with."""
    issuer = _issuer(request)
    view = OAuth2CallbackView.adapter_view(issuer.get_oauth2_adapter(request))
    try:
        answer: HttpResponse = view(request)
    except (RequestException, OAuth2Error) as trouble:
        # The library looks the issuer's addresses up before it begins to mind failures.
        return _failed(request, trouble)
    return answer


def _issuer(request: HttpRequest) -> oidc.IssuerProvider:
    try:
        return oidc.provider(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None


def _failed(request: HttpRequest, trouble: Exception) -> HttpResponse:
    # The library puts whole answers into its errors: only our own are fit for a log.
    known = isinstance(trouble, oidc.Untrustworthy)
    log.warning("Sign-in by the issuer failed: %s", trouble if known else type(trouble).__name__)
    if isinstance(trouble, OAuth2Error):
        return _refused(request, DOUBTFUL, HTTPStatus.BAD_GATEWAY)
    return _refused(request, AWAY, HTTPStatus.SERVICE_UNAVAILABLE)


def _refused(
    request: HttpRequest, sentence: str, status: int = HTTPStatus.FORBIDDEN
) -> HttpResponse:
    name = oidc.issuer().name
    context = {"name": name, "sentence": sentence.replace("{name}", name)}
    return render(request, "single_sign_on/refused.html", context, status=status)
