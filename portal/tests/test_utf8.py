"""A character set named by a caller changes nothing, and breaks nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from django.test import RequestFactory

from portal.utf8 import Utf8Only


def status_of(address: str, content_type: str) -> str:
    """Ask at the WSGI door, where no client of Django's stands in between."""
    told: list[str] = []

    def start(status: str, *_more: Any) -> Any:
        told.append(status)

    environ = RequestFactory()._base_environ(  # type: ignore[attr-defined]
        PATH_INFO="/livez", QUERY_STRING=address, CONTENT_TYPE=content_type
    )
    answer = Utf8Only(get_wsgi_application())(environ, start)
    list(answer)
    return told[0][:3]


class TestUtf8Only:
    @pytest.mark.parametrize("charset", ["hex", "undefined", "utf-16", "utf-8", '"zlib"', "no"])
    @pytest.mark.parametrize("query", ["a=%ff", "a&" * 1001], ids=["short", "long"])
    def test_reads_every_request_as_utf_8(self, db: None, charset: str, query: str) -> None:
        assert status_of(query, f"application/json; v=1; Charset={charset}") == "200"
