"""What carriers say is ours, compared with our stock."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from dids import audits
from dids.models import Audit, Finding, FindingKind
from dids.states import AuditStatus, FindingStatus
from dids.workflows import auditing, findings
from portal.actor import requires
from portal.api.resource import Resource
from portal.api.schema import page_shape
from portal.api.shapes import Asked, Shown
from portal.api.v1.numbers import CarrierAccountBrief
from portal.api.work import reads, writes
from trunks.models import CarrierAccount

_CHOICES = [(choice.value, choice.value) for choice in findings.Choice]


class AuditShape(Shown):
    """One comparison."""

    id = serializers.UUIDField(source="uuid")
    status = serializers.ChoiceField(choices=AuditStatus.choices)
    status_since = serializers.DateTimeField()
    asked_at = serializers.DateTimeField()
    believes_short_list = serializers.BooleanField()
    theirs = serializers.IntegerField(allow_null=True, help_text="Numbers in the carrier's list.")
    ours = serializers.IntegerField(allow_null=True, help_text="Live numbers in our stock there.")
    failure = serializers.CharField(allow_blank=True)


class AuditWish(Asked):
    """How the comparison is to be made."""

    believes_short_list = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Whether a list in which many of our numbers are missing is to be believed.",
    )


class FindingChoice(Shown):
    """Something that can be done about a difference."""

    choice = serializers.ChoiceField(choices=_CHOICES)
    words = serializers.CharField()
    consequence = serializers.CharField()
    is_confirmed = serializers.BooleanField(help_text="Whether settling takes `confirmed`.")


class FindingShape(Shown):
    """A difference between a carrier and our stock."""

    id = serializers.UUIDField(source="uuid")
    carrier_account = CarrierAccountBrief(source="account")
    kind = serializers.ChoiceField(choices=FindingKind.choices)
    number = serializers.CharField(source="e164")
    ours = serializers.CharField(allow_blank=True, help_text="What our stock says.")
    theirs = serializers.CharField(allow_blank=True, help_text="What the carrier says.")
    choices = serializers.SerializerMethodField(help_text="What can be done, the likeliest first.")
    status = serializers.ChoiceField(choices=FindingStatus.choices)
    status_since = serializers.DateTimeField()
    found_at = serializers.DateTimeField()
    seen_at = serializers.DateTimeField(help_text="When a comparison last saw it.")
    note = serializers.CharField(allow_blank=True)

    @extend_schema_field(FindingChoice(many=True))
    def get_choices(self, finding: Finding) -> object:
        """Give what can be done about it."""
        return FindingChoice(findings.steps(finding.kind), many=True).data


class FindingFilters(Asked):
    """What narrows the list of differences."""

    carrier_account = serializers.UUIDField(required=False)
    kind = serializers.ChoiceField(choices=FindingKind.choices, required=False)
    status = serializers.ChoiceField(choices=FindingStatus.choices, required=False)
    number = serializers.CharField(required=False, max_length=16, help_text="In E.164.")


class SettlementWish(Asked):
    """What is to be done about a difference."""

    choice = serializers.ChoiceField(
        choices=_CHOICES,
        required=False,
        default="",
        help_text="One of its choices; the first where none is given.",
    )
    confirmed = serializers.BooleanField(
        required=False, default=False, help_text="That a person confirms a choice that ends things."
    )


class Dismissal(Asked):
    """Why a difference is left as it is."""

    reason = serializers.CharField(max_length=300)


class Audits(Resource):
    """Comparisons of an account."""

    @extend_schema(responses=page_shape(AuditShape))
    @requires(Permission.MANAGE_CARRIERS)
    @reads
    def get(self, request: Request, account: UUID) -> Response:
        """List the comparisons of an account with our stock, newest first."""
        self.filters(Asked)
        found = self.find(CarrierAccount.objects.visible_to(self.actor), uuid=account)
        return self.page(AuditShape, Audit.objects.visible_to(self.actor).filter(account=found))

    @extend_schema(request=AuditWish, responses={202: AuditShape})
    @requires(Permission.MANAGE_CARRIERS)
    @writes()
    def post(self, request: Request, account: UUID) -> Response:
        """Have the carrier's full list compared with our stock; the one under way, if any."""
        rows = CarrierAccount.objects.visible_to(self.actor)
        found = self.find(rows.select_related("owner"), uuid=account)
        audit = auditing.want(
            account=found, **self.body(AuditWish), actor=self.actor, now=timezone.now()
        )
        return self.shown(AuditShape, audit, status=202)


class Findings(Resource):
    """Differences."""

    @extend_schema(parameters=[FindingFilters], responses=page_shape(FindingShape))
    @requires(Permission.MANAGE_CARRIERS)
    @reads
    def get(self, request: Request) -> Response:
        """List differences between carriers and our stock, newest first."""
        return self.page(FindingShape, audits.findings(self.actor, **self.filters(FindingFilters)))


class OneFinding(Resource):
    """What the resources about one difference share."""

    def finding(self, uuid: UUID) -> Finding:
        """
        Give a difference.

        :raises Http404: if the actor may not see it
        """
        return self.find(audits.findings(self.actor), uuid=uuid)


class Settlement(OneFinding):
    """One of its choices, done."""

    @extend_schema(request=SettlementWish, responses=FindingShape)
    @requires(Permission.MANAGE_CARRIERS)
    @writes()
    def post(self, request: Request, finding: UUID) -> Response:
        """Do about a difference what is chosen."""
        findings.settle(
            finding=self.finding(finding),
            **self.body(SettlementWish),
            actor=self.actor,
            now=timezone.now(),
        )
        return self.shown(FindingShape, self.finding(finding))


class FindingDismissal(OneFinding):
    """A difference left as it is."""

    @extend_schema(request=Dismissal, responses=FindingShape)
    @requires(Permission.MANAGE_CARRIERS)
    @writes()
    def post(self, request: Request, finding: UUID) -> Response:
        """Leave a difference as it is, for a reason."""
        findings.dismiss(
            finding=self.finding(finding),
            **self.body(Dismissal),
            actor=self.actor,
            now=timezone.now(),
        )
        return self.shown(FindingShape, self.finding(finding))
