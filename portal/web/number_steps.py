"""What a number's holder does with it: where it rings, what it is called, its tags."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.permissions import Permission
from dids import inventory
from dids.models import PhoneNumber
from dids.workflows import assignment, tagging
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.web import number_parts as parts
from portal.web.answers import status_of
from portal.web.forms import PortalForm
from portal.web.forms.destinations import DestinationForm
from portal.web.forms.numbers import LabelForm, TagForm
from portal.web.number_page import WATCHED, page, visible
from portal.web.seen import FIELD
from portal.web.undo import Undo, done

P = Permission
Back = Mapping[str, str]
"""What the same step is sent to undo what it did."""


@require_POST
@requires(P.ASSIGN_NUMBERS)
def assign(request: PortalRequest, e164: str) -> HttpResponse:
    """Point the number at a destination, and write its label."""
    number = visible(request, e164)
    form = DestinationForm(request.POST)
    if not form.is_valid():
        return page(request, number, refused={"destination": form}, status=422)
    there = form.destination

    def point(now: datetime) -> None:
        words = form.cleaned_data["label"]
        if there is not None:
            assignment.assign(
                number=number, destination=there, label=words, actor=request.actor, now=now
            )
            return
        if hasattr(number, "assignment"):
            assignment.unassign(number=number, actor=request.actor, now=now)
        assignment.label(number=number, label=words, actor=request.actor, now=now)

    said = f"{e164} rings at {there} now." if there else f"{e164} rings nowhere now."
    before = {"kind": "", "value": "", **DestinationForm.now(number)}
    return _take(request, number, "destination", point, said, "assign", before, form)


@require_POST
@requires(P.ASSIGN_NUMBERS)
def unassign(request: PortalRequest, e164: str) -> HttpResponse:
    """Let the number point nowhere."""
    number = visible(request, e164)

    def take_off(now: datetime) -> None:
        assignment.unassign(number=number, actor=request.actor, now=now)

    before = DestinationForm.now(number)
    said = f"{e164} rings nowhere now."
    return _take(request, number, "destination", take_off, said, "assign", before)


@require_POST
@requires(P.ASSIGN_NUMBERS)
def label(request: PortalRequest, e164: str) -> HttpResponse:
    """Write the holder's own words on the number."""
    number = visible(request, e164)
    form = LabelForm(request.POST)
    if not form.is_valid():
        return page(request, number, refused={"label": form}, status=422)
    words = form.cleaned_data["label"]

    def write(now: datetime) -> None:
        assignment.label(number=number, label=words, actor=request.actor, now=now)

    said = f"{e164} is called “{words}” now." if words else f"{e164} has no label now."
    return _take(
        request, number, "label", write, said, "label_number", {"label": number.label}, form
    )


@require_POST
@requires(P.ASSIGN_NUMBERS)
def tag(request: PortalRequest, e164: str) -> HttpResponse:
    """Put words of one's own organization on the number, or take some off."""
    number = visible(request, e164)
    form = TagForm(request.POST)
    if not form.is_valid():
        return page(request, number, refused={"tag": form}, status=422)
    before, on = _tags(request, number), form.cleaned_data["add"]

    def put(now: datetime) -> None:
        off = form.cleaned_data["remove"]
        tagging.tag(numbers=[number], add=on, remove=off, actor=request.actor, now=now)

    said = f"Tagged with {', '.join(on)}." if on else "The tag is off."

    def back() -> Back:
        after = _tags(request, number)
        lost, won = ",".join(sorted(before - after)), ",".join(sorted(after - before))
        return {"add": lost, "remove": won} if lost or won else {}

    return _take(request, number, "tag", put, said, "tag_number", back, form)


def _tags(request: PortalRequest, number: PhoneNumber) -> set[str]:
    own = request.actor.reach
    return set(inventory.tags(own, [number]).get(number.pk, [])) if own else set()


def _take(
    request: PortalRequest,
    number: PhoneNumber,
    name: str,
    step: Callable[[datetime], object],
    said: str,
    way_back: str,
    back: Back | Callable[[], Back],
    form: PortalForm | None = None,
) -> HttpResponse:
    """Take a step on a number that is as the reader saw it, and offer the way back."""
    try:
        with parts.as_seen(request, number, WATCHED[name]):
            step(timezone.now())
    except UnableTo as refusal:
        if form is None:
            messages.warning(request, str(refusal))
        else:
            form.refuse(refusal)
        refused: dict[str, Any] = {name: form} if form else {}
        number = visible(request, number.e164)
        return page(request, number, refused=refused, status=status_of(refusal))
    fields = back() if callable(back) else back
    there = reverse(way_back, args=[number.e164])
    undo = Undo(there, {**fields, FIELD: _now(request, number, name)}) if fields else None
    done(request, said, undo)
    return redirect("number", e164=number.e164)


def _now(request: PortalRequest, number: PhoneNumber, name: str) -> str:
    fresh = visible(request, number.e164)
    return parts.seen(fresh, request.actor, WATCHED[name])
