"""Everything that passes between an adapter and the sandbox, held against official descriptions."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

import httpx2
import pytest

from sandbox.spoiling import SPOILT
from sandbox.tests.field_map import FieldMap, field_maps
from sandbox.tests.method_table import MethodTable, method_tables
from sandbox.tests.official import Description, descriptions
from sandbox.tests.official_wsdl import Service, service

SPECS = os.environ.get("CARRIER_SPECS", "")
needs_specs = pytest.mark.skipif(not SPECS, reason="CARRIER_SPECS is not set")

UNDESCRIBED = "/twilio/pricing/v1/PhoneNumbers/Countries/"
"""Twilio's number prices are in none of the given files: there is nothing to hold them against."""

UNDESCRIBED_TOO = frozenset(
    {
        "/telnyx/v2/10dlc/campaignBuilder",
        "/twilio/numbers-upload/v2/RegulatoryCompliance/SupportingDocuments",
    }
)
"""
How a campaign is made at Telnyx stands in its reference alone; reading one is described. Where
Twilio takes files stands in its documentation alone; the same without a file is described.
"""

MISDESCRIBED = re.compile(
    r"GET /(flowroute/v2/(numbers|e911s)(/\d+)?|questblue/(did|siptrunk)"
    r"|telnyx/v2/10dlc/brand/[\w-]+)"
)
"""
Flowroute's file of 2018 prints each object of this list inside a `data` of its own, and a route
that is not set as text; its documentation and its SDK's examples do neither. How its emergency
addresses are shown is not described at all. QuestBlue's file types the settings in its lists as
texts; its SDK reads named fields. Telnyx's allows nothing in a single
brand: it joins two closed objects of which neither has the other's fields.
"""


CLEARED = b"EmergencyAddressSid="
"""
Twilio's file wants 34 characters of every SID, and names no other way to take an emergency address
off a number: its documentation has it cleared by an empty one.
"""

NAME_TAKEN_OFF = re.compile(r"DELETE /flowroute/v2/numbers/\d+/relationships/cnams?")
"""How a number loses its name at Flowroute stands in its documentation and its SDK alone."""

NEWER = re.compile(r"/vonage/v1/(addresses|emergency/numbers)(/[\w-]+)?")
"""What Vonage publishes of emergency addresses is younger than its given files."""

SERVICES = {"/voip_innovations": "voip-innovations/APIService.production.2014.wsdl"}
"""The path prefix under which the sandbox serves each service that speaks SOAP."""


@cache
def services() -> list[Service]:
    """Read the service descriptions once."""
    return [service(prefix, Path(SPECS) / name) for prefix, name in SERVICES.items()]


@cache
def official() -> list[Description]:
    """Read the descriptions once; they are large."""
    return descriptions(Path(SPECS))


@cache
def tables() -> list[FieldMap]:
    """Read the tables of fields of carriers that publish no description."""
    return field_maps(Path(SPECS))


@cache
def method_table() -> list[MethodTable]:
    """Read the tables of methods of carriers that have one address for all."""
    return method_tables(Path(SPECS))


class Checked(httpx2.BaseTransport):
    """Passes everything on, and fails on a request or an answer that is not as described."""

    def __init__(self, inner: httpx2.BaseTransport) -> None:
        self.inner = inner
        self.checked: set[str] = set()
        # Read before anything is timed. Where two files of a carrier describe the same, the first
        # is the newer one.
        self.sources: list[Description | FieldMap | Service | MethodTable]
        self.sources = [*official(), *tables(), *services(), *method_table()]

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Check the request when its answer is there, and the answer."""
        answer = self.inner.handle_request(request)
        answer.request = request
        answer.read()
        if SPOILT in answer.headers:
            return answer
        path = request.url.path
        if request.content == CLEARED and path.startswith("/twilio/"):
            return answer
        if (
            path.startswith(UNDESCRIBED)
            or path in UNDESCRIBED_TOO
            or NEWER.fullmatch(path)
            or NAME_TAKEN_OFF.fullmatch(f"{request.method} {path}")
            or MISDESCRIBED.fullmatch(f"{request.method} {path}")
        ):
            return answer
        described = any(source.check(answer) for source in self.sources)
        assert described, f"{request.method} {path} is in no official description."
        self.checked.add(f"{request.method} {path}")
        return answer
