"""What carriers ask for that cannot be asked by an interface: a table that staff keep by hand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from django.utils.text import slugify

from accounts import journal
from accounts.actors import Actor
from accounts.work import acting
from dids import events
from dids.models import DocumentType, RequirementList
from dids.models.filings import words_for
from lib.refusals import UnableTo
from trunks import registry
from trunks.models import CarrierAccount
from trunks.numbering import NumberType
from trunks.regulation import Asks, Requirement
from trunks.roles import AsksForDocuments

MOST: Final = 12
LONGEST_NAME: Final = 100
LONGEST_WORDS: Final = 300


class UnableToKeep(UnableTo):
    """What was written down cannot be kept."""

    code = "cannot_keep_requirements"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """
    One thing that a carrier asks for, as staff write it down.

    :ivar words: what the carrier accepts, for whoever answers
    :ivar accepts: the types of document that answer it; empty for any
    """

    name: str
    asks: Asks
    words: str = ""
    accepts: Sequence[DocumentType] = ()


def is_kept(account: CarrierAccount) -> bool:
    """Tell whether staff keep what is asked for there; elsewhere the interface tells it."""
    known = account.carrier in registry.slugs()
    return known and not issubclass(registry.carrier(account.carrier), AsksForDocuments)


def keep(
    *,
    account: CarrierAccount,
    country: str,
    type_: NumberType,
    asked: Sequence[Asked],
    actor: Actor,
    now: datetime,
) -> RequirementList:
    """
    Write down all that is asked for before numbers of a country and type are sold.

    It takes the place of what was written down before. What was ordered already keeps its list.

    :param country: ISO 3166 alpha-2
    :raises UnableToKeep: naming the field that must change
    """
    _require_kept(account)
    _require_country(country)
    if not 1 <= len(asked) <= MOST:
        raise UnableToKeep(
            f"Write down 1 to {MOST} things. Where nothing is asked for, there is no entry.",
            field="requirements",
        )
    requirements = [_checked(one, place) for place, one in enumerate(asked)]
    _require_different([one.key for one in requirements])
    with acting(actor):
        row, _ = RequirementList.objects.update_or_create(
            carrier_account=account,
            country=country,
            type=type_.value,
            defaults={"asked_at": now, "requirements": [asdict(one) for one in requirements]},
        )
        journal.record(
            actor,
            events.REQUIREMENTS_KEPT,
            now=now,
            subject=account.subject,
            organization=account.owner,
            after={"name": account.name, "what": row.what, "asked": row.names},
        )
    return row


def forget(
    *,
    account: CarrierAccount,
    country: str,
    type_: NumberType,
    actor: Actor,
    now: datetime,
) -> None:
    """
    Strike an entry out; nothing where there is none.

    :raises UnableToKeep: if the carrier is asked by its interface
    """
    _require_kept(account)
    _require_country(country)
    with acting(actor):
        rows = RequirementList.objects.filter(
            carrier_account=account, country=country, type=type_.value
        )
        gone, _ = rows.delete()
        if not gone:
            return
        journal.record(
            actor,
            events.REQUIREMENTS_FORGOTTEN,
            now=now,
            subject=account.subject,
            organization=account.owner,
            after={"name": account.name, "what": words_for(country, type_.value)},
        )


def _require_kept(account: CarrierAccount) -> None:
    if not is_kept(account):
        refusal = UnableToKeep(
            f"What {account.name} asks for is told by its interface. Search, and it is read."
        )
        refusal.conflict = True
        raise refusal


def _require_country(country: str) -> None:
    if not re.fullmatch(r"[A-Z]{2}", country):
        raise UnableToKeep("Write two capital letters, such as GB.", field="country")


def _checked(one: Asked, place: int) -> Requirement:
    field = f"requirements[{place}]"
    name, words = " ".join(one.name.split()), " ".join(one.words.split())
    if not name or len(name) > LONGEST_NAME or "\x00" in name:
        raise UnableToKeep(f"Name it in 1 to {LONGEST_NAME} characters.", field=f"{field}.name")
    if len(words) > LONGEST_WORDS or "\x00" in words:
        raise UnableToKeep(f"Shorten this to {LONGEST_WORDS} characters.", field=f"{field}.words")
    if one.accepts and one.asks != Asks.DOCUMENT:
        raise UnableToKeep("Only a document has types.", field=f"{field}.accepts")
    return Requirement(
        # By its name, so that a list that is written down anew asks for the same things.
        key=slugify(name)[:LONGEST_NAME] or f"thing-{place + 1}",
        asks=one.asks,
        name=name,
        words=words,
        accepts=tuple(one.accepts),
    )


def _require_different(keys: Sequence[str]) -> None:
    for place, key in enumerate(keys):
        if key in keys[:place]:
            raise UnableToKeep(
                "This is there twice. Leave one out or name it differently.",
                field=f"requirements[{place}].name",
            )
