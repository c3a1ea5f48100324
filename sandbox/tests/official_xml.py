"""
Holds XML against a description whose schemas are about JSON.

Such a schema says of XML no more than names and kinds of values, and its own examples nest as no
schema says. So: the root is one of the examples, each name stands in schema or examples, and a
value has the kind of its schema unless an example breaks it too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element

from trunks.xml import xml_from

Node = dict[str, Any]
Resolve = Callable[[Node], Node]
KINDS = {"integer": r"-?\d+", "number": r"-?\d+(\.\d+)?", "boolean": "true|false"}


@dataclass
class Vocabulary:
    """What a description says about one document."""

    roots: set[str] = field(default_factory=set)
    schemas: dict[str, list[Node]] = field(default_factory=dict)
    free: set[str] = field(default_factory=set)
    """Names whose values an example writes in another way than the schema."""

    def trouble_with(self, document: Element, *, more: frozenset[str]) -> str:
        """
        Say what is wrong, or nothing.

        :param more: names that are known from elsewhere
        """
        if self.roots and document.tag not in self.roots:
            return f"the root is {document.tag}, not {' or '.join(sorted(self.roots))}"
        for part in document.iter():
            if part.tag not in self.schemas and part.tag not in more:
                return f"{part.tag} is no name"
            if part.tag not in self.free and not self.takes(part):
                return f"{part.tag} is no {part.text}"
        return ""

    def takes(self, part: Element) -> bool:
        """Tell whether a value has the kind of one of its schemas."""
        schemas = self.schemas.get(part.tag, [])
        return (
            len(part) > 0
            or not part.text
            or not schemas
            or any(_takes(schema, part.text.strip()) for schema in schemas)
        )


def vocabulary(media: Node, resolved: Resolve) -> Vocabulary:
    """Read what a media type of a description says."""
    made = Vocabulary()
    for name, schema in _named(media.get("schema", {}), resolved, ()):
        made.schemas.setdefault(name, []).append(schema)
    for example in _examples(media, resolved):
        made.roots.add(example.tag)
        for part in example.iter():
            made.schemas.setdefault(part.tag, [])
            if not made.takes(part):
                made.free.add(part.tag)
    return made


def _examples(media: Node, resolved: Resolve) -> Iterator[Element]:
    for example in map(resolved, media.get("examples", {}).values()):
        try:
            document = xml_from(str(example.get("value", "")).encode())
        except ValueError:
            continue
        if document is not None:
            yield document


def _named(node: Node, resolved: Resolve, above: tuple[int, ...]) -> Iterator[tuple[str, Node]]:
    node = resolved(node)
    if id(node) in above:
        return
    inside = (*above, id(node))
    if name := node.get("xml", {}).get("name"):
        yield name, node
    for name, schema in node.get("properties", {}).items():
        yield name, resolved(schema)
        yield from _named(schema, resolved, inside)
    parts = [node["items"]] if "items" in node else []
    for part in [
        *parts,
        *(each for way in ("allOf", "oneOf", "anyOf") for each in node.get(way, [])),
    ]:
        yield from _named(part, resolved, inside)


def _takes(schema: Node, text: str) -> bool:
    kind = KINDS.get(str(schema.get("type")), ".*")
    return bool(re.fullmatch(kind, text)) and text in schema.get("enum", [text])
