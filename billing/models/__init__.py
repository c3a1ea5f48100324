"""The tables of balances and their ledger."""

from __future__ import annotations

from billing.models.accounts import Account
from billing.models.ledger import EntryKind, LedgerEntry

__all__ = ["Account", "EntryKind", "LedgerEntry"]
