"""
Where numbers are for sale: by country, region and city, each by an id of the carrier's own.

There is no search by area code: cities have one, and which of them fit is found out here. Places
are kept, as they change about as often as maps do; asking for all of a large country takes a while
once. A country is known by its English name alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from trunks.carriers.wavix import payloads
from trunks.carriers.wavix.payloads import Place
from trunks.carriers.wavix.wire import Wire
from trunks.deadlines import Deadline
from trunks.offers import Wanted

KEPT: Final = 6 * 3600.0
"""Seconds."""

COUNTRIES: Final = {
    "AR": "Argentina", "AT": "Austria", "AU": "Australia", "BE": "Belgium", "BG": "Bulgaria",
    "BR": "Brazil", "CA": "Canada", "CH": "Switzerland", "CL": "Chile", "CO": "Colombia",
    "CY": "Cyprus", "CZ": "Czech Republic|Czechia", "DE": "Germany", "DK": "Denmark",
    "EE": "Estonia", "ES": "Spain", "FI": "Finland", "FR": "France",
    "GB": "United Kingdom|Great Britain|UK", "GR": "Greece", "HK": "Hong Kong", "HR": "Croatia",
    "HU": "Hungary", "IE": "Ireland", "IL": "Israel", "IN": "India", "IT": "Italy", "JP": "Japan",
    "LT": "Lithuania", "LU": "Luxembourg", "LV": "Latvia", "MT": "Malta", "MX": "Mexico",
    "MY": "Malaysia", "NL": "Netherlands|The Netherlands", "NO": "Norway", "NZ": "New Zealand",
    "PA": "Panama", "PE": "Peru", "PL": "Poland", "PR": "Puerto Rico", "PT": "Portugal",
    "RO": "Romania", "SE": "Sweden", "SG": "Singapore", "SI": "Slovenia", "SK": "Slovakia",
    "TR": "Turkey|Türkiye", "US": "United States|United States of America|USA",
    "ZA": "South Africa",
}  # fmt: skip
REGIONS: Final = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California",
    "CO": "Colorado", "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia",
    "FL": "Florida", "GA": "Georgia", "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois",
    "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana",
    "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota",
    "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada",
    "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York",
    "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon",
    "PA": "Pennsylvania", "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota",
    "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont", "VA": "Virginia",
    "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
    "AB": "Alberta", "BC": "British Columbia", "MB": "Manitoba", "NB": "New Brunswick",
    "NL": "Newfoundland and Labrador", "NS": "Nova Scotia", "NT": "Northwest Territories",
    "NU": "Nunavut", "ON": "Ontario", "PE": "Prince Edward Island", "QC": "Quebec",
    "SK": "Saskatchewan", "YT": "Yukon",
}  # fmt: skip
_CODES: Final = {name.casefold(): code for code, name in REGIONS.items()}


def cities(wire: Wire, wanted: Wanted, deadline: Deadline) -> Iterator[tuple[str, str]]:
    """Walk the cities that may have what is wanted, each as its path and its region's code."""
    names = COUNTRIES.get(wanted.country, "").casefold().split("|")
    for country in _kept(wire, "countries", deadline):
        if country.name.casefold() in names:
            for path, region in _areas(wire, country, wanted, deadline):
                for city in _kept(wire, f"{path}/cities", deadline):
                    if _may_have(city, wanted):
                        yield f"buy/countries/{country.id}/cities/{city.id}/dids", region


def _areas(
    wire: Wire, country: Place, wanted: Wanted, deadline: Deadline
) -> Iterator[tuple[str, str]]:
    """Give where cities are listed: below each region, or where there are none, the country."""
    path = f"countries/{country.id}"
    if not country.has_regions:
        if not wanted.region:
            yield path, ""
        return
    for region in _kept(wire, f"{path}/regions", deadline):
        code = _CODES.get(region.name.casefold(), region.name)
        if wanted.region.casefold() in ("", code.casefold(), region.name.casefold()):
            yield f"{path}/regions/{region.id}", code


def _may_have(city: Place, wanted: Wanted) -> bool:
    start = wanted.area_code + wanted.prefix
    # Either may be longer; a city without a code may have anything.
    in_area = city.area_code.startswith(start) or start.startswith(city.area_code)
    # Its examples have both "Buenos Aires" and "DETROIT, MI".
    name = city.name.casefold()
    return in_area and wanted.locality.casefold() in ("", name, name.partition(",")[0])


def _kept(wire: Wire, path: str, deadline: Deadline) -> list[Place]:
    parse = partial(payloads.places_from, kind=path.rpartition("/")[2])
    return wire.call("GET", f"buy/{path}", parse=parse, deadline=deadline, kept_for=KEPT)
