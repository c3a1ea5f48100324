"""Tasks in which a person plays a carrier: waiting for it, and what it said of each number."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from dids.models import Document
from dids.workflows import doing, outcomes, task_papers
from dids.workflows.outcomes import Outcome, Said
from lib.e164 import E164
from portal.actor import requires
from portal.api.shapes import Asked, Nothing
from portal.api.v1.tasks import TaskResource, TaskShape
from portal.api.work import writes

MOST = 200


class CarrierAsked(Asked):
    """That the carrier was asked."""

    reference = serializers.CharField(
        max_length=doing.LONGEST_REFERENCE,
        required=False,
        allow_blank=True,
        default="",
        help_text="The carrier's own number for it, such as that of its ticket.",
    )


class OutcomeSaid(Asked):
    """What became of one number."""

    number = serializers.RegexField(r"^\+[1-9][0-9]{6,14}$", help_text="In E.164.")
    status = serializers.ChoiceField(
        choices=[(one.value, one.value) for one in Said],
        help_text="BOUGHT or FAILED of an order, CEASED or FAILED of what is to be ceased.",
    )
    carrier_reference = serializers.CharField(
        max_length=doing.LONGEST_REFERENCE,
        required=False,
        allow_blank=True,
        default="",
        help_text="The carrier's own number for it, where it was bought.",
    )
    code = serializers.CharField(
        max_length=20,
        required=False,
        allow_blank=True,
        default="",
        help_text="Why it was refused: one of `payload.codes` of the task.",
    )


class Urgent(Asked):
    """Whether it is urgent."""

    urgent = serializers.BooleanField()


class Paper(Asked):
    """A document of the vault."""

    document = serializers.UUIDField()


class Outcomes(Asked):
    """What became of numbers; those that are left out are still under way."""

    reference = serializers.CharField(
        max_length=doing.LONGEST_REFERENCE,
        required=False,
        allow_blank=True,
        default="",
        help_text="The carrier's own number for the order.",
    )
    numbers = serializers.ListField(child=OutcomeSaid(), min_length=1, max_length=MOST)


class Waiting(TaskResource):
    """A task that waits for a carrier."""

    @extend_schema(request=CarrierAsked, responses=TaskShape)
    @requires(Permission.DO_TASKS)
    @writes()
    def post(self, request: Request, task: UUID) -> Response:
        """Say that the carrier was asked, and that nothing can be done before it answers."""
        reference = self.body(CarrierAsked)["reference"]
        doing.wait_for_carrier(
            task=self.doable(task), reference=reference, actor=self.actor, now=timezone.now()
        )
        return self.told(task)


class GoingOn(TaskResource):
    """A task whose carrier has answered."""

    @extend_schema(request=None, responses=TaskShape)
    @requires(Permission.DO_TASKS)
    @writes()
    def post(self, request: Request, task: UUID) -> Response:
        """Say that the carrier has answered and the work goes on."""
        self.body(Nothing)
        doing.go_on(task=self.doable(task), actor=self.actor, now=timezone.now())
        return self.told(task)


class Urgency(TaskResource):
    """Whether a task is to be done before others."""

    @extend_schema(request=Urgent, responses=TaskShape)
    @requires(Permission.DO_TASKS)
    @writes()
    def put(self, request: Request, task: UUID) -> Response:
        """Say whether it is to be done before others."""
        urgent = self.body(Urgent)["urgent"]
        doing.mark_urgent(
            task=self.doable(task), urgent=urgent, actor=self.actor, now=timezone.now()
        )
        return self.told(task)


class Attaching(TaskResource):
    """Documents beside a task."""

    @extend_schema(request=Paper, responses=TaskShape)
    @requires(Permission.KEEP_DOCUMENTS)
    @writes()
    def post(self, request: Request, task: UUID) -> Response:
        """Lay a document of the vault beside a task; it stays as long as it lies there."""
        wanted = self.body(Paper)["document"]
        kept = Document.objects.visible_to(self.actor).shown()
        task_papers.attach(
            task=self.task(task),
            document=self.named(kept, wanted, field="document"),
            actor=self.actor,
            now=timezone.now(),
        )
        return self.told(task)


class WritingDown(TaskResource):
    """What became of numbers that a person orders."""

    @extend_schema(request=Outcomes, responses=TaskShape)
    @requires(Permission.DO_TASKS)
    @writes()
    def post(self, request: Request, task: UUID) -> Response:
        """
        Write down what became of numbers, as the carrier's answer; in parts, if need be.

        Bought numbers come into stock, the money of refused ones returns. The last part completes
        the task.
        """
        said = self.body(Outcomes)
        outcomes.write_down(
            task=self.doable(task),
            outcomes=[_outcome(**row) for row in said["numbers"]],
            reference=said["reference"],
            actor=self.actor,
            now=timezone.now(),
        )
        return self.told(task)


def _outcome(*, number: str, status: str, carrier_reference: str, code: str) -> Outcome:
    return Outcome(
        number=E164(number),
        status=Said(status),
        carrier_reference=carrier_reference,
        code=code,
    )
