"""In whose name an actor may move a number: that of its own seat, nobody else's."""

from __future__ import annotations

from accounts.actors import Actor
from accounts.models import Organization
from lib.refusals import UnableTo


class UnableToStandIn(UnableTo):
    """The number is somebody else's; acting for them is a step of its own."""

    code = "not_yours"


def require_seat(actor: Actor, organization: Organization, *, what: str) -> None:
    """
    Make sure that the actor sits at the organization whose thing it is.

    :param what: names the thing, for the sentence
    :raises UnableToStandIn: if it sits elsewhere
    """
    reach = actor.reach
    if reach is None or reach.pk == organization.pk:
        return
    raise UnableToStandIn(
        f"{what} belongs to {organization.name}. Act for {organization.name} to do this."
    )
