"""Bandwidth's errors, in the several shapes that they have."""

from __future__ import annotations

from sandbox.wire import Answer, Refusal, as_text
from trunks.xml import Content, xml_of

MALFORMED = 5001
UNAVAILABLE = 5005
NOT_RESERVED = 5041
NOT_OURS = 5006
OVER_LIMIT = 6322
NOT_ACTIVE = 7518
NOWHERE = 12110


def as_error(status: int, code: int, words: str, *, root: str = "ErrorResponse") -> Answer:
    """Answer with one error in a `ResponseStatus`."""
    content: Content = [
        ("ResponseStatus", [("ErrorCode", str(code)), ("Description", words)]),
    ]
    return as_text(xml_of(root, content), "application/xml", status=status)


def of_search(code: int, words: str) -> Refusal:
    """Refuse a search."""
    content: Content = [("Error", [("Code", str(code)), ("Description", words)])]
    return Refusal(as_text(xml_of("SearchResult", content), "application/xml", status=400))


def listed(code: int, words: str, number: str = "") -> tuple[str, Content]:
    """Write an entry of an `ErrorList`, perhaps about a number."""
    about = [("TelephoneNumber", number)] if number else []
    return "Error", [("Code", str(code)), ("Description", words), *about]


def of_order(root: str, code: int, words: str) -> Refusal:
    """Refuse an order, without any order in the answer."""
    content: Content = [("ErrorList", [listed(code, words)])]
    return Refusal(as_text(xml_of(root, content), "application/xml", status=400))


def of_move(code: int, words: str) -> Refusal:
    """Refuse a move."""
    content: Content = [
        ("ProcessingStatus", "FAILED"),
        ("Errors", [("Code", str(code)), ("Description", words)]),
    ]
    return Refusal(as_text(xml_of("MoveTnsOrderResponse", content), "application/xml", status=400))


def invalid(code: int, words: str, *, root: str = "ErrorResponse") -> Refusal:
    """Refuse what cannot be."""
    return Refusal(as_error(400, code, words, root=root))


def missing(words: str, *, code: int = 13563, root: str = "ErrorResponse") -> Refusal:
    """Say that there is no such thing."""
    return Refusal(as_error(404, code, words, root=root))


def broken() -> Refusal:
    """Break, as the server does over a document that it did not expect."""
    return Refusal(
        as_text("<html><body>Internal Server Error</body></html>", "text/html", status=500)
    )
