"""Searches, and numbers that carriers keep until they are ordered."""

from __future__ import annotations

from django.db import models

from dids.states.lifecycles import MINUTE, SECONDS_5, Wait, lifecycle


class SearchStatus(models.TextChoices):
    """Whether a search's offers may still be ordered."""

    OPEN = "OPEN", "Open"
    EXPIRED = "EXPIRED", "Expired"


class HoldStatus(models.TextChoices):
    """Whether a carrier keeps a number for us before it is ordered."""

    WANTED = "WANTED", "Wanted"
    HOLDING = "HOLDING", "Being held"
    UNCERTAIN = "UNCERTAIN", "Uncertain"
    HELD = "HELD", "Held"
    USED = "USED", "Used by an order"
    LET_GO = "LET_GO", "Let go"
    EXPIRED = "EXPIRED", "Expired"
    REFUSED = "REFUSED", "Not held"


_S, _H = SearchStatus, HoldStatus

SEARCH = lifecycle(
    "Number search",
    "One question to several carriers. Its offers are deleted some time after they expired.",
    {_S.OPEN: (_S.EXPIRED,)},
    {_S.OPEN: Wait(MINUTE, "end_searches", "nobody", "Its offers expire; search again then.")},
)

HOLD = lifecycle(
    "Carrier hold",
    "A number that its carrier keeps for us before it is ordered. A number has one hold at a time.",
    {
        _H.WANTED: (_H.HOLDING, _H.HELD, _H.USED, _H.LET_GO, _H.REFUSED),
        _H.HOLDING: (_H.HELD, _H.UNCERTAIN, _H.WANTED, _H.REFUSED),
        _H.UNCERTAIN: (_H.HELD, _H.REFUSED),
        _H.HELD: (_H.USED, _H.LET_GO, _H.EXPIRED),
    },
    {
        _H.WANTED: Wait(SECONDS_5, "holds", "the carrier", "The carrier is asked to hold it."),
        _H.HOLDING: Wait(
            SECONDS_5, "holds", "the carrier", "Without an answer, the hold is looked up."
        ),
        _H.UNCERTAIN: Wait(
            SECONDS_5,
            "holds",
            "the carrier",
            "The hold is looked up at the carrier; nothing is sent again.",
        ),
        _H.HELD: Wait(
            MINUTE, "holds", "whoever holds it", "It is ordered or let go, or the hold expires."
        ),
    },
)
