"""JSON:API as DIDWW speaks it: rows, what they are linked to, and bodies to send."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from trunks.errors import Misconfigured

MEDIA_TYPE = "application/vnd.api+json"
VERSION = "2026-04-16"

Row = Mapping[str, Any]
Params = list[tuple[str, str]]


def checked(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """
    Take an answer in the version that we asked for; one that does not exist is ignored silently.

    Only what is read is held against it: nothing that was done may be doubted because of it, and
    reading comes first in all that we do.

    :raises Misconfigured: if the answer is in another one
    """
    told = (body.get("meta") or {}).get("api_version") or VERSION
    if told != VERSION:
        raise Misconfigured(f"The carrier answers in version {str(told)[:20]} of its interface.")
    return body


def rows_from(body: Mapping[str, Any]) -> list[Row]:
    """Read the rows of a list."""
    return [_row(row) for row in body["data"]]


def row_from(body: Mapping[str, Any]) -> Row:
    """Read one row."""
    return _row(body["data"])


def _row(row: Row) -> Row:
    if not (isinstance(row["id"], str) and isinstance(row["attributes"], Mapping)):
        raise TypeError("not a row")
    return row


def total_from(body: Mapping[str, Any]) -> int:
    """Read how many rows a list has in all."""
    return int(body["meta"]["total_records"])


def linked_id(row: Row, name: str) -> str:
    """Give the identifier of what a row is linked to; empty where that is nothing."""
    data = row["relationships"][name].get("data")
    return "" if data is None else str(data["id"])


def linked(body: Mapping[str, Any], row: Row, name: str) -> Row | None:
    """Give what a row is linked to; None where that is nothing, or was not asked for."""
    data = row["relationships"][name].get("data")
    return None if data is None else _included(body, data)


def linked_rows(body: Mapping[str, Any], row: Row, name: str) -> list[Row]:
    """Give all that a row is linked to, which has to be included."""
    return [_included(body, data) for data in row["relationships"][name]["data"]]


def _included(body: Mapping[str, Any], data: Row) -> Row:
    for row in body["included"]:
        if (row["type"], row["id"]) == (data["type"], data["id"]):
            return _row(row)
    raise KeyError(data["id"])


def link(kind: str, id_: str) -> dict[str, Any]:
    """Name a row; none by an empty identifier."""
    return {"data": {"type": kind, "id": id_} if id_ else None}


def links(kind: str, ids: Sequence[str]) -> dict[str, Any]:
    """Name several rows."""
    return {"data": [{"type": kind, "id": id_} for id_ in ids]}


def body_of(
    kind: str,
    *,
    id_: str = "",
    attributes: Mapping[str, Any] | None = None,
    relationships: Mapping[str, Any] | None = None,
) -> bytes:
    """Write a body; one that changes a row repeats its type and identifier."""
    parts = {"id": id_, "attributes": attributes, "relationships": relationships}
    told = {name: part for name, part in parts.items() if part}
    return json.dumps({"data": {"type": kind, **told}}).encode()
