"""Tasks in which a person plays a carrier: waiting for it, and what it said of each number."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.permissions import Permission
from dids.workflows import doing, outcomes, task_papers
from portal.actor import PortalRequest, requires
from portal.web import task_grid, task_pages
from portal.web.answers import plain
from portal.web.forms.work import AttachForm, WaitForm

P = Permission


@require_POST
@requires(P.DO_TASKS)
def wait(request: PortalRequest, task: UUID) -> HttpResponse:
    """Say that the carrier was asked."""
    form = WaitForm(request.POST)
    return task_pages.send(request, task, form, doing.wait_for_carrier)


@require_POST
@requires(P.DO_TASKS)
def go_on(request: PortalRequest, task: UUID) -> HttpResponse:
    """Say that the carrier has answered."""
    return task_pages.act(request, task_pages.visible(request, task), doing.go_on)


@require_POST
@requires(P.DO_TASKS)
def set_urgency(request: PortalRequest, task: UUID) -> HttpResponse:
    """Say whether it is to be done before others."""
    step = partial(doing.mark_urgent, urgent=plain(request.POST.get("urgent")) == "yes")
    return task_pages.act(request, task_pages.visible(request, task), step)


@require_POST
@requires(P.KEEP_DOCUMENTS)
def attach(request: PortalRequest, task: UUID) -> HttpResponse:
    """Lay a document of the vault beside the task."""
    form = AttachForm(request.POST, actor=request.actor)
    return task_pages.send(request, task, form, task_papers.attach)


@require_POST
@requires(P.DO_TASKS)
def write_down(request: PortalRequest, task: UUID) -> HttpResponse:
    """Write down what became of numbers; whatever is left stays under way."""
    found = task_pages.visible(request, task)
    form = task_grid.grid(found, task_grid.lines_of(found), request.POST)
    if form is None:
        return redirect("task", task=task)
    if form.is_valid() and form.waiting and not (form.outcomes or form.cleaned_data["reference"]):
        form.add_error(None, "Say of one number at least what became of it.")
    return task_pages.send(request, task, form, outcomes.write_down)
