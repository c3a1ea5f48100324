"""Receivers are written below."""

from __future__ import annotations


def connect() -> None:
    """Connect."""
