"""Orders, their lines, and what is written to carriers for them."""

from __future__ import annotations

from django.db import models

from dids.states.lifecycles import DAY, SECONDS_5, Wait, lifecycle


class OrderStatus(models.TextChoices):
    """How far an order has come."""

    DRAFT = "DRAFT", "Preview"
    SUBMITTED = "SUBMITTED", "Submitted"
    COMPLETED = "COMPLETED", "Completed"
    PARTLY_COMPLETED = "PARTLY_COMPLETED", "Partly completed"
    FAILED = "FAILED", "Failed"
    DISCARDED = "DISCARDED", "Discarded"


class LineStatus(models.TextChoices):
    """What became of one number of an order."""

    DRAFT = "DRAFT", "Preview"
    WAITING = "WAITING", "Being bought"
    BOUGHT = "BOUGHT", "Bought"
    FAILED = "FAILED", "Failed"
    DISCARDED = "DISCARDED", "Discarded"


class CarrierOrderStatus(models.TextChoices):
    """Where the one outside write of a carrier order stands."""

    DOCUMENTS = "DOCUMENTS", "Waiting for documents"
    WAITING = "WAITING", "Waiting to be sent"
    PLACING = "PLACING", "Being sent"
    UNCERTAIN = "UNCERTAIN", "Uncertain"
    PLACED = "PLACED", "Accepted by the carrier"
    DONE = "DONE", "Done"
    FAILED = "FAILED", "Failed"


_R, _L, _C = OrderStatus, LineStatus, CarrierOrderStatus

ORDER = lifecycle(
    "Order",
    "Numbers to be bought, with frozen prices and what is to happen with them once they are ours.",
    {
        _R.DRAFT: (_R.SUBMITTED, _R.DISCARDED),
        _R.SUBMITTED: (_R.COMPLETED, _R.PARTLY_COMPLETED, _R.FAILED),
    },
    {
        _R.DRAFT: Wait(DAY, "discard_drafts", "you", "Submit or discard the preview."),
        _R.SUBMITTED: Wait(
            SECONDS_5, "carrier_orders", "the carrier", "Each number is bought or refused."
        ),
    },
)

LINE = lifecycle(
    "Order line",
    "One number of an order. A failed line never comes back: a purchase that is seen later is kept "
    "as evidence and the number enters the provider's stock.",
    {
        _L.DRAFT: (_L.WAITING, _L.DISCARDED),
        _L.WAITING: (_L.BOUGHT, _L.FAILED),
    },
    {
        _L.DRAFT: Wait(DAY, "discard_drafts", "you", "Submit or discard the preview."),
        _L.WAITING: Wait(
            SECONDS_5, "carrier_orders", "the carrier", "The number is bought or refused."
        ),
    },
)

CARRIER_ORDER = lifecycle(
    "Carrier order",
    "Exactly one outside write. It is never sent again once it may have had an effect. Where a "
    "person makes it, it is accepted at once, and the task says what came of it.",
    {
        _C.DOCUMENTS: (_C.WAITING, _C.FAILED),
        _C.WAITING: (_C.PLACING, _C.FAILED),
        _C.PLACING: (_C.PLACED, _C.DONE, _C.FAILED, _C.UNCERTAIN, _C.WAITING),
        _C.UNCERTAIN: (_C.PLACED, _C.DONE, _C.FAILED),
        _C.PLACED: (_C.DONE, _C.FAILED),
    },
    {
        _C.DOCUMENTS: Wait(
            SECONDS_5,
            "filings",
            "whoever the number is for",
            "What the carrier asks for is handed in; once that is approved, the purchase goes on.",
        ),
        _C.WAITING: Wait(
            SECONDS_5, "carrier_orders", "the carrier", "The order is sent to the carrier."
        ),
        _C.PLACING: Wait(
            SECONDS_5, "carrier_orders", "the carrier", "Without an answer, it is looked up."
        ),
        _C.UNCERTAIN: Wait(
            SECONDS_5,
            "carrier_orders",
            "the carrier",
            "The purchase is looked up at the carrier; nothing is sent again.",
        ),
        _C.PLACED: Wait(
            SECONDS_5,
            "carrier_orders",
            "the carrier",
            "The order is read again until it is done; with a person, until the task says so.",
        ),
    },
)
