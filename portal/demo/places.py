"""Where help is sent to the demo's companies: entered and checked as anybody's."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Organization
from dids.models import EmergencyLocation
from dids.workflows import locations
from dids.workflows.locations import Particulars
from portal.demo.cast import PLACES, Place
from portal.demo.companies import owner_of
from portal.demo.waiting import wait


def ensure_places(companies: dict[str, Organization], now: datetime) -> None:
    """
    Enter the address of each company, and wait until it was looked at.

    :raises NotYet: if workers do not answer in time
    """
    for place in PLACES:
        company = companies[place.company]
        if not EmergencyLocation.objects.filter(organization=company).exists():
            _enter(place, company, now)
    active = EmergencyLocation.objects.active().filter(is_default=True)
    companies_there = [companies[place.company] for place in PLACES]
    wait(
        "the demo's emergency locations",
        lambda: active.filter(organization__in=companies_there).count() >= len(PLACES),
    )


def _enter(place: Place, company: Organization, now: datetime) -> None:
    actor = owner_of(company)
    particulars = Particulars(
        label="Main office",
        name=company.name,
        house_number=place.house_number,
        street=place.street,
        city=place.city,
        state=place.state,
        postal_code=place.postal_code,
        country=place.country,
    )
    row = locations.create(organization=company, particulars=particulars, actor=actor, now=now)
    locations.check(location=row, actor=actor, now=now)
