"""Acting for an organization below one's own, from the switch in the frame."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.models import Organization
from accounts.permissions import Permission
from accounts.workflows import acting
from portal.actor import SESSION_ACTING_FOR, PortalRequest, requires, signed_in


@require_POST
@requires(Permission.ACT_FOR)
def start(request: PortalRequest, organization: UUID) -> HttpResponse:
    """Act for the organization until stopped."""
    wanted = get_object_or_404(
        Organization.objects.visible_to(request.actor.home()), uuid=organization
    )
    acting.start(organization=wanted, actor=request.actor.home(), now=timezone.now())
    request.session[SESSION_ACTING_FOR] = str(wanted.uuid)
    messages.info(request, f"You are acting for {wanted.name} now.")
    return redirect("home")


@require_POST
@signed_in
def stop(request: PortalRequest) -> HttpResponse:
    """Go back to one's own organization."""
    if request.session.pop(SESSION_ACTING_FOR, ""):
        acting.stop(actor=request.actor, now=timezone.now())
    return redirect("home")
