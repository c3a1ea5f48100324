"""How far the journal was read, and the mails that follow from it."""

from __future__ import annotations

from notices.models.mails import Mail
from notices.models.readers import Reader

__all__ = ["Mail", "Reader"]
