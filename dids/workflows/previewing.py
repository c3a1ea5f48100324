"""The checks behind a preview: each line is one frozen offer with a plan that can work."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from accounts.actors import Actor
from accounts.models import Kind, Organization, OrganizationStatus
from billing.rates import Book, none_from
from dids import asked_for, extras, pricing
from dids.destinations import UnableToPoint
from dids.models import FoundOffer, OrderLine, PhoneNumber
from dids.pricing import Cost
from dids.workflows import assignment, planned_help
from dids.workflows.refusals import UnableToOrder
from trunks import capabilities, registry
from trunks.fees import Fee
from trunks.models import CarrierAccount, Trunk
from trunks.operations import Operation, Way
from trunks.roles import SellsNumbers

if TYPE_CHECKING:
    from dids.workflows.ordering import LineWish


@dataclass(frozen=True)
class Terms:
    """In which currency an order is charged, and the rates that lead there."""

    currency: str
    book: Book


@dataclass(frozen=True)
class Known:
    """
    What the lines of an order are checked against, read once for all of them.

    :ivar ours: which of the numbers (E.164) are in stock already
    :ivar fees: what the carrier accounts ask besides, by their keys
    :ivar asked: whether documents are asked for, of each kind of number of which that is known
    """

    ours: frozenset[str]
    places: planned_help.Places
    fees: Mapping[int, Sequence[Fee]]
    asked: Mapping[asked_for.Kind, bool]


def known(
    wishes: Sequence[LineWish],
    offers: Collection[FoundOffer],
    payer: Organization,
    *,
    now: datetime,
) -> Known:
    """Read what lines are checked against."""
    numbers = [offer.e164 for offer in offers]
    ours = PhoneNumber.objects.live().filter(e164__in=numbers).values_list("e164", flat=True)
    planned = [(wish, wish.holder or payer) for wish in wishes]
    accounts = {offer.carrier_account_id for offer in offers}
    fees = extras.of_accounts(accounts, {offer.country for offer in offers}, now=now)
    asked = asked_for.known(offers)
    return Known(frozenset(ours), planned_help.places(planned), fees, asked)


def require_payer(payer: Organization, actor: Actor) -> None:
    """
    Make sure that the actor may spend this organization's money.

    :raises UnableToOrder: if it is somebody else's, or not active
    """
    if actor.reach is not None and not actor.reach.reaches(payer):
        raise UnableToOrder("Choose your own organization or one below it.", field="payer")
    if payer.status != OrganizationStatus.ACTIVE:
        raise UnableToOrder(f"{payer.name} is not active and cannot order.", field="payer")


def terms(offers: Sequence[FoundOffer], payer: Organization, *, now: datetime) -> Terms:
    """
    Give in which currency an order is charged: the payer's.

    The provider pays the carriers themselves: where no rate leads to its own currency and all
    prices are in one, its order is in that one.
    """
    own, book = pricing.currency_of(payer), pricing.book_of(now)
    asked = {offer.currency for offer in offers if offer.currency}
    if payer.is_provider and len(asked) == 1 and not asked & {own, *book.into(own)}:
        return Terms(asked.pop(), book)
    return Terms(own, book)


def line(
    offer: FoundOffer | None,
    wish: LineWish,
    *,
    payer: Organization,
    terms: Terms,
    known: Known,
    now: datetime,
    field: str,
) -> OrderLine:
    """
    Freeze one offer together with its plan.

    :raises UnableToOrder: naming what must change
    """
    if offer is None or offer.expires_at <= now:
        raise UnableToOrder(
            "This offer is unknown or has expired. Search again.", field=f"{field}.offer"
        )
    _require_sellable(offer, payer, known, field=field)
    asks = known.asked.get(asked_for.kind_of(offer))
    _require_known(offer, asks, field=field)
    holder = wish.holder or payer
    require_holder(holder, payer, field=f"{field}.holder")
    _require_trunk(wish.trunk, offer, field=field)
    destination = _destination(wish, holder, field=field)
    waiver_reason = planned_help.require(wish, offer, holder, known.places, field=field)
    cost = _cost(offer, terms, field=field)
    asked = known.fees.get(offer.carrier_account_id, ())
    besides = extras.required(asked, offer, is_waived=bool(wish.waiver_kind))
    return OrderLine(
        status_since=now,
        carrier_account=offer.carrier_account,
        e164=offer.e164,
        country=offer.country,
        type=offer.type,
        region=offer.region,
        locality=offer.locality,
        rate_center=offer.rate_center,
        capabilities=offer.capabilities,
        setup=offer.setup,
        monthly=offer.monthly,
        currency=offer.currency,
        charged=cost.amount.amount if cost.by and cost.amount else None,
        rate=cost.by.rate if cost.by else None,
        rate_on=cost.by.on if cost.by else None,
        rate_via=cost.by.via if cost.by else "",
        months=offer.search.months,
        extras=extras.kept(besides),
        extras_rates=_rates_of(besides, terms),
        offer_expires_at=offer.expires_at,
        # What staff wrote down after the offer was found counts, too.
        needs_documents=offer.needs_documents or bool(asks),
        holder=holder,
        label=assignment.checked_label(wish.label),
        destination_kind=destination[0],
        destination_value=destination[1],
        trunk=wish.trunk,
        emergency_location=wish.emergency_location,
        waiver_kind=wish.waiver_kind,
        waiver_reason=waiver_reason,
        replaces=wish.replaces,
    )


def _rates_of(besides: Sequence[Fee], terms: Terms) -> dict[str, Any]:
    found = ((fee.currency, terms.book.conversion(fee.currency, terms.currency)) for fee in besides)
    return pricing.kept({base: one for base, one in found if one})


def _cost(offer: FoundOffer, terms: Terms, *, field: str) -> Cost:
    """Give set-up and first month in the currency of the order."""
    price = offer.total(1)
    by = terms.book.conversion(price.currency, terms.currency) if price else None
    cost = pricing.cost_of(price, terms.currency, by)
    if price is not None and cost.amount is None:
        raise UnableToOrder(
            f"{none_from(price.currency, terms.currency)}. Until then, leave {offer.e164} out.",
            field=f"{field}.offer",
            conflict=True,
        )
    return cost


def _require_sellable(offer: FoundOffer, payer: Organization, known: Known, *, field: str) -> None:
    account = offer.carrier_account
    if account.status != CarrierAccount.Status.ACTIVE:
        raise UnableToOrder(
            f"The carrier of {offer.e164} cannot be used now. Choose another number.",
            field=f"{field}.offer",
        )
    if not issubclass(registry.carrier(account.carrier), SellsNumbers):
        raise UnableToOrder(
            capabilities.lacking(Operation.ORDER, f"The carrier of {offer.e164}"),
            field=f"{field}.offer",
        )
    if offer.total(1) is None and not payer.is_provider:
        raise UnableToOrder(
            f"The carrier names no price for {offer.e164}, and the provider has written none down. "
            "Choose another number.",
            field=f"{field}.offer",
        )
    if offer.e164 in known.ours:
        raise UnableToOrder(
            f"{offer.e164} has already been bought. Choose another number.",
            field=f"{field}.offer",
            conflict=True,
        )


def _require_known(offer: FoundOffer, asks: bool | None, *, field: str) -> None:
    if offer.needs_documents and asks is None:
        raise UnableToOrder(
            f"The carrier asks for documents before it sells {offer.e164}, and it is not known "
            "which. Choose another number, or have the provider write down what is asked for.",
            field=f"{field}.offer",
        )


def require_holder(holder: Organization, payer: Organization, *, field: str) -> None:
    """
    Make sure that an organization may get numbers that this payer buys.

    :raises UnableToOrder: if it is not below the payer, or not active
    """
    if not payer.reaches(holder):
        raise UnableToOrder(
            f"The holder must be {payer.name} or an organization below it.", field=field
        )
    if holder.status != OrganizationStatus.ACTIVE:
        raise UnableToOrder(
            f"{holder.name} is not active and gets no numbers. Choose another holder.", field=field
        )


def require_not_late(failed: OrderLine, *, field: str) -> None:
    """
    Make sure that a failed line was not bought after all, before it is bought once more.

    :raises UnableToOrder: naming the number that is in stock
    """
    if failed.late_success_at is not None:
        raise UnableToOrder(
            f"{failed.e164} was bought late after all and is in the provider's stock. Have it "
            "allotted instead of replacing it.",
            field=field,
            conflict=True,
        )


def _require_trunk(trunk: Trunk | None, offer: FoundOffer, *, field: str) -> None:
    if trunk is None:
        return
    if trunk.carrier_account_id != offer.carrier_account_id:
        raise UnableToOrder(
            f"The trunk {trunk.name} belongs to another carrier account than {offer.e164}. "
            "Choose one of the same account.",
            field=f"{field}.trunk",
        )
    if trunk.carries != Trunk.Carries.VOICE:
        raise UnableToOrder(
            f"The trunk {trunk.name} carries messages only. Choose one that carries calls.",
            field=f"{field}.trunk",
        )
    if trunk.status != Trunk.Status.READY:
        raise UnableToOrder(
            f"The trunk {trunk.name} is not ready at its carrier yet. Wait until it is.",
            field=f"{field}.trunk",
        )
    adapter = registry.carrier(offer.carrier_account.carrier)
    if capabilities.way(adapter, Operation.ROUTE) == Way.NONE:
        raise UnableToOrder(
            capabilities.lacking(Operation.ROUTE, "This carrier"),
            field=f"{field}.trunk",
        )


def _destination(wish: LineWish, holder: Organization, *, field: str) -> tuple[str, str]:
    if wish.destination is None:
        return "", ""
    if holder.kind != Kind.TENANT:
        raise UnableToOrder(
            f"{holder.name} takes the number into stock, where it rings nowhere. Leave the "
            "destination out or choose a tenant as holder.",
            field=f"{field}.destination",
        )
    try:
        checked = wish.destination.checked()
    except UnableToPoint as refusal:
        raise UnableToOrder(str(refusal), field=f"{field}.{refusal.field}") from refusal
    return checked.kind, checked.value
