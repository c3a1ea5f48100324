from __future__ import annotations


class UnableToRun(Exception):
    """Something a person must put right first; the message is the whole story."""
