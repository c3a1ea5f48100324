"""What a change of a static trunk must not do to the numbers that are delivered to it."""

from __future__ import annotations

from dids.models import CarrierBinding
from dids.states import BindingStatus
from dids.workflows.binding import UnableToBind
from trunks import capabilities, registry
from trunks.events import on_trunk_changed
from trunks.models import Trunk
from trunks.operations import Operation, Way


@on_trunk_changed
def keep_reference(trunk: Trunk, changed: frozenset[str]) -> None:
    """
    Keep the reference by which the carrier's interface was told where numbers go.

    :raises UnableToBind: if numbers are delivered by it
    """
    adapter = registry.carrier(trunk.carrier_account.carrier)
    by_interface = capabilities.way(adapter, Operation.ROUTE) == Way.API
    if "carrier_reference" not in changed or not by_interface:
        return
    delivered = CarrierBinding.objects.filter(trunk=trunk).exclude(status=BindingStatus.FAILED)
    if count := delivered.count():
        raise UnableToBind(
            f"{count:,} numbers are delivered to this trunk by its reference. Describe another "
            "trunk with the new one and have them delivered there.",
            field="carrier_reference",
        )
