"""The tables of organizations, people, programs and the journal."""

from __future__ import annotations

from accounts.models.clients import ApiClient
from accounts.models.invitations import Invitation, InvitationStatus
from accounts.models.journal import Event, EventSeal, PendingSeal, PersonalValue
from accounts.models.mail import SentMail
from accounts.models.memberships import Membership, Role
from accounts.models.organizations import Kind, Organization, OrganizationStatus
from accounts.models.saved_views import SavedView
from accounts.models.users import User

__all__ = [
    "ApiClient",
    "Event",
    "EventSeal",
    "Invitation",
    "InvitationStatus",
    "Kind",
    "Membership",
    "Organization",
    "OrganizationStatus",
    "PendingSeal",
    "PersonalValue",
    "Role",
    "SavedView",
    "SentMail",
    "User",
]
