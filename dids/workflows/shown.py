"""
Whether a carrier that is told only the whole shows what was changed there last.

Most show it at once; then nobody waits. Whoever went on before would write down what was set before
that change.
"""

from __future__ import annotations

from uuid import UUID

from dids import timing
from dids.crafts import CRAFTS, kind_of
from dids.models import CarrierBinding, Feature
from dids.states import FeatureStatus
from dids.workflows import calling, change_turns
from lib.e164 import E164
from trunks.errors import CarrierError
from trunks.features import Stage
from trunks.roles import Carrier, RoutesNumbers


def require(row: CarrierBinding | Feature, carrier: Carrier, clock: timing.Elapsed) -> UUID | None:
    """
    Make sure that the carrier shows what was changed last beside a row; gives whose change it was.

    :raises NotYourTurn: with the moment from which it is worth asking again
    """
    last = change_turns.done_last(row, now=clock.now())
    if last is None:
        return None
    try:
        is_shown = _is_shown(last, carrier)
    except CarrierError:
        is_shown = False
    if not is_shown:
        again = clock.now() + timing.span("LOOKUP_SECONDS")
        over = last.status_since + change_turns.shown_after(row)
        raise change_turns.NotYourTurn(change_turns.WAITS, retry_at=min(again, over))
    return last.attempt


def _is_shown(last: change_turns.OnNumber, carrier: Carrier) -> bool:
    if isinstance(last, CarrierBinding):
        return isinstance(carrier, RoutesNumbers) and last.trunk.known_as == carrier.binding_of(
            E164(last.number.e164),
            carrier_reference=last.number.carrier_reference,
            deadline=calling.deadline(),
        )
    craft = CRAFTS[kind_of(last)]
    if craft.is_by_hand(last):
        return True
    # What it was before it was taken off is not written down, so that only time tells.
    is_off = last.status == FeatureStatus.OFF
    return not is_off and craft.read(carrier, last, calling.deadline()).stage is not Stage.ABSENT
