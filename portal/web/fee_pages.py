"""Entering what a carrier asks besides the price of a number, on the page of its account."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.permissions import Permission
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.web.answers import status_of
from portal.web.carrier_page import page, visible
from portal.web.forms.fees import FeeForm
from portal.web.undo import done
from trunks.workflows import fees


@require_POST
@requires(Permission.MANAGE_CARRIERS)
def enter(request: PortalRequest, account: UUID) -> HttpResponse:
    """Enter a fee; one of the same kind and day is corrected by it."""
    found = visible(request, account)
    form = FeeForm(request.POST)
    if not form.is_valid():
        return page(request, found, fee=form, status=422)
    fee = form.fee
    try:
        fees.enter(
            account=found,
            fee=fee,
            valid_from=form.cleaned_data["valid_from"],
            actor=request.actor,
            now=timezone.now(),
        )
    except UnableTo as refusal:
        form.refuse(refusal)
        return page(request, visible(request, account), fee=form, status=status_of(refusal))
    done(request, f"{found.name} asks {fees.in_words(fee)} for {fee.name}.", None)
    return redirect("carrier_account", account=account)
