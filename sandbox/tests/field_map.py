"""Holds requests and answers against a table of a carrier's fields, where there is no OpenAPI."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from sandbox.tests.official import Deviation

Node = dict[str, Any]
PAGE = frozenset({"page[number]", "page[size]"})
TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "bool": (bool,),
    "list": (list,),
    "dict": (dict,),
}
"""How the table writes what an attribute held in an example; null says nothing about it."""


@dataclass(frozen=True)
class FieldMap:
    """
    Which queries, bodies, statuses and attributes the operations of a JSON:API have.

    :ivar prefix: under which the sandbox serves them
    """

    prefix: str
    operations: Mapping[str, Node]

    def check(self, response: httpx2.Response) -> bool:
        """
        Check a request and its answer; false if the table does not have it.

        :raises Deviation: at the first difference
        """
        request = response.request
        operation = self._operation(f"{request.method} {request.url.path}")
        if operation is None:
            return False
        if not response.is_success:
            return True
        where = f"{request.method} {request.url.path}"
        for name in request.url.params:
            if name not in PAGE and name not in operation.get("query", ()):
                raise Deviation(f"{where} takes no {name}")
        if request.headers.get("content-type", "").endswith("json"):
            shapes = operation.get("request_bodies", [])
            _check_shape(json.loads(request.content), shapes, f"the body of {where}")
        if response.status_code not in operation["response_codes"]:
            raise Deviation(f"{where} never answers {response.status_code}")
        for row in _rows(response):
            self._check_row(row, where)
        return True

    def _operation(self, asked: str) -> Node | None:
        method, _, path = asked.partition(" ")
        if not path.startswith(self.prefix):
            return None
        for name, operation in self.operations.items():
            pattern = re.sub(r":\w+", "[^/]+", re.escape(name).replace("\\ ", " "))
            if re.fullmatch(pattern, f"{method} {path.removeprefix(self.prefix)}"):
                return operation
        return None

    def _check_row(self, row: Node, where: str) -> None:
        known = [one for one in self.operations.values() if one.get("type") == row["type"]]
        if not known:
            # Nothing is asked for by this type alone, such as the units of a group.
            return
        for name, value in row["attributes"].items():
            words = {one["attributes"][name] for one in known if name in one.get("attributes", {})}
            types = tuple(type_ for word in words - {"null"} for type_ in TYPES[word])
            if not words or (value is not None and types and not isinstance(value, types)):
                raise Deviation(f"{where}: {row['type']} has no such {name}: {value!r}")
        links = {name for one in known for name in one.get("relationships", ())}
        if unknown := sorted(set(row.get("relationships", {})) - links):
            raise Deviation(f"{where}: {row['type']} is not linked to {unknown[0]}")


def field_maps(folder: Path) -> list[FieldMap]:
    """Read the tables of all carriers that have one."""
    text = (folder / "didww/didww-field-map.2026-04-16.json").read_text()
    return [FieldMap("/didww", json.loads(text))]


def _rows(response: httpx2.Response) -> Iterator[Node]:
    if response.content:
        body = response.json()
        data = body["data"]
        yield from data if isinstance(data, list) else [data]
        yield from body.get("included", ())


def _check_shape(value: Any, shapes: list[Any], where: str) -> None:
    """Let a value have only keys that one of the examples has in that place."""
    if isinstance(value, dict):
        known = [shape for shape in shapes if isinstance(shape, dict)]
        for name, part in value.items():
            below = [shape[name] for shape in known if name in shape]
            if not below:
                raise Deviation(f"{where} has no {name}")
            _check_shape(part, below, where)
    elif isinstance(value, list):
        below = [one for shape in shapes if isinstance(shape, list) for one in shape]
        for part in value if below else ():
            _check_shape(part, below, where)
