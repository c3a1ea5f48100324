"""Vonage's own words for trouble: one code for nearly everything, and prose beside it."""

from __future__ import annotations

from sandbox.wire import Answer, Refusal, as_json

NEEDS_ADDRESS = (
    "Numbers from this country can be requested from the Dashboard "
    "(https://dashboard.nexmo.com/buy-numbers) as they require a valid local address to be "
    "provided before being purchased."
)


def said(code: int, label: str, **headers: str) -> Answer:
    """Answer with a code, which is text in the body and a status on the wire."""
    body = {"error-code": str(code), "error-code-label": label}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return as_json(body, status=code, headers=named)


def done() -> Answer:
    """Answer that it is done."""
    return said(200, "success")


def unauthenticated() -> Refusal:
    """Refuse wrong credentials."""
    return Refusal(said(401, "authentication failed"))


def failed(label: str = "method failed") -> Refusal:
    """
    Refuse anything else.

    A number that is gone, one that is not ours and an empty balance are told apart by nothing but
    the label, which mostly says nothing.
    """
    return Refusal(said(420, label))


def invalid(name: str) -> Refusal:
    """
    Refuse a parameter.

    The real service may ignore names that it does not know; here a misspelled one cannot hide.
    """
    return failed(f"Invalid value for parameter: {name}")


def problem(status: int, title: str, **more: object) -> Answer:
    """Answer with the problem document of newer interfaces."""
    return as_json({"title": title, "detail": f"{title}.", **more}, status=status)


def minded(field: str, reason: str) -> Refusal:
    """Refuse a field of a body."""
    parameters = [{"name": field, "reason": reason}]
    return Refusal(problem(422, "Your request is invalid", invalid_parameters=parameters))


def unknown() -> Refusal:
    """Refuse what is not there, or not the account's."""
    return Refusal(problem(404, "Not Found"))
