"""What a step on many numbers is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts.actors import Actor
from accounts.models import Kind
from accounts.permissions import Permission
from dids import inventory
from dids.models import PhoneNumber
from dids.workflows.many import Refusals
from portal.web.forms import PortalForm
from portal.web.number_parts import Maker


@dataclass
class Work:
    """
    A step that is taken or rehearsed.

    :ivar asked: every number that was asked for, in E.164 and in order
    :ivar numbers: those that are there and as their reader saw them, under their locks; the step
        brings them up to date
    :ivar refusals: why nothing is done with one; the step adds its own
    """

    asked: Sequence[str]
    numbers: list[PhoneNumber]
    form: PortalForm
    actor: Actor
    now: datetime
    refusals: Refusals = field(default_factory=dict)

    @property
    def given(self) -> dict[str, Any]:
        """Give what every workflow on many numbers is told."""
        return {
            "numbers": self.numbers,
            "actor": self.actor,
            "now": self.now,
            "refusals": self.refusals,
        }

    @property
    def done(self) -> list[PhoneNumber]:
        """Give the numbers with which it was done."""
        return [number for number in self.numbers if number.e164 not in self.refusals]


@dataclass(frozen=True)
class Back:
    """
    The step in the other direction.

    :ivar step: its key
    :ivar fields: what its form is sent
    """

    step: str
    numbers: Sequence[str]
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Did:
    """
    What a step did.

    :ivar says: a sentence for every number with which it was done
    :ivar back: None where it cannot be taken back by one step
    """

    says: dict[str, str]
    back: Back | None = None


def visible(actor: Actor, wanted: Iterable[str]) -> list[PhoneNumber]:
    """Give the numbers among those wanted that the actor can see."""
    return list(inventory.numbers(actor).filter(e164__in=wanted))


def no_fields(_data: object, *, actor: Actor) -> PortalForm:
    """Give the form of a step that asks nothing."""
    return PortalForm({})


@dataclass(frozen=True)
class Step:
    """
    One thing to do with many numbers.

    :ivar key: names it in addresses
    :ivar label: of the choice and of the button, such as "Allot"
    :ivar means: what it means, before anything is chosen
    :ivar kinds: of organization that do it with their own numbers
    :ivar run: does it, by the workflow of the single step
    :ivar watched: what must be as the reader of the preview saw it
    :ivar rows: finds the numbers
    :ivar in_list: whether it is a choice below the list
    """

    key: str
    label: str
    means: str
    right: Permission
    kinds: frozenset[Kind]
    run: Callable[[Work], Did]
    form: Callable[..., PortalForm] = no_fields
    watched: tuple[Maker, ...] = ()
    rows: Callable[[Actor, Iterable[str]], list[PhoneNumber]] = visible
    in_list: bool = True

    def is_for(self, actor: Actor) -> bool:
        """Tell whether the actor may do it."""
        reach = actor.reach
        return reach is not None and reach.kind in self.kinds and actor.may(self.right)
