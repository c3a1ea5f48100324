"""
Steps on many numbers at once: all of them or none, or as many as can.

Each such step looks at every number under its lock, by the rule that holds for a single one, which
is such a step with one number. Given `refusals`, it writes down there what stands in the way of
some and goes on with the others; without, the first refusal ends it, and nothing is done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dids.models import PhoneNumber
from lib.refusals import UnableTo

MOST = 1_000
"""Numbers in one step."""

Refusals = dict[str, UnableTo]
"""Why nothing was done with a number, by its E.164."""


def fit(
    rows: Sequence[PhoneNumber],
    require: Callable[[PhoneNumber], None],
    refusals: Refusals | None,
) -> list[PhoneNumber]:
    """
    Keep the numbers with which a step can be done.

    :param require: refuses a number that cannot
    :raises UnableTo: the first refusal, where they are not collected
    """
    kept = []
    for row in rows:
        try:
            require(row)
        except UnableTo as refusal:
            if refusals is None:
                raise
            refusals[row.e164] = refusal
        else:
            kept.append(row)
    return kept
