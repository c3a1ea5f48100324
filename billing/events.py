"""What can happen to accounts beside the movements, which the ledger keeps."""

from __future__ import annotations

from accounts.journal import Touches, declare

OPENED = declare(
    "billing.account.opened", "{actor} opened an account in {currency}.", touches={Touches.MONEY}
)
CREDITED = declare(
    "billing.account.credited", "{actor} credited {amount} {currency}.", touches={Touches.MONEY}
)
LIMIT_CHANGED = declare(
    "billing.account.limit_changed",
    "{actor} set the credit limit to {credit_limit} {currency}.",
    touches={Touches.MONEY},
)
RATE_ENTERED = declare(
    "billing.rate.entered",
    "{actor} entered the rate {rate} from {base} to {quote}, valid from {valid_from}.",
    touches={Touches.MONEY},
)
RATE_CORRECTED = declare(
    "billing.rate.corrected",
    "{actor} corrected the rate from {base} to {quote} of {valid_from} to {rate}.",
    touches={Touches.MONEY},
)
