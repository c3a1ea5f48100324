"""What must not stand in logs: addresses that let their reader in."""

from __future__ import annotations

import logging
import re

from lib.redact import REMOVED

_KEYS = re.compile(
    r"(?<=/invitations/)[^/\s]+"
    r"|(?<=/accounts/password/reset/key/)[^/\s]+"
    r"|(?<=/accounts/confirm-email/)[^/\s]+"
)


class WithoutKeys(logging.Filter):
    """Takes the keys out of addresses; Django logs the address of every request it refuses."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Clean a record and let it pass."""
        if isinstance(record.args, tuple):
            record.args = tuple(
                _KEYS.sub(REMOVED, arg) if isinstance(arg, str) else arg for arg in record.args
            )
        return True
