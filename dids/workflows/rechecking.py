"""
Looking once more for a number before it is bought, where its carrier keeps none for anybody.

An offer is minutes old when its order is sent. Where its number is gone or dearer by then, nothing
is sent: the line is refused, its money returns, and something else can take its place. A look that
fails tells nothing and stops nothing. It is done only where one write buys one number: carriers
that sell several at once can hold them.
"""

from __future__ import annotations

from decimal import Decimal

from dids import timing
from dids.models import CarrierOrder, OrderLine
from dids.workflows import recording
from lib import pauses
from lib.e164 import E164
from lib.money import Money
from trunks import connect
from trunks.deadlines import Deadline
from trunks.errors import CarrierError, Reason
from trunks.numbering import NumberType
from trunks.offers import FoundNumber
from trunks.roles import HoldsNumbers, LooksAgain, SellsNumbers


def refuses(carrier_order: CarrierOrder, seller: SellsNumbers, clock: timing.Elapsed) -> bool:
    """
    Look again for the number of an order that is about to be sent; tell whether it was refused.

    :raises LostRace: if another worker sent it meanwhile
    """
    line = _old_line(carrier_order, seller, clock)
    if line is None:
        return False
    looking = connect.connected(
        carrier_order.carrier_account, purpose="search", numbers=[line.e164]
    )
    if not isinstance(looking, LooksAgain):
        return False
    deadline = Deadline(timing.seconds("RECHECK_DEADLINE_SECONDS"))
    try:
        found = looking.for_sale(
            E164(line.e164), country=line.country, type_=NumberType(line.type), deadline=deadline
        )
    except CarrierError:
        # The purchase itself will tell.
        return False
    pauses.at("purchase.rechecked")
    words = _refusal(line, found)
    if words:
        recording.failed(
            carrier_order,
            attempt=carrier_order.attempt,
            words=words,
            why=f"Looked at again before it was ordered. {words}",
            now=clock.now(),
        )
    return bool(words)


def _old_line(
    carrier_order: CarrierOrder, seller: SellsNumbers, clock: timing.Elapsed
) -> OrderLine | None:
    """Give the line to look at; None where nobody need or can look."""
    if isinstance(seller, HoldsNumbers) or not isinstance(seller, LooksAgain):
        return None
    if seller.numbers_per_order != 1:
        return None
    (line,) = carrier_order.lines.all()
    found_at = line.offer_expires_at - timing.span("FOUND_OFFER_SECONDS")
    is_old = found_at + timing.span("RECHECK_AFTER_SECONDS") <= clock.now()
    return line if is_old else None


def _refusal(line: OrderLine, found: FoundNumber | None) -> str:
    """Say why a line is refused; empty where it may be bought."""
    if found is None:
        return recording.words_for(Reason.NUMBER_GONE)
    price = found.monthly or found.setup
    if price is None or not line.currency:
        return ""
    before = Money(line.asked, line.currency)
    after = Money(_amount(found.setup) + _amount(found.monthly), price.currency)
    is_dearer = _amount(found.monthly) > (line.monthly or Decimal(0)) or after.amount > line.asked
    if after.currency == before.currency and not is_dearer:
        return ""
    return (
        f"Its price for set-up and first month changed from {before} to {after}. Search again to "
        "order it at the new price, or choose another number."
    )


def _amount(price: Money | None) -> Decimal:
    return price.amount if price else Decimal(0)
