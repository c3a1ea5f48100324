"""What a plan from bought to live says about calls for help, checked before anything is bought."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Q

from accounts.models import Organization
from dids.emergency_rules import needs_location
from dids.models import EmergencyLocation, FoundOffer, WaiverKind
from dids.workflows import emergency_gate, waiving
from dids.workflows.refusals import UnableToOrder
from dids.workflows.waiving import UnableToWaive

if TYPE_CHECKING:
    from dids.workflows.ordering import LineWish


Places = frozenset[tuple[int, str, int | None]]
"""Active locations as holder, country and key; once more without a key for a holder's default."""


def places(planned: Iterable[tuple[LineWish, Organization]]) -> Places:
    """Give the locations that plans may rely upon, read once for all of them."""
    ringing = [(wish, holder) for wish, holder in planned if wish.destination is not None]
    if not ringing:
        return frozenset()
    named = [wish.emergency_location.pk for wish, _ in ringing if wish.emergency_location]
    rows = EmergencyLocation.objects.active().filter(
        Q(is_default=True) | Q(pk__in=named), organization__in={holder.pk for _, holder in ringing}
    )
    found = list(rows.values_list("organization", "country", "pk", "is_default"))
    defaults = {(holder, country, None) for holder, country, _, is_default in found if is_default}
    return frozenset({(holder, country, key) for holder, country, key, _ in found} | defaults)


def require(
    wish: LineWish, offer: FoundOffer, holder: Organization, there: Places, *, field: str
) -> str:
    """
    Make sure that help finds whoever calls from a number; gives why it need not, if that was said.

    :param there: what `places` read
    :raises UnableToOrder: if the number is to ring somewhere, and has neither location nor waiver;
        or if the location is somebody else's
    """
    wanted = wish.emergency_location
    if wanted is not None and wanted.organization_id != holder.pk:
        raise UnableToOrder(
            f"{wanted.label} is no location of {holder.name}, who is to hold {offer.e164}. Choose "
            "one of theirs, or their default.",
            field=f"{field}.emergency_location",
        )
    if wish.destination is None:
        return ""
    if not needs_location(offer.country, offer.type, offer.capabilities):
        return ""
    if wish.waiver_kind:
        return _reason(wish, field=f"{field}.emergency_waiver")
    if (holder.pk, offer.country, wanted.pk if wanted else None) not in there:
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
