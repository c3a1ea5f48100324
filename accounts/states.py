"""Who may move what where, among organizations and invitations."""

from __future__ import annotations

from accounts.models import InvitationStatus, OrganizationStatus
from lib.transitions import Edges

ORGANIZATION_EDGES = Edges(
    {
        OrganizationStatus.ACTIVE: (OrganizationStatus.SUSPENDED,),
        OrganizationStatus.SUSPENDED: (OrganizationStatus.ACTIVE, OrganizationStatus.CLOSED),
    },
    stale_after={OrganizationStatus.ACTIVE: None, OrganizationStatus.SUSPENDED: None},
)

INVITATION_EDGES = Edges(
    {InvitationStatus.PENDING: (InvitationStatus.ACCEPTED, InvitationStatus.WITHDRAWN)},
    # It ends by its own expiry date, which accepting looks at; nothing has to be swept.
    stale_after={InvitationStatus.PENDING: None},
)
