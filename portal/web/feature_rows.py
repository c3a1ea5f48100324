"""What pages read of the features of a number."""

from __future__ import annotations

from accounts.actors import Actor
from dids.models import CallerName, PhoneNumber


def caller_name_of(actor: Actor, number: PhoneNumber) -> CallerName | None:
    """Give the names of callers on a number, unless they are those of an earlier holder."""
    rows = CallerName.objects.visible_to(actor).filter(number=number, organization=number.holder_id)
    # The page has the number, with its carrier account, already.
    found = rows.first()
    if found is not None:
        found.number = number
    return found
