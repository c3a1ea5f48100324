"""No number rings anywhere that people could call from without help finding them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection

from accounts.models import Organization
from dids import emergency
from dids.emergency import Cover
from dids.emergency_rules import rules
from dids.models import PhoneNumber
from dids.states import LocationStatus
from dids.workflows import registrations
from lib.refusals import UnableTo

_HOLD = """
SELECT id FROM dids_emergencylocation
 WHERE id = ANY(%s) AND status = %s AND (is_default OR id = ANY(%s)) ORDER BY id FOR SHARE
"""


class UnableToServe(UnableTo):
    """The number may not be used yet: nobody has said where help is to be sent."""

    code = "no_emergency_location"
    conflict = True


class Gate:
    """
    What some locked numbers have, read once for all of them.

    :param holders: whose locations count for some, where they are about to get them
    """

    def __init__(
        self,
        numbers: Sequence[PhoneNumber],
        *,
        holders: Mapping[int, Organization] | None = None,
    ) -> None:
        self._covers = emergency.covers(numbers, holders=holders)

    def require(self, number: PhoneNumber) -> None:
        """
        Make sure that a number may be put into use.

        :raises UnableToServe: if it needs a location or a waiver and has none
        """
        cover = self._covers.get(number.pk)
        if cover is not None and not cover.is_enough:
            raise refusal(number.e164, number.country)


def refusal(e164: str, country: str, *, field: str = "emergency_location") -> UnableToServe:
    """Say what is missing, and what to do about it."""
    short = rules()[country].short
    return UnableToServe(
        f"{e164} has no emergency location, so help would not be found when somebody dials "
        f"{short}. Enter one in {country} under Emergency and have it checked, or waive it on the "
        "number's page.",
        field=field,
    )


def pass_through(numbers: Sequence[PhoneNumber], *, now: datetime) -> None:
    """
    Let locked numbers be put into use, and have their carriers told where they are.

    :raises UnableToServe: if one of them needs a location or a waiver and has none
    """
    found = emergency.covers(numbers)
    _hold(found)
    wanted = []
    for number in numbers:
        cover = found.get(number.pk)
        if cover is None:
            continue
        if not cover.is_enough:
            raise refusal(number.e164, number.country)
        if cover.location is not None and cover.waiver is None:
            wanted.append((number, cover.location))
    registrations.want_many(wanted, now=now)


def _hold(found: Mapping[int, Cover]) -> None:
    """Keep the locations as they are until the numbers that lean on them are in use."""
    used = [cover for cover in found.values() if cover.location and not cover.waiver]
    keys = {cover.location.pk for cover in used if cover.location}
    own = {cover.location.pk for cover in used if cover.location and cover.is_own}
    if not keys:
        return
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [sorted(keys), LocationStatus.ACTIVE, sorted(own)])
        if len(cursor.fetchall()) != len(keys):
            raise UnableToServe(
                "The emergency location has just been changed or retired. Look at it again, then "
                "repeat the step.",
                field="emergency_location",
            )
