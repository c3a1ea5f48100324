"""What narrows a list of numbers: the same for pages, programs and steps on many at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypedDict

from django.db.models import Exists, OuterRef
from django.db.models.expressions import RawSQL

from accounts.actors import Actor
from accounts.models import Organization
from dids import emergency
from dids.models import NumberBlock, NumberTag, Offer
from dids.models.numbers import PhoneNumberQuerySet
from lib import e164
from trunks.models import CarrierAccount, Trunk

# The hits are collected first and ordered afterwards: with a plain LIKE and ORDER BY e164 LIMIT n
# the planner walks the whole unique index for one pattern in ten.
_HITS = "WITH hits AS MATERIALIZED (SELECT id FROM dids_phonenumber WHERE {}) SELECT id FROM hits"

_DIGITS = re.compile(r"[+\d\s().-]+", re.ASCII)


class Narrowing(TypedDict, total=False):
    """
    What is wanted of numbers; what is left out, empty or None narrows nothing.

    `search` is digits anywhere in the number, a number in any format, its beginning with the plus,
    or words of a label. `holder` takes in those below it, `tag` is a word of the actor's own
    organization, `rings` tells whether it points anywhere, `destination` is the kind of where it
    points, `offered` tells whether an offer of it is open, `located` whether help is found: where
    it is not, the number is in use and lacks the emergency location, or waiver, that it needs.
    """

    search: str
    status: str
    country: str
    type: str
    holder: Organization | None
    tag: str
    block: NumberBlock | None
    carrier_account: CarrierAccount | None
    trunk: Trunk | None
    rings: bool | None
    destination: str
    offered: bool | None
    located: bool | None


def narrowed(rows: PhoneNumberQuerySet, wanted: Narrowing, actor: Actor) -> PhoneNumberQuerySet:
    """Keep the numbers that are wanted."""
    if words := wanted.get("search", "").strip():
        rows = rows.filter(pk__in=_hits(words, actor))
    if tag := wanted.get("tag", ""):
        tagged = NumberTag.objects.visible_to(actor).filter(word=tag.casefold())
        rows = rows.filter(pk__in=tagged.values("number"))
    offered = wanted.get("offered")
    if offered is not None:
        is_offered = Exists(Offer.objects.open().filter(number=OuterRef("pk")))
        rows = rows.filter(is_offered if offered else ~is_offered)
    located = wanted.get("located")
    if located is not None:
        unfound = emergency.uncovered(rows)
        rows = rows.exclude(pk__in=unfound.values("pk")) if located else unfound
    for name, lookup in _LOOKUPS.items():
        value: Any = wanted.get(name)
        if value is not None and value != "":
            rows = rows.filter(**dict([lookup(value)]))
    return rows


_LOOKUPS: dict[str, Callable[[Any], tuple[str, object]]] = {
    "status": lambda word: ("status", word.upper()),
    "country": lambda word: ("country", word.upper()),
    "type": lambda word: ("type", word.upper()),
    "holder": lambda holder: ("holder__path__startswith", holder.path),
    "block": lambda block: ("block", block),
    "carrier_account": lambda account: ("carrier_account", account),
    "trunk": lambda trunk: ("binding__trunk", trunk),
    "rings": lambda rings: ("assignment__isnull", not rings),
    "destination": lambda kind: ("assignment__kind", kind),
}


def _hits(text: str, actor: Actor) -> RawSQL:
    if not _DIGITS.fullmatch(text):
        return _like("label ILIKE %s", f"%{_escaped(text)}%")
    digits = re.sub(r"\D", "", text)
    home = actor.reach.country if actor.reach else ""
    patterns = [f"{beginning}%" for beginning in sorted(e164.beginnings(text, home=home))]
    conditions = ["e164 LIKE %s"] * len(patterns)
    if digits and not text.startswith("+"):
        patterns.append(f"%{digits}%")
        conditions.append("SUBSTRING(e164, 2) LIKE %s")
    return _like(" OR ".join(conditions), *patterns)


def _like(condition: str, *patterns: str) -> RawSQL:
    return RawSQL(_HITS.format(condition), list(patterns))  # noqa: S611


def _escaped(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)
