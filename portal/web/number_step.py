"""One step on a number, as every page of it takes one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from dids.models import PhoneNumber
from lib.refusals import UnableTo
from portal.actor import PortalRequest
from portal.web import number_parts as parts
from portal.web.answers import status_of
from portal.web.number_page import page, visible
from portal.web.seen import FIELD
from portal.web.undo import Undo, done

WayBack = tuple[str, dict[str, str]]
"""The address of the step in the other direction, and what it is sent."""


def take(
    request: PortalRequest,
    number: PhoneNumber,
    step: Callable[[datetime], object],
    *,
    said: str | Callable[[], str],
    watched: Sequence[parts.Maker] = (),
    back: Callable[[], WayBack | None] = lambda: None,
    refuse: Callable[[UnableTo], HttpResponse] | None = None,
    to: str = "number",
) -> HttpResponse:
    """
    Take a step on a number that is as the reader saw it, say so, and offer the way back.

    :param said: what was done; asked after the step where that depends on it
    :param watched: what must be as the form's reader saw it; the way back is guarded by the same
    :param back: is asked after the step
    :param refuse: draws the answer to a refusal; by default the page of the number with it
    :param to: which page of the number comes next
    """
    try:
        with parts.as_seen(request, number, watched):
            step(timezone.now())
    except UnableTo as refusal:
        return refuse(refusal) if refuse else _refused(request, number, refusal)
    fresh = PhoneNumber.objects.visible_to(request.actor).filter(pk=number.pk).first()
    there = back()
    undo = None
    if there:
        address, fields = there
        seen = {FIELD: parts.seen(fresh, request.actor, watched)} if fresh else {}
        undo = Undo(address, {**fields, **seen})
    done(request, said if isinstance(said, str) else said(), undo)
    return redirect(to, e164=number.e164) if fresh else redirect("numbers")


def _refused(request: PortalRequest, number: PhoneNumber, refusal: UnableTo) -> HttpResponse:
    messages.warning(request, str(refusal))
    return page(request, visible(request, number.e164), status=status_of(refusal))
