"""What VoIP Innovations sells here. It tells tiers and no prices; those stand here alone."""

from __future__ import annotations

from functools import cache

from sandbox.stock.shelf import Shelf, Slice

PART = Slice(nanp=range(800, 850), ofcom=range(0))

PRICES = {
    ("US", "local"): ("0.00", "0.40"),
    ("CA", "local"): ("0.00", "0.75"),
}


@cache
def shelf(seed: int) -> Shelf:
    """Fill its shelf."""
    return Shelf(PART, prices=PRICES, seed=seed)
