"""What is known of what carriers ask for before they sell, by interface or as staff keep it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final, TypeAlias

from django.db.models import Exists, OuterRef, Q

from dids.models import FoundOffer, RequirementList
from trunks.models import CarrierAccount
from trunks.numbering import NumberType

Kind: TypeAlias = tuple[int, str, str]
"""The key of an account, a country, a type of numbers."""

ORDERABLE: Final = Q(needs_documents=False) | Exists(
    RequirementList.objects.filter(
        carrier_account=OuterRef("carrier_account"),
        country=OuterRef("country"),
        type=OuterRef("type"),
    )
)
"""Found offers that ask for nothing, or of which it is known what they ask for."""


def kind_of(offer: FoundOffer) -> Kind:
    """Give what decides about what is asked for before an offer is sold."""
    return offer.carrier_account_id, offer.country, offer.type


def known(offers: Iterable[FoundOffer]) -> dict[Kind, bool]:
    """Tell for each kind of which it is known whether anything is asked for; one query for all."""
    accounts = {offer.carrier_account_id for offer in offers}
    rows = RequirementList.objects.filter(carrier_account__in=accounts)
    told = rows.values_list("carrier_account", "country", "type", "requirements")
    return {(account, country, type_): bool(asked) for account, country, type_, asked in told}


def asked_in(
    account: CarrierAccount, type_: NumberType, countries: Collection[str]
) -> frozenset[str]:
    """Give in which of these countries something is known to be asked for."""
    rows = RequirementList.objects.filter(
        carrier_account=account, type=str(type_), country__in=countries
    ).exclude(requirements=[])
    return frozenset(rows.values_list("country", flat=True))
