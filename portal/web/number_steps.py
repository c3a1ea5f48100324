"""What a number's holder does with it: where it rings, what it is called, its tags."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.permissions import Permission
from dids import inventory
from dids.models import PhoneNumber
from dids.workflows import assignment, tagging
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.web.answers import status_of
from portal.web.forms import PortalForm
from portal.web.forms.destinations import DestinationForm
from portal.web.forms.numbers import LabelForm, TagForm
from portal.web.number_page import WATCHED, page, visible
from portal.web.number_step import WayBack, take

P = Permission


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

    before = {"kind": "", "value": "", **DestinationForm.now(number)}
    return take(
        request,
        number,
        point,
        said=f"{e164} rings at {there} now." if there else f"{e164} rings nowhere now.",
        watched=WATCHED["destination"],
        back=lambda: (reverse("assign", args=[e164]), before),
        refuse=_beside(request, e164, "destination", form),
    )


@require_POST
@requires(P.ASSIGN_NUMBERS)
def unassign(request: PortalRequest, e164: str) -> HttpResponse:
    """Let the number point nowhere."""
    number = visible(request, e164)
    before = DestinationForm.now(number)

    def take_off(now: datetime) -> None:
        assignment.unassign(number=number, actor=request.actor, now=now)

    return take(
        request,
        number,
        take_off,
        said=f"{e164} rings nowhere now.",
        watched=WATCHED["destination"],
        back=lambda: (reverse("assign", args=[e164]), before),
    )


@require_POST
@requires(P.ASSIGN_NUMBERS)
def label(request: PortalRequest, e164: str) -> HttpResponse:
    """Write the holder's own words on the number."""
    number = visible(request, e164)
    form = LabelForm(request.POST)
    if not form.is_valid():
        return page(request, number, refused={"label": form}, status=422)
    words, before = form.cleaned_data["label"], number.label

    def write(now: datetime) -> None:
        assignment.label(number=number, label=words, actor=request.actor, now=now)

    return take(
        request,
        number,
        write,
        said=f"{e164} is called “{words}” now." if words else f"{e164} has no label now.",
        watched=WATCHED["label"],
        back=lambda: (reverse("label_number", args=[e164]), {"label": before}),
        refuse=_beside(request, e164, "label", form),
    )


@require_POST
@requires(P.ASSIGN_NUMBERS)
def tag(request: PortalRequest, e164: str) -> HttpResponse:
    """Put words of one's own organization on the number, or take some off."""
    number = visible(request, e164)
    form = TagForm(request.POST)
    if not form.is_valid():
        return page(request, number, refused={"tag": form}, status=422)
    before, on, off = _tags(request, number), form.cleaned_data["add"], form.cleaned_data["remove"]

    def put(now: datetime) -> None:
        tagging.tag(numbers=[number], add=on, remove=off, actor=request.actor, now=now)

    def back() -> WayBack | None:
        after = _tags(request, number)
        lost, won = ",".join(sorted(before - after)), ",".join(sorted(after - before))
        there = reverse("tag_number", args=[e164])
        return (there, {"add": lost, "remove": won}) if lost or won else None

    return take(
        request,
        number,
        put,
        said=f"Tagged with {', '.join(on)}." if on else f"The tag {', '.join(off)} is off.",
        watched=WATCHED["tag"],
        back=back,
        refuse=_beside(request, e164, "tag", form),
    )


def _beside(
    request: PortalRequest, e164: str, name: str, form: PortalForm
) -> Callable[[UnableTo], HttpResponse]:
    """Show a refusal beside the field that it is about."""

    def show(refusal: UnableTo) -> HttpResponse:
        form.refuse(refusal)
        number = visible(request, e164)
        return page(request, number, refused={name: form}, status=status_of(refusal))

    return show


def _tags(request: PortalRequest, number: PhoneNumber) -> set[str]:
    own = request.actor.reach
    return set(inventory.tags(own, [number]).get(number.pk, [])) if own else set()
