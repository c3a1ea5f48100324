"""What can happen to accounts beside the movements, which the ledger keeps."""

from __future__ import annotations

from accounts.journal import declare

OPENED = declare("billing.account.opened", "{actor} opened an account in {currency}.")
CREDITED = declare("billing.account.credited", "{actor} credited {amount} {currency}.")
LIMIT_CHANGED = declare(
    "billing.account.limit_changed", "{actor} set the credit limit to {credit_limit} {currency}."
)
