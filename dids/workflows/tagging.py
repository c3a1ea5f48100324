"""An organization's own words on numbers: put on, taken off, many numbers at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from accounts import journal
from accounts.actors import Actor
from accounts.models import Organization
from accounts.work import acting
from dids import events, inventory
from dids.models import NumberTag, PhoneNumber
from dids.models.tags import LONGEST
from dids.workflows.handover import locked
from dids.workflows.many import MOST, Refusals, fit
from lib.refusals import UnableTo

MOST_TAGS = 20
"""On one number, by one organization."""
_WORD = re.compile(r"[\w][\w .:/+-]*")


class UnableToTag(UnableTo):
    """The words are none, or too many."""

    code = "cannot_tag"


def tag(
    *,
    numbers: Sequence[PhoneNumber],
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    actor: Actor,
    now: datetime,
    refusals: Refusals | None = None,
) -> int:
    """
    Put words on numbers that the actor can see, and take words off; gives how many changed.

    See `many` for `refusals`.

    The words belong to the organization that the actor acts as; nobody else sees them.

    :raises UnableToTag: if a word is none, or there are too many words or numbers
    """
    on, off = {checked(word, "add") for word in add}, {checked(word, "remove") for word in remove}
    if both := on & off:
        raise UnableToTag(f"“{min(both)}” is to be put on and taken off. Choose one.", field="add")
    if len(numbers) > MOST:
        raise UnableToTag(f"Tag at most {MOST:,} numbers at once.", field="numbers")
    organization = _whose(actor)
    with acting(actor):
        # Under the lock: one that has left its sight meanwhile gets no word, and none too many.
        found = [row for row in locked(numbers) if organization.reaches(row.holder)]
        before = inventory.tags(organization, found)

        def require(row: PhoneNumber) -> None:
            _require_few(row, {*before.get(row.pk, []), *on} - off)

        rows = fit(found, require, refusals)
        _change(organization, rows, on, off)
        after = inventory.tags(organization, rows)
        changed = [row for row in rows if before.get(row.pk) != after.get(row.pk)]
        journal.record_many(
            actor,
            events.TAGGED,
            # Not the words: whoever stands above may read the journal, but not the tags.
            [
                journal.Row(subject=row.subject, organization=organization, number=row.e164)
                for row in changed
            ],
            now=now,
        )
    return len(changed)


def checked(word: str, field: str) -> str:
    """
    Give a tag as it will be stored: in lower case, with single spaces.

    :raises UnableToTag: if it is empty, too long or of other signs
    """
    text = " ".join(word.split()).casefold()
    if len(text) > LONGEST or not _WORD.fullmatch(text):
        raise UnableToTag(
            f"Write a tag with 1 to {LONGEST} letters, digits, spaces and . : / + - _, "
            "beginning with a letter or a digit.",
            field=field,
        )
    return text


def _change(
    organization: Organization, numbers: Sequence[PhoneNumber], on: set[str], off: set[str]
) -> None:
    rows = [
        NumberTag(organization=organization, number=number, word=word)
        for number in numbers
        for word in sorted(on)
    ]
    NumberTag.objects.bulk_create(rows, ignore_conflicts=True)
    if off:
        there = NumberTag.objects.filter(organization=organization, number__in=numbers)
        there.filter(word__in=off).delete()


def _require_few(number: PhoneNumber, words: set[str]) -> None:
    if len(words) > MOST_TAGS:
        raise UnableToTag(
            f"{number.e164} would have more than {MOST_TAGS} tags. Take one off first.",
            field="add",
        )


def _whose(actor: Actor) -> Organization:
    if actor.reach is None:
        raise UnableToTag("Tags need an organization whose words they are.")
    return actor.reach
