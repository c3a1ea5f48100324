"""XML as some carriers speak it: read without entities, written with everything escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml.ElementTree import fromstring

Content = str | Iterable[tuple[str, "Content"]]
"""Text, or elements in their order, each with its own content."""


def xml_from(content: bytes) -> Element | None:
    """
    Read a document, None where there is nothing. Namespaces are taken off all names.

    :raises ValueError: if it is none, or declares entities
    """
    if not content.strip():
        return None
    try:
        root: Element = fromstring(content)
    except ParseError as trouble:
        raise ValueError("not XML") from trouble
    for element in root.iter():
        element.tag = str(element.tag).rpartition("}")[2]
    return root


def xml_of(name: str, content: Content, *, attributes: Mapping[str, str] | None = None) -> bytes:
    """Write a document."""
    root = Element(name, dict(attributes or {}))
    _fill(root, content)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def text_of(element: Element, path: str) -> str:
    """
    Give the text at a path.

    :raises KeyError: if nothing is there
    """
    found = element.find(path)
    if found is None:
        raise KeyError(path)
    return (found.text or "").strip()


def _fill(element: Element, content: Content) -> None:
    if isinstance(content, str):
        element.text = content
        return
    for name, part in content:
        _fill(SubElement(element, name), part)
