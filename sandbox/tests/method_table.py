"""Holds requests and answers against a table of methods, where one address serves them all."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx2

from sandbox.tests.official import Deviation

Node = dict[str, Any]
KINDS = {
    "integer": r"-?\d+",
    "decimal": r"-?\d+(\.\d+)?",
    "date": r"\d{4}-\d\d-\d\d",
    "datetime": r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d",
    "bool_01": "[01]",
    "bool_yn": "yes|no|[01]",
    "boolean": "true|false|[01]",
}
"""Values travel as text or as numbers, whichever their kind; text may be anything, or nothing."""
REMARKS = frozenset({"description", "alternatives"})
"""
What refusals of emergency addresses bring beside their status: the one according to the carrier's
documentation, the other, what an address might be, as it was seen in live answers.
"""


@dataclass(frozen=True)
class MethodTable:
    """
    The methods of a carrier with their parameters and the shapes of their answers.

    :ivar path: where the sandbox serves them
    """

    path: str
    document: Node

    def check(self, response: httpx2.Response) -> bool:
        """
        Check a request and its answer; false if they are none of this table.

        :raises Deviation: at the first difference
        """
        request = response.request
        if request.url.path != self.path:
            return False
        told = dict(parse_qsl(request.url.query.decode(), keep_blank_values=True))
        told |= dict(parse_qsl(request.read().decode(), keep_blank_values=True))
        name = told.pop(self.document["dispatch_param"], "")
        method = self.document["methods"].get(name)
        if method is None:
            raise Deviation(f"{name} is no method")
        for one in self.document["auth_params"]:
            told.pop(one, None)
        if response.is_success:
            self._check_answer(response.json(), method["response"], told, method, name)
        return True

    def _check_answer(self, body: Node, shape: Node, told: Node, method: Node, name: str) -> None:
        status = body["status"]
        if status != "success":
            codes = self.document["status_codes"]
            if set(body) - REMARKS != {"status"} or status not in codes:
                raise Deviation(f"{name} never answers {status}")
            return
        known = {one["name"]: one for one in method["params"]}
        for given, text in told.items():
            if given not in known:
                raise Deviation(f"{name} takes no {given}")
            _check(text, known[given]["type"], f"{name} {given}")
        for needed, one in known.items():
            if one["required"] and needed not in told:
                raise Deviation(f"{name} lacks {needed}")
        _check(body, shape, name)


def method_tables(folder: Path) -> list[MethodTable]:
    """Read the tables of all carriers that have one."""
    text = (folder / "voipms/methods.json").read_text()
    return [MethodTable("/voipms/rest.php", json.loads(text))]


def _check(value: Any, shape: Any, where: str) -> None:
    if isinstance(shape, dict):
        for name, part in _of_type(value, dict, where).items():
            if name not in shape:
                raise Deviation(f"{where} has no {name}")
            _check(part, shape[name], f"{where}.{name}")
    elif isinstance(shape, list):
        for part in _of_type(value, list, where):
            _check(part, shape[0], where)
    elif value != "" and not _is_of_kind(value, shape):
        raise Deviation(f"{where} is no {shape}: {value!r}")


def _is_of_kind(value: Any, kind: str) -> bool:
    return not isinstance(value, dict | list) and bool(
        re.fullmatch(KINDS.get(kind, r"[\s\S]*"), str(value))
    )


def _of_type(value: Any, kind: type, where: str) -> Any:
    if not isinstance(value, kind):
        raise Deviation(f"{where} is no {kind.__name__}: {value!r}")
    return value
