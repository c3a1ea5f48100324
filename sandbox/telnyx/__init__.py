"""Telnyx as its API v2 description says it behaves."""
