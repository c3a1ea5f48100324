"""An organization's own words on numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import Q

from accounts.reach import ReachQuerySet

if TYPE_CHECKING:
    from accounts.actors import Actor

LONGEST = 40


class NumberTagQuerySet(ReachQuerySet["NumberTag"]):
    """Tags, seen by nobody but the organization whose words they are."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep the tags of the organization that the actor acts as, nobody else's."""
        return self if actor.reach is None else self.filter(organization=actor.reach)


class NumberTag(models.Model):
    """One word of an organization on one number that it can see."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.CASCADE, related_name="+"
    )
    number = models.ForeignKey("dids.PhoneNumber", on_delete=models.CASCADE, related_name="tags")
    word = models.CharField(max_length=LONGEST)

    objects: ClassVar[NumberTagQuerySet] = NumberTagQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "word", "number"], name="number_tag_once"
            ),
            models.CheckConstraint(name="number_tag_says_something", condition=~Q(word="")),
        ]

    def __str__(self) -> str:
        return f"{self.word} on {self.number_id} ({self.pk})"
