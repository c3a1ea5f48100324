"""The tables of balances, their ledger, and what currencies are worth."""

from __future__ import annotations

from billing.models.accounts import Account
from billing.models.ledger import EntryKind, LedgerEntry
from billing.models.rates import ExchangeRate

__all__ = ["Account", "EntryKind", "ExchangeRate", "LedgerEntry"]
