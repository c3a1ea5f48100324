"""What Telnyx sells here, and for how much."""

from __future__ import annotations

from functools import cache

from sandbox.stock.shelf import Shelf, Slice

PART = Slice(nanp=range(100, 150), ofcom=range(200))

PRICES = {
    ("US", "local"): ("0.00", "1.00"),
    ("CA", "local"): ("0.00", "1.30"),
    ("GB", "local"): ("1.00", "1.20"),
    ("GB", "national"): ("1.00", "1.10"),
    ("GB", "mobile"): ("1.00", "2.40"),
    ("GB", "toll_free"): ("2.00", "4.00"),
}


@cache
def shelf(seed: int) -> Shelf:
    """Fill Telnyx's shelf."""
    return Shelf(PART, prices=PRICES, seed=seed)
