"""Balances and the ledger behind them."""
