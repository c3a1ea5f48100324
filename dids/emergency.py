"""Where help is sent for numbers: what each one needs, and what it has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import Organization
from dids.emergency_rules import CALLING, needs_location, rules
from dids.models import (
    Assignment,
    EmergencyLocation,
    EmergencyRegistration,
    EmergencyWaiver,
    PhoneNumber,
)
from dids.models.numbers import PhoneNumberQuerySet
from dids.states import FeatureStatus, NumberStatus
from trunks.numbering import Capability

USED = (NumberStatus.ASSIGNED, NumberStatus.IN_SERVICE)
GONE = (
    FeatureStatus.UNWANTED,
    FeatureStatus.REMOVING,
    FeatureStatus.REMOVAL_BY_HAND,
    FeatureStatus.OFF,
)
"""Registrations that are over, or about to be."""


@dataclass(frozen=True)
class Cover:
    """
    What a number has: a location, or somebody's word that it needs none.

    :ivar is_own: whether the location was chosen for this number
    """

    location: EmergencyLocation | None = None
    waiver: EmergencyWaiver | None = None
    is_own: bool = False

    @property
    def is_enough(self) -> bool:
        """Tell whether the number may be used."""
        return self.location is not None or self.waiver is not None


def needs(number: PhoneNumber) -> bool:
    """Tell whether a number may be used only with a location or a waiver."""
    return needs_location(number.country, number.type, number.capabilities)


def covers(
    numbers: Sequence[PhoneNumber], *, holders: Mapping[int, Organization] | None = None
) -> dict[int, Cover]:
    """
    Give what the numbers that need a location have, by their keys; others are left out.

    :param holders: whose locations count for some, where they are about to get them
    """
    asked = [number for number in numbers if needs(number)]
    if not asked:
        return {}
    of = {number.pk: (holders or {}).get(number.pk, number.holder).pk for number in asked}
    there = _locations(asked, set(of.values()))
    defaults = {(row.organization_id, row.country): row for row in there if row.is_default}
    chosen = {row.pk: row for row in there}
    open_ones = EmergencyWaiver.objects.open().filter(
        number__in=asked, organization__in=set(of.values())
    )
    waivers = {(row.number_id, row.organization_id): row for row in open_ones}
    found = {}
    for number in asked:
        holder = of[number.pk]
        own = chosen.get(number.emergency_location_id or 0)
        if own is not None and (own.organization_id, own.country) != (holder, number.country):
            own = None
        found[number.pk] = Cover(
            location=own or defaults.get((holder, number.country)),
            waiver=waivers.get((number.pk, holder)),
            is_own=own is not None,
        )
    return found


def uncovered(numbers: PhoneNumberQuerySet) -> PhoneNumberQuerySet:
    """Narrow to numbers in use that need a location and have none: those of before the rule."""
    same = EmergencyLocation.objects.active().filter(
        organization=OuterRef("holder"), country=OuterRef("country")
    )
    has_one = Q(pk=OuterRef("emergency_location")) | Q(is_default=True)
    return in_need(numbers).filter(~Exists(same.filter(has_one)), ~Exists(_waived()))


def in_need(numbers: PhoneNumberQuerySet) -> PhoneNumberQuerySet:
    """Narrow to numbers that point somewhere and need a location."""
    pointed = Assignment.objects.filter(number=OuterRef("pk"))
    can_call = Q(capabilities__contains=[Capability.VOICE]) | Q(capabilities=[])
    return numbers.filter(
        can_call,
        Exists(pointed),
        status__in=USED,
        country__in=list(rules()),
        type__in=[str(each) for each in CALLING],
    )


def to_be_registered_at(location: EmergencyLocation) -> PhoneNumberQuerySet:
    """Give the numbers in use that a location covers and whose carriers have not been told."""
    told = EmergencyRegistration.objects.filter(number=OuterRef("pk"), location=location)
    return covered_by(location).filter(~Exists(told.exclude(status__in=GONE)))


def covered_by(location: EmergencyLocation) -> PhoneNumberQuerySet:
    """Give the numbers in use that a location covers, without those that somebody answers for."""
    numbers = PhoneNumber.objects.filter(holder=location.organization_id, country=location.country)
    covered = Q(emergency_location=location)
    if location.is_default:
        covered |= Q(emergency_location=None)
        covered |= ~Q(emergency_location__organization=F("holder"))
    return in_need(numbers).filter(covered, ~Exists(_waived()))


def missing(numbers: Iterable[PhoneNumber]) -> list[PhoneNumber]:
    """Give those of some numbers that may not be used as they are."""
    asked = list(numbers)
    found = covers(asked)
    return [number for number in asked if number.pk in found and not found[number.pk].is_enough]


def _waived() -> QuerySet[EmergencyWaiver]:
    open_ones = EmergencyWaiver.objects.open()
    return open_ones.filter(number=OuterRef("pk"), organization=OuterRef("holder"))


def _locations(numbers: Sequence[PhoneNumber], holders: set[int]) -> list[EmergencyLocation]:
    chosen = {number.emergency_location_id for number in numbers if number.emergency_location_id}
    wanted = Q(is_default=True) | Q(pk__in=chosen) if chosen else Q(is_default=True)
    active = EmergencyLocation.objects.active()
    return list(active.filter(wanted, organization__in=holders).order_by("pk"))
