"""Wishes for what no carrier has yet."""

from __future__ import annotations

from django.db import models

from dids.states.lifecycles import MINUTE, SECONDS_5, Wait, lifecycle


class BackOrderStatus(models.TextChoices):
    """How far the search for what no carrier had yet has come."""

    WAITING = "WAITING", "Waiting for the next look"
    LOOKING = "LOOKING", "Being looked for"
    OFFERED = "OFFERED", "Found, to be decided"
    ORDERING = "ORDERING", "Being bought"
    PAUSED = "PAUSED", "Paused"
    FULFILLED = "FULFILLED", "Fulfilled"
    EXPIRED = "EXPIRED", "Expired"
    CANCELLED = "CANCELLED", "Cancelled"


_S = BackOrderStatus

_ENDS = (_S.EXPIRED, _S.CANCELLED)

BACK_ORDER = lifecycle(
    "Back-order",
    "A wish for numbers that no carrier has yet. It has one open order at a time, and never more "
    "numbers bought or being bought than are wanted.",
    {
        _S.WAITING: (_S.WAITING, _S.LOOKING, *_ENDS),
        _S.LOOKING: (_S.WAITING, _S.OFFERED, _S.ORDERING, _S.PAUSED, *_ENDS),
        _S.OFFERED: (_S.ORDERING, _S.WAITING, *_ENDS),
        _S.ORDERING: (_S.WAITING, _S.FULFILLED, *_ENDS),
        _S.PAUSED: (_S.LOOKING, _S.WAITING, *_ENDS),
    },
    {
        _S.WAITING: Wait(MINUTE, "back_orders", "the carriers", "They are searched again."),
        _S.LOOKING: Wait(
            SECONDS_5, "back_orders", "the carriers", "What they offer is put into an order."
        ),
        _S.OFFERED: Wait(
            MINUTE,
            "back_orders",
            "you",
            "Submit the preview or discard it; once its prices expire, the search goes on.",
        ),
        _S.ORDERING: Wait(
            SECONDS_5, "back_orders", "the carrier", "Each number is bought or refused."
        ),
        _S.PAUSED: Wait(
            MINUTE,
            "back_orders",
            "whoever pays",
            "Credit the account or raise its limit; it is tried again by itself.",
        ),
    },
)
