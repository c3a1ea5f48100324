"""The one door for tenancy: every queryset of rows that belong to someone goes through it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self, TypeVar

from django.db import models

if TYPE_CHECKING:
    from accounts.actors import Actor

Row = TypeVar("Row", bound=models.Model, covariant=True)


class ReachQuerySet(models.QuerySet[Row]):
    """
    Rows that belong to an organization, narrowed to what an actor can reach.

    A subclass names the way from its rows to the owning organization in ``owner``,
    for example ``"holder"`` or ``"order__payer"``; empty means the row is the organization.
    """

    owner: ClassVar[str] = "organization"

    def visible_to(self, actor: Actor) -> Self:
        """Keep the rows that belong to the organization the actor acts as, or to one below it."""
        reach = actor.reach
        if reach is None or reach.is_provider:
            return self
        prefix = f"{self.owner}__" if self.owner else ""
        return self.filter(**{f"{prefix}path__startswith": reach.path})
