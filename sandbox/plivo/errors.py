"""Plivo's own words for trouble: a sentence, and an id to ask by."""

from __future__ import annotations

import uuid

from sandbox.wire import Answer, Refusal, as_json


def said(code: int = 200, /, **told: object) -> Answer:
    """Answer with something, and the id that every answer has."""
    return as_json({"api_id": str(uuid.uuid4()), **told}, status=code)


def refused(status: int, words: str) -> Refusal:
    """Refuse with a sentence."""
    return Refusal(said(status, error=words))


def not_found() -> Refusal:
    """Refuse what is not there, is not ours, or was sold a moment before: all in the same way."""
    return refused(404, "not found")


def unauthenticated() -> Refusal:
    """Refuse wrong credentials."""
    return refused(401, "The auth id and the auth token do not fit.")


def insufficient_funds() -> Refusal:
    """Refuse a purchase beyond the balance; how the real service does it is in no document."""
    return refused(400, "insufficient credit to rent this number")
