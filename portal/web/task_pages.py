"""Tasks: what waits for a person, and what a person does about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts import sentences
from accounts.actors import Actor
from accounts.models import Event
from accounts.names import names
from accounts.permissions import FieldGroup, Permission
from accounts.persons import same_person
from dids import papers, work
from dids.models import Task, TaskKind
from dids.models.tasks import IN_HAND, OPEN, TaskQuerySet
from dids.states import TaskStatus
from dids.task_kinds import ASKS, BY_HAND
from dids.workflows import doing, features_by_hand, task_papers
from lib.refusals import UnableTo
from portal.actor import PortalRequest, requires
from portal.web.answers import status_of
from portal.web.forms.filters import TaskFilter
from portal.web.forms.work import (
    AbandonForm,
    AttachForm,
    CommentForm,
    CompleteForm,
    OutcomesForm,
    WaitForm,
)
from portal.web.listing import Column, Listing
from portal.web.task_grid import grid, lines_of

P = Permission
HISTORY = 50
"""Events that the page of a task lists."""


@require_GET
@requires(P.DO_TASKS)
def index(request: PortalRequest) -> HttpResponse:
    """List tasks, one's own work that is most urgent first unless asked otherwise."""
    form = TaskFilter(request.GET, actor=request.actor)
    chosen = form.chosen
    state = chosen.pop("state", "")
    rows = _tasks(request, chosen, state)
    sort = "-since" if state in {*TaskStatus.values, "closed", "any"} - set(OPEN) else "due"
    listing = Listing(
        request,
        rows.none() if form.errors.get("number") else rows,
        columns=_columns(request),
        sort=sort,
    )
    context = {
        "listing": listing,
        "filter": form,
        "narrowed": bool(chosen or state),
        "taken_by": names([row.taken_by for row in listing.rows if row.taken_by], request.actor),
        "now": timezone.now(),
    }
    part = "tasks/_rows.html" if request.htmx else "tasks/index.html"
    return render(request, part, context)


@require_GET
@requires(P.DO_TASKS)
def detail(request: PortalRequest, task: UUID) -> HttpResponse:
    """Show what happened, what is to be done, and what others did and wrote."""
    return page(request, visible(request, task))


@require_POST
@requires(P.DO_TASKS)
def take(request: PortalRequest, task: UUID) -> HttpResponse:
    """Put one's name on the task."""
    found = visible(request, task)
    if found.status == TaskStatus.TAKEN and found.taken_by == request.actor.name:
        # A double click, or a page that was gone back to.
        return redirect("task", task=task)
    return act(request, found, doing.take)


@require_POST
@requires(P.DO_TASKS)
def give_back(request: PortalRequest, task: UUID) -> HttpResponse:
    """Let somebody else take it."""
    return act(request, visible(request, task), doing.give_back)


@require_POST
@requires(P.DO_TASKS)
def complete(request: PortalRequest, task: UUID) -> HttpResponse:
    """Say that it is done; what was stuck is tried again."""
    asks_name = features_by_hand.asks_name(visible(request, task))
    form = CompleteForm(request.POST, asks_name=asks_name)
    return send(request, task, form, doing.complete)


@require_POST
@requires(P.DO_TASKS)
def abandon(request: PortalRequest, task: UUID) -> HttpResponse:
    """Say that it cannot be done, and why."""
    return send(request, task, AbandonForm(request.POST), doing.abandon)


@require_POST
@requires(P.DO_TASKS)
def comment(request: PortalRequest, task: UUID) -> HttpResponse:
    """Write something down for whoever does it."""
    return send(request, task, CommentForm(request.POST), doing.comment)


Form = CompleteForm | AbandonForm | CommentForm | WaitForm | AttachForm | OutcomesForm


def _tasks(request: PortalRequest, chosen: dict[str, Any], state: str) -> TaskQuerySet:
    whose = chosen.get("whose", "")
    known = {"": True, "closed": False}
    return work.tasks(
        request.actor,
        mine=not whose,
        unassigned=whose == "unassigned",
        open=known.get(state),
        status=state if state in TaskStatus.values else "",
        kind=chosen.get("kind", ""),
        number=chosen.get("number", ""),
        organization=_uuid(chosen.get("organization")),
        carrier_account=_uuid(chosen.get("carrier_account")),
    )


def _uuid(row: Any) -> UUID | None:
    return row.uuid if row else None


def _columns(request: PortalRequest) -> list[Column]:
    columns = [
        Column("task", "Task"),
        Column("due", "Due", sort="due_at", ahead="is_urgent"),
        Column("state", "State"),
        Column("number", "Number"),
        Column("since", "Since", sort="status_since", extra=True),
        Column("kind", "Kind", extra=True),
    ]
    if request.actor.reach is None or request.actor.reach.is_provider:
        columns.append(Column("organization", "Organization"))
    if request.actor.sees(FieldGroup.CARRIER):
        columns.append(Column("account", "Carrier account"))
    return columns


def send(
    request: PortalRequest, uuid: UUID, form: Form, workflow: Callable[..., None]
) -> HttpResponse:
    """Take a form about a task, and do its step; who sends it twice has done it once."""
    task = visible(request, uuid)
    if not form.is_valid():
        return page(request, task, form, status=422)
    if task.status == form.ends_in and task.taken_by == request.actor.name:
        return redirect("task", task=uuid)
    return act(request, task, workflow, form)


def act(
    request: PortalRequest, task: Task, workflow: Callable[..., None], form: Form | None = None
) -> HttpResponse:
    """Do one step with a task, and show what came of it."""
    words = (
        {} if form is None else form.step if isinstance(form, OutcomesForm) else form.cleaned_data
    )
    try:
        workflow(task=task, actor=request.actor, now=timezone.now(), **words)
    except UnableTo as refusal:
        if form:
            form.refuse(refusal)
        found = visible(request, task.uuid)
        return page(request, found, form, refusal=refusal, status=status_of(refusal))
    if task.status not in OPEN and not isinstance(form, CommentForm | AttachForm):
        messages.success(request, f"The task is closed: {task.get_status_display().lower()}.")
        return redirect("tasks")
    return redirect("task", task=task.uuid)


def page(
    request: PortalRequest,
    task: Task,
    form: Form | None = None,
    *,
    refusal: UnableTo | None = None,
    status: int = 200,
) -> HttpResponse:
    """Draw the page, with a refusal above it or a form that was not taken."""
    actor = request.actor
    is_here = actor.reach is None or actor.reach.pk == task.organization_id
    is_mine = task.status in IN_HAND and task.taken_by == actor.name
    is_open = task.status in OPEN
    may_do = is_here and doing.may_do(task, actor)
    completing = CompleteForm(asks_name=features_by_hand.asks_name(task))
    forms = [completing, AbandonForm(), CommentForm(), WaitForm()]
    shown = [form if isinstance(form, type(empty)) else empty for empty in forms]
    lines = lines_of(task)
    context = {
        "task": task,
        "ask": ASKS[TaskKind(task.kind)],
        "taken_by": names([task.taken_by], actor)[task.taken_by] if task.taken_by else "",
        "history": _history(request, task),
        "refusal": refusal if refusal and not (form and refusal.field in form.fields) else None,
        "now": timezone.now(),
        "is_here": is_here,
        "is_mine": is_mine,
        "is_open": is_open,
        "may_do": may_do,
        "may_end": may_do and (is_mine or task.status == TaskStatus.OPEN),
        "may_take": may_do and task.status == TaskStatus.OPEN,
        "may_give_back": may_do
        and task.status in IN_HAND
        and (is_mine or actor.may(P.MANAGE_PEOPLE)),
        "may_act_for": not is_here and actor.acting_for is None and actor.may(P.ACT_FOR),
        "may_order": actor.may(P.ORDER_NUMBERS),
        "may_manage_carriers": actor.may(P.MANAGE_CARRIERS),
        "sees_carrier": actor.sees(FieldGroup.CARRIER),
        "completing": shown[0],
        "abandoning": shown[1],
        "commenting": shown[2],
        "waiting": shown[3],
        "lines": lines,
        "filing": papers.filing_of(task, actor),
        **(_papers(task, actor, form) if is_here else {}),
        "deciding": form if isinstance(form, OutcomesForm) else grid(task, lines),
        "may_wait": may_do
        and task.kind in BY_HAND
        and (task.status == TaskStatus.OPEN or (is_mine and task.status == TaskStatus.TAKEN)),
        "is_by_hand": task.kind in BY_HAND,
        "may_go_on": is_mine and task.status == TaskStatus.WAITING_CARRIER,
        "is_asker": task.needs_second and same_person(task.asked_by, actor.name),
    }
    return render(request, "tasks/detail.html", context, status=status)


def _papers(task: Task, actor: Actor, form: Form | None) -> dict[str, Any]:
    """Give the documents beside a task, and what can be laid there."""
    if not actor.may(P.KEEP_DOCUMENTS):
        return {}
    return {
        "sees_documents": True,
        "attached": task_papers.attached(task, actor)[:HISTORY],
        "attaching": form if isinstance(form, AttachForm) else AttachForm(actor=actor),
    }


def _history(request: PortalRequest, task: Task) -> list[tuple[Any, str]]:
    happened = Event.objects.visible_to(request.actor).filter(subject=task.subject)
    events = list(happened.select_related("organization", "on_behalf_of").order_by("-pk")[:HISTORY])
    said = sentences.sentences(events, request.actor)
    return [(event.at, words) for event, words in zip(events, said, strict=True)]


def visible(request: PortalRequest, uuid: UUID) -> Task:
    """Give a task that the actor may see; anything else is a 404."""
    return get_object_or_404(work.tasks(request.actor), uuid=uuid)
