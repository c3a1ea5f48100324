"""Everything the sandbox carriers share: accounts, who took which number, faults, counts, time."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from sandbox.courier import Courier
from sandbox.faults import Faults
from sandbox.store import Record, Store

PURCHASES = "purchases"


@dataclass(frozen=True)
class Account:
    """A customer of a carrier. `id` is what the carrier calls it: an API key or an account SID."""

    carrier: str
    id: str
    secret: str
    webhook_url: str = ""

    @property
    def key(self) -> str:
        """Where the account is stored."""
        return f"{self.carrier}:{self.id}"


class World:
    """
    The state behind all carriers.

    Each request is answered while holding `lock`, so that a carrier's steps never interleave.
    """

    def __init__(
        self, *, file: Path | None, courier: Courier, clock: Callable[[], float] = time.time
    ) -> None:
        """Begin with what the file remembers."""
        self.lock = threading.RLock()
        self.store = Store(file)
        self.courier = courier
        self.clock = clock
        self.faults = Faults()
        self.operations: Counter[tuple[str, str]] = Counter()
        self.purchases: Counter[str] = Counter(
            {number: record["count"] for number, record in self.store.table(PURCHASES).items()}
        )

    def now(self) -> datetime:
        """Tell the time."""
        return datetime.fromtimestamp(self.clock(), UTC)

    # Accounts and money

    def open_account(self, account: Account, *, balance: Decimal, currency: str = "USD") -> None:
        """Add an account, or give an existing one this balance and webhook address."""
        record: Record = {
            "carrier": account.carrier,
            "id": account.id,
            "secret": account.secret,
            "webhook_url": account.webhook_url,
            "balance": str(balance),
            "currency": currency,
        }
        self.store.put("accounts", account.key, record)

    def account(self, carrier: str, account_id: str) -> Account | None:
        """Find an account."""
        record = self.store.get("accounts", f"{carrier}:{account_id}")
        if record is None:
            return None
        return Account(carrier, record["id"], record["secret"], record["webhook_url"])

    def balance(self, account: Account) -> Decimal:
        """Say how much the account has left."""
        return Decimal(self.store.table("accounts")[account.key]["balance"])

    def charge(self, account: Account, amount: Decimal) -> None:
        """Take money; whether there is enough is the carrier's question."""
        record = self.store.table("accounts")[account.key]
        record["balance"] = str(Decimal(record["balance"]) - amount)
        self.store.put("accounts", account.key, record)

    # Numbers

    def taken(self, carrier: str) -> Mapping[str, Record]:
        """Give what is off the carrier's shelf, by number."""
        return self.store.table(f"{carrier}.taken")

    def take(self, carrier: str, number: str, *, by: str) -> None:
        """Take a number off the shelf; `by` is empty if a stranger bought it."""
        self.store.put(f"{carrier}.taken", number, {"by": by})

    def give_back(self, carrier: str, number: str) -> None:
        """Put a number back on the shelf."""
        self.store.remove(f"{carrier}.taken", number)

    def count_purchase(self, number: str) -> None:
        """Note that somebody was charged for the number."""
        self.purchases[number] += 1
        self.store.put(PURCHASES, number, {"count": self.purchases[number]})
