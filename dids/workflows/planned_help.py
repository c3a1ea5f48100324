"""What a plan from bought to live says about calls for help, checked before anything is bought."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.models import Organization
from dids.emergency_rules import needs_location
from dids.models import EmergencyLocation, FoundOffer, WaiverKind
from dids.workflows import emergency_gate, waiving
from dids.workflows.refusals import UnableToOrder
from dids.workflows.waiving import UnableToWaive

if TYPE_CHECKING:
    from dids.workflows.ordering import LineWish


def require(wish: LineWish, offer: FoundOffer, holder: Organization, *, field: str) -> str:
    """
    Make sure that help finds whoever calls from a number; gives why it need not, if that was said.

    :raises UnableToOrder: if the number is to ring somewhere, and has neither location nor waiver
    """
    if wish.destination is None:
        return ""
    if not needs_location(offer.country, offer.type, offer.capabilities):
        return ""
    if wish.waiver_kind:
        return _reason(wish, field=f"{field}.emergency_waiver")
    theirs = EmergencyLocation.objects.active().filter(organization=holder, country=offer.country)
    wanted = wish.emergency_location
    there = theirs.filter(pk=wanted.pk) if wanted else theirs.filter(is_default=True)
    if not there.exists():
        refusal = emergency_gate.refusal(offer.e164, offer.country)
        raise UnableToOrder(str(refusal), field=f"{field}.emergency_location", conflict=True)
    return ""


def _reason(wish: LineWish, *, field: str) -> str:
    if wish.waiver_kind == WaiverKind.COVERED_BY:
        raise UnableToOrder("Choose the location that covers it instead.", field=f"{field}.kind")
    try:
        return waiving.checked_reason(wish.waiver_kind, wish.waiver_reason)
    except UnableToWaive as refusal:
        raise UnableToOrder(str(refusal), field=f"{field}.{refusal.field}") from refusal
