"""People leave an organization."""

from __future__ import annotations

from datetime import datetime

from accounts import events, journal
from accounts.actors import Actor
from accounts.models import Membership, Role
from accounts.work import acting
from lib.locks import no_key
from lib.refusals import UnableTo


class UnableToEnd(UnableTo):
    """The membership cannot end, or has ended already."""

    code = "cannot_end"
    conflict = True


def end(*, membership: Membership, actor: Actor, now: datetime) -> None:
    """
    End a person's membership; they lose its rights with their next request.

    :raises UnableToEnd: if they are the last owner, or have left already
    """
    with acting(actor):
        # The owners are locked, so that two of them cannot show each other out at once.
        owners = Membership.objects.open().filter(
            organization=membership.organization, role=Role.OWNER
        )
        if {owner.pk for owner in no_key(owners)} == {membership.pk}:
            raise UnableToEnd("The last owner cannot leave. Invite another owner first.")
        if not Membership.objects.open().filter(pk=membership.pk).update(ended_at=now):
            raise UnableToEnd("This membership has ended already.")
        membership.ended_at = now
        journal.record(
            actor,
            events.LEFT,
            now=now,
            subject=f"accounts.membership:{membership.uuid}",
            organization=membership.organization,
            before={"role": membership.role},
        )
