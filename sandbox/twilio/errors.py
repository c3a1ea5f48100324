"""Twilio's own words for trouble (twilio.com/docs/api/errors)."""

from __future__ import annotations

from sandbox.wire import Answer, Refusal, as_json


def error(status: int, code: int, message: str, **headers: str) -> Answer:
    """Answer with an error body of the v2010 kind, which trunking and pricing use as well."""
    body = {
        "code": code,
        "message": message,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return as_json(body, status=status, headers=named)


def unauthenticated() -> Refusal:
    """Refuse wrong credentials."""
    return Refusal(error(401, 20003, "Authenticate", WWW_Authenticate='Basic realm="Twilio API"'))


def not_found(path: str) -> Refusal:
    """Refuse what is not there, or not this account's."""
    return Refusal(error(404, 20404, f"The requested resource {path} was not found"))


def invalid(message: str) -> Refusal:
    """
    Refuse a parameter.

    The real service ignores names it does not know and only warns in its console (error 20001); the
    sandbox refuses them, so that a misspelled name cannot hide.
    """
    return Refusal(error(400, 20001, message))


def refused(code: int, message: str) -> Refusal:
    """Refuse with a code of its own."""
    return Refusal(error(400, code, message))


def conflict(code: int, message: str) -> Refusal:
    """Refuse what contradicts something that is there."""
    return Refusal(error(409, code, message))


def insufficient_balance() -> Refusal:
    """
    Refuse a purchase beyond the balance.

    Twilio documents no code for it; what can be relied on is a 4xx whose message names the balance.
    """
    message = "Your account balance is not sufficient to purchase this phone number."
    return Refusal(error(400, 20400, message))
