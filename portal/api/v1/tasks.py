"""Tasks: work that only a person can do."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.names import names
from accounts.permissions import FieldGroup, Permission
from dids import work
from dids.models import Task, TaskKind
from dids.models.tasks import IN_HAND
from dids.states import TaskStatus
from dids.workflows import doing
from portal.actor import requires
from portal.api.resource import Resource
from portal.api.schema import page_shape
from portal.api.shapes import Asked, Nothing, OrganizationBrief, Shown
from portal.api.v1.numbers import CarrierAccountBrief
from portal.api.work import reads, writes


class TaskShape(Shown):
    """Work for a person."""

    groups = {
        "about": FieldGroup.CARRIER,
        "carrier_account": FieldGroup.CARRIER,
        "payload": FieldGroup.CARRIER,
        "external_reference": FieldGroup.CARRIER,
    }

    id = serializers.UUIDField(source="uuid")
    kind = serializers.ChoiceField(choices=TaskKind.choices)
    about = serializers.CharField(help_text="The subject of the trouble.")
    organization = OrganizationBrief(help_text="Who has to act.")
    number = serializers.CharField(source="number.e164", allow_null=True, default=None)
    title = serializers.CharField()
    instructions = serializers.CharField()
    status = serializers.ChoiceField(choices=TaskStatus.choices)
    status_since = serializers.DateTimeField()
    opened_at = serializers.DateTimeField()
    seen_at = serializers.DateTimeField(help_text="When the trouble was last met.")
    due_at = serializers.DateTimeField()
    taken_by = serializers.CharField(allow_blank=True)
    taken_by_name = serializers.SerializerMethodField(
        help_text="What they are called, empty where nobody has it."
    )
    mine = serializers.SerializerMethodField()
    may_do = serializers.SerializerMethodField()
    external_reference = serializers.CharField(
        allow_blank=True, help_text="The carrier's own number for it."
    )
    needs_second = serializers.BooleanField(
        help_text="Whether somebody else than who asked for the thing must complete it."
    )
    is_urgent = serializers.BooleanField()
    note = serializers.CharField(
        allow_blank=True, help_text="What came of it, or why it cannot be done."
    )
    carrier_account = CarrierAccountBrief(allow_null=True)
    payload = serializers.DictField(
        help_text="What the carrier said, and more for who acts: of work by hand `numbers`, "
        "`steps`, a `text` to be copied, and `codes` (code, words, reason) of refusals."
    )

    def get_taken_by_name(self, task: Task) -> str:
        """Give the name within the caller's reach."""
        return str(self.context["names"].get(task.taken_by, ""))

    def get_mine(self, task: Task) -> bool:
        """Tell whether the caller has taken it."""
        return task.status in IN_HAND and task.taken_by == self.context["actor"].name

    def get_may_do(self, task: Task) -> bool:
        """Tell whether the caller's role includes what it takes."""
        actor = self.context["actor"]
        return task.organization_id == actor.reach.pk and doing.may_do(task, actor)


class TaskFilters(Asked):
    """What narrows the list of tasks."""

    mine = serializers.BooleanField(
        required=False,
        default=False,
        help_text="My work: what I took, and open tasks that my role may take.",
    )
    open = serializers.BooleanField(
        required=False, help_text="Whether somebody still has to act; both unless said."
    )
    unassigned = serializers.BooleanField(
        required=False, default=False, help_text="Only those that nobody has taken yet."
    )
    kind = serializers.ChoiceField(choices=TaskKind.choices, required=False)
    status = serializers.ChoiceField(choices=TaskStatus.choices, required=False)
    number = serializers.CharField(required=False, max_length=16, help_text="In E.164.")
    organization = serializers.UUIDField(required=False, help_text="Who has to act.")
    carrier_account = serializers.UUIDField(
        required=False, help_text="Nothing is found by who may not see carriers."
    )


class Completed(Asked):
    """The end of a task."""

    note = serializers.CharField(
        max_length=doing.LONGEST_NOTE,
        required=False,
        allow_blank=True,
        default="",
        help_text="What came of it.",
    )
    reference = serializers.CharField(
        max_length=doing.LONGEST_REFERENCE,
        required=False,
        allow_blank=True,
        default="",
        help_text="Of a campaign: its id at the carrier, by which numbers join it.",
    )


class Abandoned(Asked):
    """Why a task cannot be done."""

    reason = serializers.CharField(max_length=doing.LONGEST_NOTE)


class Comment(Asked):
    """A word to whoever does a task."""

    text = serializers.CharField(max_length=doing.LONGEST_NOTE)
    public = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Whether those read it, too, whose number or order the task is about.",
    )


class TaskResource(Resource):
    """What all resources about one task share."""

    def context(self, **more: object) -> dict[str, object]:
        """Add the names, looked up for all rows at once."""
        rows = cast(list[Task], more.get("rows", []))
        taken = [row.taken_by for row in rows if row.taken_by]
        return {**super().context(**more), "names": names(taken, self.actor)}

    def task(self, uuid: UUID) -> Task:
        """
        Give a task.

        :raises Http404: if the actor may not see it
        """
        return self.find(work.tasks(self.actor), uuid=uuid)

    def doable(self, uuid: UUID) -> Task:
        """
        Give a task that the actor has the right to do.

        :raises PermissionDenied: if its role does not include what the task takes
        """
        task = self.task(uuid)
        if not doing.may_do(task, self.actor):
            raise PermissionDenied("Your role does not include what this task takes.")
        return task

    def told(self, uuid: UUID) -> Response:
        """Answer with the task as it is now."""
        return self.shown(TaskShape, self.task(uuid))


class Tasks(TaskResource):
    """Tasks."""

    @extend_schema(parameters=[TaskFilters], responses=page_shape(TaskShape))
    @requires(Permission.DO_TASKS)
    @reads
    def get(self, request: Request) -> Response:
        """
        List the own organization's tasks, the provider everybody's: where only open ones are asked
        for, urgent ones first, then those due soonest; else the newest.
        """
        filters = self.filters(TaskFilters)
        by = work.BY_URGENCY if work.is_open_only(**filters) else "-pk"
        return self.page(TaskShape, work.tasks(self.actor, **filters), by=by)


class OneTask(TaskResource):
    """One task."""

    @extend_schema(responses=TaskShape)
    @requires(Permission.DO_TASKS)
    @reads
    def get(self, request: Request, task: UUID) -> Response:
        """Give one task."""
        return self.told(task)


class Taking(TaskResource):
    """Who does a task."""

    @extend_schema(request=None, responses=TaskShape)
    @requires(Permission.DO_TASKS)
    @writes()
    def post(self, request: Request, task: UUID) -> Response:
        """Take an open task, so that nobody else does the same."""
        self.body(Nothing)
        doing.take(task=self.doable(task), actor=self.actor, now=timezone.now())
        return self.told(task)


class GivingBack(TaskResource):
    """A task that one does not do after all."""

    @extend_schema(request=None, responses=TaskShape)
    @requires(Permission.DO_TASKS)
    @writes()
    def post(self, request: Request, task: UUID) -> Response:
        """Give a task back, so that somebody else may take it."""
        self.body(Nothing)
        doing.give_back(task=self.doable(task), actor=self.actor, now=timezone.now())
        return self.told(task)


class Completion(TaskResource):
    """The end of a task."""

    @extend_schema(request=Completed, responses=TaskShape)
    @requires(Permission.DO_TASKS)
    @writes()
    def post(self, request: Request, task: UUID) -> Response:
        """Say that it is done: what was stuck is tried again, or the note says what came of it."""
        doing.complete(
            task=self.doable(task),
            actor=self.actor,
            now=timezone.now(),
            **self.body(Completed),
        )
        return self.told(task)


class Abandonment(TaskResource):
    """The end of a task that cannot be done."""

    @extend_schema(request=Abandoned, responses=TaskShape)
    @requires(Permission.DO_TASKS)
    @writes()
    def post(self, request: Request, task: UUID) -> Response:
        """Say that it cannot be done, and why: nothing is tried again."""
        reason = self.body(Abandoned)["reason"]
        doing.abandon(task=self.doable(task), reason=reason, actor=self.actor, now=timezone.now())
        return self.told(task)


class Comments(TaskResource):
    """What people write about a task; it is read in the journal, by the task's subject."""

    @extend_schema(request=Comment, responses=TaskShape)
    @requires(Permission.DO_TASKS)
    @writes()
    def post(self, request: Request, task: UUID) -> Response:
        """Write something down for whoever does the task."""
        said = self.body(Comment)
        doing.comment(task=self.task(task), **said, actor=self.actor, now=timezone.now())
        return self.told(task)
