"""The moves of trunks, carrier accounts and carrier events."""

from __future__ import annotations

from datetime import timedelta

from lib.transitions import Edges
from trunks.models import CarrierAccount, CarrierEvent, Trunk

_TRUNK = Trunk.Status
_ACCOUNT = CarrierAccount.Status
_EVENT = CarrierEvent.Status

TRUNK_EDGES = Edges(
    {
        _TRUNK.WANTED: [_TRUNK.MAKING],
        _TRUNK.MAKING: [_TRUNK.READY, _TRUNK.WANTED, _TRUNK.UNCERTAIN, _TRUNK.FAILED],
        _TRUNK.UNCERTAIN: [_TRUNK.MAKING],
        _TRUNK.FAILED: [_TRUNK.WANTED],
        _TRUNK.READY: [],
    },
    stale_after={
        _TRUNK.WANTED: timedelta(seconds=5),
        # As long as a call may take from its claim on: see `trunks.workflows.trunks`.
        _TRUNK.MAKING: timedelta(seconds=25),
        # The row knows from when on its carrier's list may be believed.
        _TRUNK.UNCERTAIN: timedelta(seconds=5),
        _TRUNK.FAILED: None,
    },
)
"""Swept by `trunks.workflows.trunks.due`; a failed trunk waits for a person."""

ACCOUNT_EDGES = Edges(
    {
        _ACCOUNT.ACTIVE: [_ACCOUNT.PAUSED, _ACCOUNT.BROKEN],
        _ACCOUNT.PAUSED: [_ACCOUNT.ACTIVE],
        _ACCOUNT.BROKEN: [_ACCOUNT.ACTIVE, _ACCOUNT.PAUSED],
    },
    stale_after={_ACCOUNT.ACTIVE: None, _ACCOUNT.PAUSED: None, _ACCOUNT.BROKEN: None},
)
"""An account rests in each of these; checks move it between ACTIVE and BROKEN."""

EVENT_EDGES = Edges(
    {_EVENT.RECEIVED: [_EVENT.HANDLED, _EVENT.UNKNOWN], _EVENT.HANDLED: [], _EVENT.UNKNOWN: []},
    stale_after={_EVENT.RECEIVED: timedelta(minutes=1)},
)
"""Swept by `trunks.workflows.intake.due`."""
