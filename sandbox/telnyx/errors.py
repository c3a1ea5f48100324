"""Telnyx's own words for trouble (developers.telnyx.com, "API error codes")."""

from __future__ import annotations

from sandbox.wire import Answer, Refusal, as_json

TITLES = {
    "10004": "Missing required parameter",
    "10005": "Resource not found",
    "10009": "Authentication failed",
    "10011": "Too many requests",
    "10015": "Bad Request",
    "10016": "Phone number must be in +E.164 format",
    "10017": "Associated resource does not exist",
    "20100": "Insufficient Funds",
}


def error(status: int, code: str, detail: str, *, pointer: str = "", parameter: str = "") -> Answer:
    """Answer with one error; `pointer` is into the body, `parameter` names a query parameter."""
    entry: dict[str, object] = {
        "code": code,
        "title": TITLES[code],
        "detail": detail,
        "meta": {"url": f"https://developers.telnyx.com/docs/overview/errors/{code}"},
    }
    if pointer:
        entry["source"] = {"pointer": pointer}
    elif parameter:
        entry["source"] = {"parameter": parameter}
    return as_json({"errors": [entry]}, status=status)


def unauthenticated() -> Refusal:
    """Refuse a missing or wrong key."""
    return Refusal(error(401, "10009", "Could not understand the provided credentials."))


def not_found() -> Refusal:
    """Refuse what is not there, or not this account's."""
    detail = "The requested resource or URL could not be found."
    return Refusal(error(404, "10005", detail, pointer="/"))


def malformed(detail: str, *, pointer: str = "", parameter: str = "") -> Refusal:
    """Refuse a request that cannot be read."""
    return Refusal(error(400, "10015", detail, pointer=pointer, parameter=parameter))


def unprocessable(detail: str, *, pointer: str, code: str = "10015") -> Refusal:
    """Refuse a body that can be read but not followed."""
    return Refusal(error(422, code, detail, pointer=pointer))


def insufficient_funds() -> Refusal:
    """Refuse a purchase beyond the balance."""
    detail = "You do not have enough funds to perform this action."
    return Refusal(error(402, "20100", detail))
