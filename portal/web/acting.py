"""Acting for an organization below one's own, from the switch in the frame."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.actors import Member, member_actor
from accounts.models import Organization
from accounts.workflows import acting
from lib.refusals import UnableTo
from portal.actor import SESSION_ACTING_FOR, PortalRequest, signed_in


@require_POST
@signed_in
def start(request: PortalRequest, organization: UUID) -> HttpResponse:
    """Act for the organization until stopped."""
    seated = cast(Member, request.actor)
    at_home = member_actor(seated.membership, seated.request_id)
    wanted = get_object_or_404(Organization.objects.visible_to(at_home), uuid=organization)
    try:
        acting.act_for(actor=at_home, organization=wanted, now=timezone.now())
    except UnableTo as refusal:
        messages.warning(request, str(refusal))
    else:
        request.session[SESSION_ACTING_FOR] = str(wanted.uuid)
    return redirect("home")


@require_POST
@signed_in
def stop(request: PortalRequest) -> HttpResponse:
    """Go back to one's own organization."""
    seated = cast(Member, request.actor)
    if request.session.pop(SESSION_ACTING_FOR, "") and seated.acting_for is not None:
        acting.stop(actor=seated, now=timezone.now())
    return redirect("home")
