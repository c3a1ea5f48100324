"""Holds SOAP requests and answers against a service description."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

import httpx2

from sandbox.tests.official import Deviation
from trunks.xml import xml_from

KINDS = {
    "string": r"[\s\S]*",
    "int": r"-?\d+",
    "decimal": r"-?\d+(\.\d+)?",
    "boolean": "true|false|1|0",
    "dateTime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?",
}


@dataclass(frozen=True)
class Service:
    """A service description and the path prefix under which the sandbox serves it."""

    prefix: str
    document: Element

    def check(self, response: httpx2.Response) -> bool:
        """
        Check a request and its answer; false if the path is none of this service.

        :raises Deviation: at the first difference
        """
        if not response.request.url.path.startswith(self.prefix):
            return False
        method = response.request.headers["soapaction"].strip('"').rpartition("/")[2]
        self._check_body(response.request.read(), method)
        if response.is_success:
            self._check_body(response.content, f"{method}Response")
        return True

    def _check_body(self, raw: bytes, name: str) -> None:
        document = xml_from(raw)
        body = None if document is None else document.find("Body")
        described = self.document.find(f"types/schema/element[@name='{name}']/complexType")
        if body is None or described is None or [part.tag for part in body] != [name]:
            raise Deviation(f"{name} is not what is said")
        self._check(body[0], described, name)

    def _check(self, said: Element, described: Element, where: str) -> None:
        left = list(said)
        for particle in described.iterfind("sequence/element"):
            name = particle.get("name")
            most = particle.get("maxOccurs", "1")
            there = []
            while left and left[0].tag == name:
                there.append(left.pop(0))
            if len(there) < int(particle.get("minOccurs", "1")):
                raise Deviation(f"{where} lacks {name}")
            if most != "unbounded" and len(there) > int(most):
                raise Deviation(f"{where} has {name} too often")
            for part in there:
                self._check_value(part, particle, f"{where}/{name}")
        if left:
            raise Deviation(f"{where} has {left[0].tag}, or has it too late")

    def _check_value(self, part: Element, particle: Element, where: str) -> None:
        kind = particle.get("type", "").rpartition(":")[2]
        if kind not in KINDS:
            described = self.document.find(f"types/schema/complexType[@name='{kind}']")
            if described is None:
                raise Deviation(f"{where} is of no known kind")
            self._check(part, described, where)
        elif not re.fullmatch(KINDS[kind], part.text or ""):
            raise Deviation(f"{where} is no {kind}: {part.text}")


def service(prefix: str, file: Path) -> Service:
    """Read a service description."""
    document = xml_from(file.read_bytes())
    if document is None:
        raise ValueError(f"{file} is empty")
    return Service(prefix, document)
