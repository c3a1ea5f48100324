"""Nothing can stay for ever in a status that somebody waits in."""

from __future__ import annotations

import pytest

from lib.transitions import Edges
from trunks.models import CarrierAccount, CarrierEvent, Trunk
from trunks.states import ACCOUNT_EDGES, EVENT_EDGES, TRUNK_EDGES


@pytest.mark.parametrize(
    ("edges", "statuses"),
    [
        (TRUNK_EDGES, Trunk.Status),
        (ACCOUNT_EDGES, CarrierAccount.Status),
        (EVENT_EDGES, CarrierEvent.Status),
    ],
)
def test_every_status_is_final_or_looked_at(edges: Edges, statuses: type[Trunk.Status]) -> None:
    known = {str(status) for status in statuses}

    assert edges.statuses == known
    assert known - edges.final == set(edges.stale_after)
