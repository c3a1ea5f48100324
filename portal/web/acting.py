"""Acting for an organization below one's own, from the switch in the frame."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.actors import Member
from accounts.models import Organization
from accounts.permissions import Permission
from accounts.workflows import acting
from lib.refusals import UnableTo
from portal.actor import SESSION_ACTING_FOR, PortalRequest, at_home, requires, signed_in
from portal.web import home


@require_POST
@requires(Permission.ACT_FOR, seated_at_home=True)
def start(request: PortalRequest, organization: UUID) -> HttpResponse:
    """Act for the organization until stopped."""
    member = cast(Member, at_home(request.actor))
    wanted = get_object_or_404(Organization.objects.visible_to(member), uuid=organization)
    try:
        acting.act_for(actor=member, organization=wanted, now=timezone.now())
    except UnableTo as refusal:
        return home.page(request, refusal=refusal)
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
