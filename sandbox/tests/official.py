"""Holds requests and answers against the carriers' own API descriptions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx2
import yaml
from jsonschema import (  # type: ignore[import-untyped]
    Draft202012Validator,
    FormatChecker,
)
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from sandbox.tests.official_xml import vocabulary
from sandbox.wire import Request
from trunks.xml import xml_from

Node = dict[str, Any]
XML = "application/xml"
MULTIPART = "multipart/form-data"
FROM_GUIDES = frozenset({"FailedNumbers", "ErrorList", "Error", "Code", "Description"})
"""What Bandwidth's orders have according to its guides and its SDK, and not to its description."""

FILES = (
    ("/telnyx/v2", "telnyx/telnyx-provisioning.openapi.yaml"),
    ("/twilio/api", "twilio/twilio_api_v2010.json"),
    ("/twilio/trunking", "twilio/twilio_trunking_v1.json"),
    ("/twilio/messaging", "twilio/twilio_messaging_v1.json"),
    ("/twilio/trusthub", "twilio/twilio_trusthub_v1.json"),
    ("/twilio/numbers", "twilio/twilio_numbers_v2.json"),
    # What both describe is held against the newer one, here as with Flowroute below.
    ("/bandwidth/api/v2", "bandwidth/messaging_tfv_lookup.openapi.yaml"),
    ("/bandwidth/api/v2", "bandwidth/numbers_v2.openapi.yaml"),
    ("/questblue", "questblue/questblue-provisioning-subset.json"),
    ("/vonage", "vonage/numbers.yml"),
    ("/vonage", "vonage/account.yml"),
    ("/wavix", "wavix/wavix-api.yaml"),
    ("/flowroute", "flowroute/openapi.yaml"),
    ("/flowroute", "flowroute/Flowroute_API_01172018.yaml"),
)
"""Under which path the sandbox serves what a file describes, a line for each."""
BODIES_AS_QUERY = frozenset({"/questblue"})
"""
What QuestBlue describes as a query only, its own SDK sends as a body: names are held against those.
"""
PARTIAL = frozenset({"flowroute/openapi.yaml"})
"""Files that say of themselves that there may be more than they list."""


class Deviation(AssertionError):
    """Something said on the wire is not as the description has it."""


@dataclass(frozen=True)
class Description:
    """An OpenAPI file and the path prefix under which the sandbox serves it."""

    prefix: str
    document: Node

    def check(self, response: httpx2.Response) -> bool:
        """
        Check a request and its answer; false if the path is none of this description.

        :raises Deviation: at the first difference
        """
        path = response.request.url.path
        if not path.startswith(self.prefix):
            return False
        found = self._operation(path.removeprefix(self.prefix), response.request.method.lower())
        if found is None:
            return False
        pointer, operation, shared = found
        if response.is_success:
            self._check_query(response.request, [*shared, *operation.get("parameters", [])])
            self._check_body(response.request, pointer, operation)
        self._check_answer(response, pointer, operation)
        return True

    def _operation(self, path: str, method: str) -> tuple[str, Node, list[Node]] | None:
        # The paths without parameters first: /numbers/Local.json is no /numbers/{Sid}.json.
        for template in sorted(self.document["paths"], key=lambda text: text.count("{")):
            pattern = re.sub(r"\\\{\w+\\\}", r"[^/]+?", re.escape(template))
            item = self.document["paths"][template]
            if re.fullmatch(pattern, path) and method in item:
                pointer = f"/paths/{_escaped(template)}/{method}"
                return pointer, item[method], item.get("parameters", [])
        return None

    def _check_query(self, request: httpx2.Request, parameters: list[Node]) -> None:
        known: dict[str, Node] = {}
        for parameter in map(self._resolved, parameters):
            if parameter["in"] == "query":
                known |= _names(parameter["name"], parameter["schema"], parameter.get("style"))
        for name, text in parse_qsl(request.url.query.decode(), keep_blank_values=True):
            schema = known.get(name.removesuffix("[]"))
            if schema is None:
                raise Deviation(f"{request.url.path} takes no {name}")
            if name == "page" and text.startswith("+"):
                # Bandwidth's schema has an integer, the links of its own example a number.
                continue
            self.validate(_typed(text, schema), schema, f"{request.url.path} {name}")

    def _check_body(self, request: httpx2.Request, pointer: str, operation: Node) -> None:
        described = self._resolved(operation.get("requestBody", {})).get("content", {})
        raw = request.read()
        if not raw:
            return
        if self.prefix in BODIES_AS_QUERY:
            known = {one["name"] for one in operation["parameters"]}
            if unknown := sorted(set(json.loads(raw)) - known):
                raise Deviation(f"{pointer} takes no {unknown[0]}")
            return
        for kind, media in described.items():
            if not request.headers.get("content-type", "").startswith(kind):
                continue
            if kind == XML:
                self._check_xml(raw, media, f"the body of {request.url.path}")
                return
            schema = self._resolved(media["schema"])
            value: Any = json.loads(raw) if kind.endswith("json") else None
            if value is None:
                pairs = _pairs(request, raw, kind)
                kinds = {k: self._resolved(one) for k, one in schema["properties"].items()}
                value = {k: _typed(v, kinds.get(k, {})) for k, v in pairs}
            self.validate(value, media["schema"], f"the body of {request.url.path}")
            return
        raise Deviation(f"{pointer} takes no body of type {request.headers['content-type']}")

    def _check_answer(self, response: httpx2.Response, pointer: str, operation: Node) -> None:
        responses = operation["responses"]
        described = responses.get(str(response.status_code))
        if described is None and response.is_success:
            described = responses.get("2XX")
        if described is None:
            if response.is_success:
                raise Deviation(f"{pointer} never answers {response.status_code}")
            return
        content = self._resolved(described).get("content")
        if not content:
            if response.content:
                raise Deviation(f"{pointer} answers {response.status_code} without a body")
            return
        if response.headers["content-type"].startswith(XML):
            self._check_xml(response.content, content[XML], f"the answer of {pointer}")
            return
        schema = next(media for kind, media in content.items() if kind.endswith("json"))["schema"]
        self.validate(response.json(), schema, f"the answer of {pointer}")

    def _check_xml(self, raw: bytes, media: Node, where: str) -> None:
        document = xml_from(raw)
        words = vocabulary(media, self._resolved)
        if document is not None and (trouble := words.trouble_with(document, more=FROM_GUIDES)):
            raise Deviation(f"{where}: {trouble}")

    def _resolved(self, node: Node) -> Node:
        while "$ref" in node:
            target: Any = self.document
            for part in node["$ref"].partition("#/")[2].split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def validate(self, value: object, schema: Node, where: str) -> None:
        """
        Check one value.

        :raises Deviation: at the first difference
        """
        registry: Registry[Any] = Registry().with_resource(
            "urn:description", DRAFT202012.create_resource(self.document)
        )
        validator = Draft202012Validator(schema, registry=registry, format_checker=FormatChecker())
        for error in validator.iter_errors(value):
            raise Deviation(f"{where}: {error.json_path}: {error.message}")


def _pairs(request: httpx2.Request, raw: bytes, kind: str) -> list[tuple[str, str]]:
    """Read the fields of a form; of a file, its name stands for it."""
    if kind != MULTIPART:
        return parse_qsl(raw.decode(), keep_blank_values=True)
    sent = Request("POST", "", (), {"content-type": request.headers["content-type"]}, raw, "")
    texts, files = sent.multipart()
    return [*texts.items(), *((name, file.name) for name, file in files.items())]


def descriptions(folder: Path) -> list[Description]:
    """Read the descriptions of all carriers; JSON is YAML, too, but slower to read as such."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found = []
    for prefix, name in FILES:
        text = (folder / name).read_text()
        document = (
            json.loads(text) if name.endswith(".json") else yaml.load(text, Loader=loader)  # noqa: S506 - it is the safe one
        )
        closes = name not in PARTIAL
        found.append(Description(prefix, _parts_open(_strict(document, closes=closes), closes)))
    return found


def _parts_open(document: Any, closes: bool) -> Any:
    """Open what is a part of something (`allOf`) again, and close the whole instead."""
    for holder in _holders(document):
        for part in holder["allOf"]:
            name = str(part.get("$ref", "")).removeprefix("urn:description#/components/schemas/")
            meant = document["components"]["schemas"].get(name, part)
            meant.pop("additionalProperties", None)
        if closes:
            holder["unevaluatedProperties"] = False
    return document


def _holders(node: Any) -> Iterator[dict[str, Any]]:
    parts = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for part in parts:
        yield from _holders(part)
    if isinstance(node, dict) and isinstance(node.get("allOf"), list):
        yield node


def _strict(node: Any, *, closes: bool) -> Any:
    """Close every object that lists its properties, and spell `nullable` as JSON Schema does."""
    if isinstance(node, list):
        return [_strict(part, closes=closes) for part in node]
    if not isinstance(node, dict):
        return node
    made = {
        name: part if name == "examples" else _strict(part, closes=closes)
        for name, part in node.items()
        if name != "example"
    }
    if isinstance(made.get("$ref"), str):
        made["$ref"] = f"urn:description{made['$ref']}"
    if made.get("nullable") is True and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
        if "enum" in made:
            made["enum"] = [*made["enum"], None]
    if (
        closes
        and isinstance(made.get("properties"), dict)
        and made.get("type") in ("object", ["object"])
    ):
        made.setdefault("additionalProperties", False)
    return made


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")


def _names(name: str, schema: Node, style: str | None) -> dict[str, Node]:
    if style != "deepObject":
        return {name: schema}
    return dict(_deep(name, schema))


def _deep(name: str, schema: Node) -> Iterator[tuple[str, Node]]:
    for part, below in schema["properties"].items():
        if below.get("type") == "object":
            yield from _deep(f"{name}[{part}]", below)
        else:
            yield f"{name}[{part}]", below


def _typed(text: str, schema: Node) -> object:
    kinds = schema.get("type", "string")
    kind = kinds[0] if isinstance(kinds, list) else kinds
    if kind == "array":
        return [text]
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    if kind == "integer" and re.fullmatch(r"-?\d+", text):
        return int(text)
    return text
