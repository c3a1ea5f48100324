"""The name that a number's calls may show, and the names of those who call it."""

from __future__ import annotations

import re
from datetime import datetime

from accounts.actors import Actor
from accounts.work import acting
from dids.models import CallerName, PhoneNumber
from dids.models.caller_names import LONGEST_NAME
from dids.states import FeatureStatus
from dids.workflows import feature_wishes, leaving
from dids.workflows.handover import locked
from dids.workflows.standing import require_seat
from lib.locks import no_key
from lib.refusals import UnableTo
from trunks.numbering import NumberType

_NAME = re.compile(r"[A-Z0-9 ]+")
_WITH_NAMES = frozenset({"US"})
_WITH_LOOK_UP = frozenset({"US", "CA"})


class UnableToName(UnableTo):
    """The number cannot have that name."""

    code = "cannot_name"


def want(
    *, number: PhoneNumber, text: str, shows_callers: bool, actor: Actor, now: datetime
) -> CallerName:
    """
    Ask for a name to be listed and for callers to be looked up; a worker or a person sees to it.

    :param text: up to 15 letters, digits and spaces; empty lists none
    :param shows_callers: whether the names of callers are looked up
    :raises UnableToName: if the number or the name cannot be listed
    :raises UnableToStandIn: if the number is somebody else's
    """
    name = checked(text)
    with acting(actor):
        (row,) = locked([number])
        require_seat(actor, row.holder, what=row.e164)
        _require_listable(row, name, shows_callers)
        there = _of(row, now)
        if not name and not shows_callers:
            if there.status != FeatureStatus.OFF:
                feature_wishes.unwant(there, actor=actor, now=now)
        elif not _is_wanted(there, row, name, shows_callers):
            feature_wishes.want(
                there,
                actor=actor,
                now=now,
                organization=row.holder,
                text=name,
                shows_callers=shows_callers,
            )
    return there


def checked(text: str) -> str:
    """
    Give a name as the databases hold it.

    :raises UnableToName: if it cannot be listed
    """
    name = " ".join(text.upper().split())
    if len(name) > LONGEST_NAME:
        raise UnableToName(
            f"The name has {len(name)} characters, and called phones show {LONGEST_NAME}. "
            "Shorten it.",
            field="text",
        )
    if name and not _NAME.fullmatch(name):
        raise UnableToName(
            "A name has letters A to Z, digits and spaces only. Leave out accents and signs.",
            field="text",
        )
    if name and name.replace(" ", "").isdigit():
        raise UnableToName(
            "A name needs a letter, or it looks like a number. Add one.", field="text"
        )
    return name


def why_unlisted(number: PhoneNumber) -> str:
    """Say why no name can be listed for a number; empty where one can."""
    if number.country not in _WITH_NAMES:
        return "Names are listed for numbers of the United States only."
    if number.type == NumberType.TOLL_FREE:
        return "Networks show no names for toll-free numbers."
    return ""


def why_not_looked_up(number: PhoneNumber) -> str:
    """Say why callers of a number cannot be looked up; empty where they can."""
    if number.country in _WITH_LOOK_UP:
        return ""
    return "Callers are looked up for numbers of the United States and Canada only."


def _require_listable(number: PhoneNumber, name: str, shows_callers: bool) -> None:
    if why := leaving.why_gone(number):
        raise UnableToName(why)
    if name and (refusal := why_unlisted(number)):
        raise UnableToName(f"{refusal} Leave the name empty.", field="text")
    if shows_callers and (refusal := why_not_looked_up(number)):
        raise UnableToName(f"{refusal} Leave it off.", field="shows_callers")


def _is_wanted(there: CallerName, number: PhoneNumber, name: str, shows_callers: bool) -> bool:
    """Tell whether the same is asked for already, so that asking again changes nothing."""
    leaves = (
        FeatureStatus.OFF,
        FeatureStatus.REJECTED,
        FeatureStatus.UNWANTED,
        FeatureStatus.REMOVING,
        FeatureStatus.REMOVAL_BY_HAND,
    )
    same = (there.text, there.shows_callers, there.organization_id)
    return there.status not in leaves and same == (name, shows_callers, number.holder_id)


def _of(number: PhoneNumber, now: datetime) -> CallerName:
    # The number is locked: nobody else makes the row, only workers move it.
    rows = CallerName.objects.select_related("organization", "number__carrier_account")
    there = no_key(rows.filter(number=number)).first()
    return there or CallerName.objects.create(
        number=number, organization=number.holder, status_since=now
    )
