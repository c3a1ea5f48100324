"""Which adapters a process has imported; run where nothing but the portal has been."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import httpx2

from trunks import connect
from trunks.deadlines import Deadline
from trunks.models import CarrierAccount
from trunks.numbering import NumberType
from trunks.offers import Wanted


def search_at_one() -> None:
    """Begin as web and workers do, search at one account, and fail if others came with it."""
    importlib.import_module("portal.urls")
    _expect(set())
    account = CarrierAccount(carrier="telnyx", credentials={"api_key": "k"}, rate_per_second=1000)
    nothing = httpx2.MockTransport(lambda _asked: httpx2.Response(200, json={"data": []}))
    with connect.speaking_through(nothing):
        adapter: Any = connect.listening(account)
        wanted = Wanted(country="US", type=NumberType.LOCAL, limit=20)
        assert adapter.search(wanted, deadline=Deadline(10)) == []
    _expect({"telnyx"})


def _expect(slugs: set[str]) -> None:
    begin = "trunks.carriers."
    there = {name.split(".")[2] for name in sys.modules if name.startswith(begin)}
    assert there == slugs
