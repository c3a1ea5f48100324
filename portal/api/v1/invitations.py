"""Invitations: open places in an organization, offered by e-mail."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Invitation, InvitationStatus, Organization, Role
from accounts.permissions import Permission
from accounts.workflows import invitations
from portal.actor import requires
from portal.api.resource import Resource
from portal.api.schema import page_shape
from portal.api.shapes import Asked, Nothing, OrganizationBrief, Shown
from portal.api.work import reads, writes


class InvitationShape(Shown):
    """An invitation; its token is in the mail only."""

    id = serializers.UUIDField(source="uuid")
    organization = OrganizationBrief()
    email = serializers.EmailField()
    role = serializers.ChoiceField(choices=Role.choices)
    status = serializers.ChoiceField(choices=InvitationStatus.choices)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    mailed_at = serializers.DateTimeField(allow_null=True)


class InvitationWish(Asked):
    """Somebody to be invited."""

    email = serializers.EmailField(max_length=254)
    role = serializers.ChoiceField(choices=Role.choices)
    organization = serializers.UUIDField(
        required=False, help_text="By default your own organization."
    )


class InvitationFilters(Asked):
    """What narrows a list of invitations."""

    status = serializers.ChoiceField(choices=InvitationStatus.choices, required=False)


class Invitations(Resource):
    """Invitations."""

    @extend_schema(parameters=[InvitationFilters], responses=page_shape(InvitationShape))
    @requires(Permission.MANAGE_PEOPLE)
    @reads
    def get(self, request: Request) -> Response:
        """List the invitations within reach, newest first."""
        rows = Invitation.objects.visible_to(self.actor).select_related("organization")
        return self.page(InvitationShape, rows.filter(**self.filters(InvitationFilters)))

    @extend_schema(request=InvitationWish, responses={201: InvitationShape})
    @requires(Permission.MANAGE_PEOPLE)
    @writes()
    def post(self, request: Request) -> Response:
        """Invite somebody; the mail with the link leaves a moment later."""
        wish = self.body(InvitationWish)
        organization = self.organization
        if "organization" in wish:
            within = Organization.objects.visible_to(self.actor)
            organization = self.named(within, wish["organization"], field="organization")
        invitation = invitations.invite(
            email=wish["email"],
            organization=organization,
            role=wish["role"],
            actor=self.actor,
            now=timezone.now(),
        )
        found = self.find(Invitation.objects.visible_to(self.actor), pk=invitation.pk)
        return self.shown(InvitationShape, found, status=201)


class Withdrawal(Resource):
    """The end of an open invitation."""

    @extend_schema(request=None, responses=InvitationShape)
    @requires(Permission.MANAGE_PEOPLE)
    @writes()
    def post(self, request: Request, invitation: UUID) -> Response:
        """Withdraw an invitation; its link stops working."""
        self.body(Nothing)
        found = self.find(Invitation.objects.visible_to(self.actor), uuid=invitation)
        invitations.withdraw(invitation=found, actor=self.actor, now=timezone.now())
        return self.shown(InvitationShape, found)


class Renewal(Resource):
    """A new link for an open invitation."""

    @extend_schema(request=None, responses=InvitationShape)
    @requires(Permission.MANAGE_PEOPLE)
    @writes()
    def post(self, request: Request, invitation: UUID) -> Response:
        """Send an invitation again, with a new link for a new week; the old link ends."""
        self.body(Nothing)
        found = self.find(Invitation.objects.visible_to(self.actor), uuid=invitation)
        invitations.resend(invitation=found, actor=self.actor, now=timezone.now())
        return self.shown(InvitationShape, found)
