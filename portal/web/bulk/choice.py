"""Which numbers a step is about: boxes of one page, all that match, or those of a step before."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict

from accounts.actors import Actor
from dids import inventory
from dids.workflows.many import MOST
from lib.e164 import is_e164
from portal.web.answers import plain
from portal.web.bulk import outcome
from portal.web.forms.number_filters import NumberFilterForm

NAME, ALL, OF = "number", "all", "of"
"""A chosen number; whether all that match the filters are; the outcome whose done ones are."""


@dataclass(frozen=True)
class Choice:
    """
    What was chosen.

    :ivar numbers: in E.164 and in order, MOST at most
    :ivar kept: what a form sends along to choose the same again
    :ivar has_more: whether more match than one step takes
    """

    numbers: list[str]
    kept: list[tuple[str, str]]
    has_more: bool = False


def of(query: QueryDict, actor: Actor) -> Choice:
    """Read from an address which numbers are chosen."""
    if plain(query.get(ALL)):
        return _matching(query, actor)
    if before := plain(query.get(OF)):
        known = outcome.find(actor, before)
        return Choice(known.done if known else [], [(OF, before)])
    given = sorted({number for number in query.getlist(NAME) if is_e164(number)})
    return Choice(given[:MOST], [(NAME, number) for number in given[:MOST]], len(given) > MOST)


def _matching(query: QueryDict, actor: Actor) -> Choice:
    form = NumberFilterForm(query, actor=actor)
    rows = inventory.numbers(actor, **form.narrowing).order_by("e164")
    found = list(rows.values_list("e164", flat=True)[: MOST + 1])
    filters = [(name, plain(query.get(name))) for name in form.fields]
    kept = [(ALL, "1"), *((name, text) for name, text in filters if text)]
    return Choice(found[:MOST], kept, len(found) > MOST)
