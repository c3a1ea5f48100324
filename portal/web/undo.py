"""
Undo: a message that says what was done, with a form that does the opposite.

The form goes to an ordinary step with what was there before, and with what its reader sees now
(`portal.web.seen`): where something changed meanwhile, the step refuses and says what. Nothing is
remembered but the message itself, which is shown once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib import messages

from portal.actor import PortalRequest


@dataclass(frozen=True)
class Undo:
    """
    The way back.

    :ivar action: the address of the step in the other direction
    :ivar fields: what it is sent; several values under one name as a list
    """

    action: str
    fields: Mapping[str, str | Sequence[str]]
    verb: str = "Undo"

    def pairs(self) -> list[tuple[str, str]]:
        """Give every name with each of its values."""
        return [
            (name, value)
            for name, values in self.fields.items()
            for value in ([values] if isinstance(values, str) else values)
        ]


def done(request: PortalRequest, said: str, undo: Undo | None) -> None:
    """Say on the next page what was done, and offer to undo it where that can be."""
    messages.success(request, said, extra_tags=json.dumps(asdict(undo)) if undo else "")


def undo_of(message: Any) -> Undo | None:
    """Read the way back out of a message; most have none."""
    tags = getattr(message, "extra_tags", None) or ""
    return Undo(**json.loads(tags)) if tags.startswith("{") else None
