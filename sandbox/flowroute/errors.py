"""Flowroute's own words for trouble: a list of errors, each with its status and an id to ask by."""

from __future__ import annotations

import uuid

from sandbox.wire import Answer, Refusal, as_json

MEDIA_TYPE = "application/vnd.api+json"
TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    415: "Unsupported Media Type",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
}


def said(value: object, status: int = 200, **headers: str) -> Answer:
    """Answer in the carrier's media type."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    answer = as_json(value, status=status, headers=named)
    told = [pair for pair in answer.headers if pair[0] != "Content-Type"]
    return Answer(status, answer.body, (("Content-Type", MEDIA_TYPE), *told))


def error(status: int, detail: str, **headers: str) -> Answer:
    """Answer with one error."""
    one = {
        "id": str(uuid.uuid4()),
        "status": status,
        "title": TITLES[status],
        "detail": detail,
    }
    return said({"errors": [one]}, status, **headers)


def refused(status: int, detail: str) -> Refusal:
    """Refuse with one error."""
    return Refusal(error(status, detail))


def not_found(detail: str = "The specified resource was not found") -> Refusal:
    """Refuse what is not there, is not ours, or was sold a moment before: all in the same way."""
    return refused(404, detail)


def unauthenticated() -> Refusal:
    """Refuse wrong credentials."""
    return refused(401, "There was an issue with your API credentials.")


def insufficient_funds() -> Refusal:
    """Refuse a purchase beyond the balance; how the real service does it is in no document."""
    return refused(422, "Insufficient funds to purchase this number.")
