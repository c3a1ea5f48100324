"""What the parts of DIDWW share: rows with what they are linked to, and how they are answered."""

from __future__ import annotations

import json
import re
from abc import abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sandbox.carrier import Carrier
from sandbox.wire import Answer, Call, Refusal, as_json

T = TypeVar("T")
VERSION = "2026-04-16"
MEDIA_TYPE = "application/vnd.api+json"
LARGEST_PAGE = 1000
MOST_SHOWN = 100
"""Of the numbers for sale; the carrier says that it ends there, and not where."""
Link = tuple[str, str] | list[tuple[str, str]] | None
"""Type and identifier of one row or of several."""


@dataclass(frozen=True)
class Row:
    """One row of any kind."""

    kind: str
    id: str
    attributes: Mapping[str, Any]
    links: Mapping[str, Link] = field(default_factory=dict)
    meta: Mapping[str, Any] = field(default_factory=dict)


class DidwwBase(Carrier):
    """The carrier as its parts see it."""

    slug = "didww"
    source_address = "127.0.2.40"
    announces_orders = True

    order_seconds: float
    """How long it works on an order."""

    @abstractmethod
    def row_of(self, call: Call, kind: str, id_: str) -> Row | None:
        """Find any row by type and identifier."""


def said(value: object, status: int = 200, **headers: str) -> Answer:
    """Answer in the carrier's media type."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    answer = as_json(value, status=status, headers=named)
    told = [pair for pair in answer.headers if pair[0] != "Content-Type"]
    return Answer(status, answer.body, (("Content-Type", MEDIA_TYPE), *told))


def error(status: int, code: str, title: str, *, pointer: str = "", **meta: str) -> Answer:
    """Answer with one error; its code is one of JSON:API and no status."""
    one: dict[str, Any] = {"title": title, "detail": title, "code": code, "status": str(status)}
    if pointer:
        one["source"] = {"pointer": pointer}
    if meta:
        one["meta"] = meta
    return said({"errors": [one]}, status)


def invalid(title: str, pointer: str = "") -> Refusal:
    """Refuse what cannot be."""
    return Refusal(error(422, "100", title, pointer=pointer))


def not_found(id_: str) -> Refusal:
    """Refuse what is not there, or not this account's."""
    return Refusal(error(404, "404", f"The record identified by {id_} could not be found."))


def filters(call: Call, known: Collection[str]) -> dict[str, str]:
    """
    Read the filters of a list.

    :raises Refusal: for a filter or parameter that the list does not take
    """
    found = {}
    for name, text in call.request.query:
        match = re.fullmatch(r"filter\[([\w.]+)\]", name)
        if match and match[1] in known:
            found[match[1]] = text
        elif match or name not in ("include", "sort", "page[number]", "page[size]"):
            raise Refusal(error(400, "102", f"{name} is not allowed"))
    return found


def body_of(call: Call, kind: str) -> dict[str, Any]:
    """
    Read the `data` of a body.

    :raises Refusal: if it is of another type, or of another format
    """
    if not call.request.headers.get("content-type", "").startswith(MEDIA_TYPE):
        raise Refusal(error(415, "415", "Unsupported media type"))
    try:
        data = json.loads(call.request.body)["data"]
    except (ValueError, KeyError, TypeError) as trouble:
        raise Refusal(error(400, "106", "data is missing")) from trouble
    if not isinstance(data, dict) or data.get("type") != kind:
        raise Refusal(error(400, "101", f"type must be {kind}"))
    if call.parts and data.get("id") != call.parts["id"]:
        raise Refusal(error(400, "109", "id must be that of the address"))
    return data


def linked_to(data: Mapping[str, Any], name: str) -> tuple[str, str] | None:
    """
    Read one relationship of a body.

    :raises Refusal: if it is none
    """
    try:
        target = data["relationships"][name]["data"]
        return None if target is None else (str(target["type"]), str(target["id"]))
    except (KeyError, TypeError) as trouble:
        raise invalid(f"{name} can't be blank", f"/data/relationships/{name}") from trouble


def one(carrier: DidwwBase, call: Call, row: Row, status: int = 200) -> Answer:
    """Answer with one row."""
    included: dict[tuple[str, str], Any] = {}
    data = _shown(carrier, call, row, _tree(call), included)
    return _document(data, included, {"api_version": VERSION}, status)


def some(carrier: DidwwBase, call: Call, things: Iterable[T], show: Callable[[T], Row]) -> Answer:
    """
    Answer with the first of things, each shown as a row: this list has no pages.

    :raises Refusal: if it is asked for one
    """
    if paged := [name for name, _ in call.request.query if name.startswith("page[")]:
        raise Refusal(error(400, "105", f"{paged[0]} is not allowed"))
    found = list(things)
    included: dict[tuple[str, str], Any] = {}
    data = [_shown(carrier, call, show(one), _tree(call), included) for one in found[:MOST_SHOWN]]
    return _document(data, included, {"total_count": len(found), "api_version": VERSION})


def many(carrier: DidwwBase, call: Call, things: Iterable[T], show: Callable[[T], Row]) -> Answer:
    """Answer with a page of things, each shown as a row."""
    found = list(things)
    number, size = page_of(call)
    part = found[(number - 1) * size : number * size]
    included: dict[tuple[str, str], Any] = {}
    data = [_shown(carrier, call, show(thing), _tree(call), included) for thing in part]
    return _document(data, included, {"total_records": len(found), "api_version": VERSION})


def page_of(call: Call) -> tuple[int, int]:
    """
    Read number and size of a page.

    :raises Refusal: if there is none such
    """
    number, size = (call.query.get(f"page[{name}]", "") for name in ("number", "size"))
    found = tuple(int(text) if text.isdigit() else 0 for text in (number or "1", size or "25"))
    if min(found) < 1 or found[1] > LARGEST_PAGE:
        raise Refusal(error(400, "104", "page is out of range"))
    return found[0], found[1]


def _document(data: Any, included: Mapping[Any, Any], meta: object, status: int = 200) -> Answer:
    more = {"included": list(included.values())} if included else {}
    return said({"data": data, **more, "meta": meta}, status)


def _tree(call: Call) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for path in filter(None, call.query.get("include", "").split(",")):
        place = tree
        for name in path.split("."):
            place = place.setdefault(name, {})
    return tree


def _shown(
    carrier: DidwwBase, call: Call, row: Row, tree: Mapping[str, Any], included: dict[Any, Any]
) -> dict[str, Any]:
    """Show a row; of what it is linked to only what is included is named."""
    if unknown := sorted(set(tree) - set(row.links)):
        raise Refusal(error(400, "112", f"{unknown[0]} is not a valid relationship"))
    related: dict[str, Any] = {}
    for name, target in row.links.items():
        related[name] = {"links": {"related": f"/v3/{row.kind}/{row.id}/{name}"}}
        if name in tree:
            related[name]["data"] = _named(target)
            for kind, id_ in target if isinstance(target, list) else [target] if target else []:
                other = carrier.row_of(call, kind, id_)
                if other is not None and (kind, id_) not in included:
                    included[kind, id_] = None
                    included[kind, id_] = _shown(carrier, call, other, tree[name], included)
    shown = {"id": row.id, "type": row.kind, "attributes": row.attributes, "relationships": related}
    return {**shown, "meta": row.meta} if row.meta else shown


def _named(target: Link) -> Any:
    if isinstance(target, list):
        return [{"type": kind, "id": id_} for kind, id_ in target]
    return None if target is None else {"type": target[0], "id": target[1]}
