"""The pages of a step on many numbers: what shall happen, its preview, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission
from dids.workflows.many import MOST
from lib.locks import retried
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.web.answers import plain, status_of
from portal.web.bulk import choice, outcome, taking
from portal.web.bulk.choice import Choice
from portal.web.bulk.outcome import Outcome
from portal.web.bulk.step import Back, Step
from portal.web.bulk.table import STEPS, steps_for
from portal.web.forms import PortalForm
from portal.web.undo import Undo

P = Permission


@require_GET
@requires(P.VIEW_NUMBERS)
def ask(request: PortalRequest) -> HttpResponse:
    """Ask what shall be done with the chosen numbers, and show what would come of it."""
    step = STEPS.get(plain(request.GET.get("step")))
    if step is None or not step.is_for(request.actor):
        return _choose(request, choice.of(request.GET, request.actor))
    return _page(request, step, request.GET, request.GET)


@require_GET
@requires(P.VIEW_NUMBERS)
def done(request: PortalRequest) -> HttpResponse:
    """Show what became of each number, and lead on."""
    key = plain(request.GET.get(choice.OF))
    made = outcome.find(request.actor, key)
    context = {
        "outcome": made,
        "step": STEPS[made.step] if made else None,
        "key": key,
        "steps": steps_for(request.actor),
    }
    return render(request, "numbers/bulk/outcome.html", context)


def _choose(request: PortalRequest, chosen: Choice) -> HttpResponse:
    context = {"choice": chosen, "steps": steps_for(request.actor), "most": MOST}
    return render(request, "numbers/bulk/choose.html", context)


def _page(
    request: PortalRequest,
    step: Step,
    query: QueryDict,
    data: QueryDict,
    *,
    refusal: UnableTo | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """
    Draw the page of a step.

    :param query: says which numbers are chosen
    :param data: what was entered
    :param refusal: why it was not done just now
    """
    chosen = choice.of(query, request.actor)
    blank = step.form(None, actor=request.actor)
    is_asked = not blank.fields or any(name in data for name in blank.fields)
    form = step.form(data, actor=request.actor) if is_asked else blank
    taken = None
    if refusal and form.is_valid():
        form.refuse(refusal)
    elif is_asked and form.is_valid() and chosen.numbers:
        taken = _rehearsed(request, step, chosen, form)
    context = {
        "step": step,
        "choice": chosen,
        "form": form,
        "taken": taken,
        "numbers": taking.written(_as_seen(chosen, taken)) if taken else "",
        "again": query.urlencode() if query is request.GET else data.get("choice", ""),
        "key": uuid4(),
        "most": MOST,
        "action": reverse(f"bulk_{step.key}"),
    }
    return render(request, "numbers/bulk/step.html", context, status=status)


def _rehearsed(
    request: PortalRequest, step: Step, chosen: Choice, form: PortalForm
) -> taking.Taken | None:
    seen = dict.fromkeys(chosen.numbers, "")
    try:
        return retried(taking.rehearse)(step, seen, form, actor=request.actor, now=timezone.now())
    except UnableTo as refusal:
        form.refuse(refusal)
        return None


def _as_seen(chosen: Choice, taken: taking.Taken) -> taking.Seen:
    # One that is not there says so again when the step is taken.
    return {e164: taken.seen.get(e164, "") for e164 in chosen.numbers}


def _take(request: PortalRequest, *, step: Step) -> HttpResponse:
    """Take a step, keep what became of each number, and show it."""
    seen = taking.read(plain(request.POST.get("numbers")))
    query = QueryDict(plain(request.POST.get("choice")))
    form = step.form(request.POST, actor=request.actor)
    again = partial(_page, request, step, query, request.POST)
    if not seen or not form.is_valid():
        return again(status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        taken = retried(taking.take)(step, seen, form, actor=request.actor, now=timezone.now())
    except UnableTo as refusal:
        return again(refusal=refusal, status=status_of(refusal))
    key = _key(plain(request.POST.get("key")))
    undo = _undo(taken.back) if taken.back else None
    outcome.keep(request.actor, key, Outcome(step.key, taken.lines, undo))
    return redirect(f"{reverse('bulk_done')}?{choice.OF}={key}")


def _key(sent: str) -> str:
    try:
        return str(UUID(sent))
    except ValueError:
        return str(uuid4())


def _undo(back: Back) -> Undo:
    fields = {**back.fields, "numbers": " ".join(back.numbers)}
    return Undo(reverse(f"bulk_{back.step}"), fields)


def _view_of(step: Step) -> Callable[..., HttpResponseBase]:
    return require_POST(requires(step.right)(partial(_take, step=step)))


TAKE: dict[str, Callable[..., Any]] = {step.key: _view_of(step) for step in STEPS.values()}
"""The view that takes each step, by its key."""
