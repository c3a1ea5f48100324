"""Every step on many numbers, by its key."""

from __future__ import annotations

from accounts.actors import Actor
from portal.web.bulk import handing, using
from portal.web.bulk.step import Step

STEPS = {step.key: step for step in (*handing.STEPS, *using.STEPS)}


def steps_for(actor: Actor) -> list[Step]:
    """Give the steps that an actor may choose below a list."""
    return [step for step in STEPS.values() if step.in_list and step.is_for(actor)]
