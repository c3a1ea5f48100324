"""What the pages have in common in taking input and in refusing."""

from __future__ import annotations

from http import HTTPStatus

from lib.refusals import UnableTo


def status_of(refusal: UnableTo) -> int:
    """Give the status of a page that shows a refusal."""
    return HTTPStatus.CONFLICT if refusal.conflict else HTTPStatus.UNPROCESSABLE_ENTITY


def plain(text: str | None) -> str:
    """Give a query parameter without what no text in the database can hold."""
    return (text or "").replace("\x00", "").strip()
