"""Secrets of API clients: each is shown in the one answer that made it, and nowhere else."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_GET, require_POST

from accounts import events
from accounts.models import ApiClient, Organization
from accounts.permissions import Permission
from accounts.workflows import api_clients as workflows
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.templatetags.words import moment_in_words
from portal.web.answers import status_of
from portal.web.api_clients import subject, visible
from portal.web.forms.api_clients import ApiClientForm, RenewForm
from portal.web.seen import Part, token, unchanged
from portal.web.timeline import events_of

P = Permission


@require_GET
@requires(P.MANAGE_API_CLIENTS)
def new(request: PortalRequest, organization: UUID) -> HttpResponse:
    """Ask what the program is, and what it may do."""
    found = _organization(request, organization)
    return _ask(request, found, ApiClientForm(actor=request.actor, organization=found))


@require_POST
@requires(P.MANAGE_API_CLIENTS)
def issue(request: PortalRequest, organization: UUID) -> HttpResponse:
    """Let a program in, and show its secret in this one answer."""
    found = _organization(request, organization)
    form = ApiClientForm(request.POST, actor=request.actor, organization=found)
    if not form.is_valid():
        return _ask(request, found, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    now = timezone.now()
    try:
        client, secret = workflows.issue(
            organization=found,
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            expires_at=form.expires_at(now),
            key=form.cleaned_data["key"],
            actor=request.actor,
            now=now,
        )
    except workflows.IssuedAlready:
        # A reload or a second click; a key that is nobody's we may know of leads to a 404.
        messages.info(
            request,
            "This program was let in already. Its secret is shown once; renew it if you have lost "
            "it.",
        )
        return redirect("api_client", client=form.cleaned_data["key"])
    except UnableTo as refusal:
        form.refuse(refusal)
        return _ask(request, found, form, status=status_of(refusal))
    return _secret(request, client, secret)


@require_GET
@requires(P.MANAGE_API_CLIENTS)
def ask_renew(request: PortalRequest, client: UUID) -> HttpResponse:
    """Say what another secret means before there is one."""
    return _ask_renew(request, visible(request, client), RenewForm())


@require_POST
@requires(P.MANAGE_API_CLIENTS)
def renew(request: PortalRequest, client: UUID) -> HttpResponse:
    """Give a program another secret, and show it in this one answer."""
    found = visible(request, client)
    form = RenewForm(request.POST)
    if not form.is_valid():
        return _ask_renew(request, found, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        with unchanged(request, found, _parts, happened=events_of(subject(found), request.actor)):
            secret = workflows.renew(
                client=found,
                overlap=timedelta(hours=form.cleaned_data["overlap"]),
                actor=request.actor,
                now=timezone.now(),
            )
    except UnableTo as refusal:
        form.refuse(refusal)
        return _ask_renew(request, visible(request, client), form, status=status_of(refusal))
    return _secret(request, found, secret)


def _secret(request: PortalRequest, client: ApiClient, secret: str) -> HttpResponse:
    context = {"client": client, "secret": secret, "public_url": settings.PUBLIC_URL}
    response = render(request, "api_clients/secret.html", context, status=HTTPStatus.CREATED)
    # Not even the browser's own history keeps it.
    add_never_cache_headers(response)
    return response


def _ask(
    request: PortalRequest,
    organization: Organization,
    form: ApiClientForm,
    *,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    context = {"organization": organization, "form": form}
    return render(request, "api_clients/new.html", context, status=status)


def _ask_renew(
    request: PortalRequest, client: ApiClient, form: RenewForm, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    form.seen = token(_parts(client))
    context = {
        "title": f"Renew the secret of {client.name}?",
        "consequences": [
            "It gets a new secret, which is shown once, on the next page.",
            "Put the new one into the program before the one it has now ends.",
            "What it may do, and until when it is let in, stays.",
        ],
        "form": form,
        "action": reverse("renew_api_client", args=[client.uuid]),
        "verb": "Renew the secret",
        "back": reverse("api_client", args=[client.uuid]),
    }
    return render(request, "confirm.html", context, status=status)


def _parts(client: ApiClient) -> list[Part]:
    renewed = client.renewed_at
    says = f"Its secret was renewed on {moment_in_words(renewed)}." if renewed else ""
    value = renewed.isoformat() if renewed else ""
    return [Part("secret", value, says, (events.CLIENT_RENEWED,))]


def _organization(request: PortalRequest, uuid: UUID) -> Organization:
    return get_object_or_404(Organization.objects.visible_to(request.actor), uuid=uuid)
