"""Odd forms and addresses of pages: refused or ignored, never a failure of ours."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from portal.endpoints import PAGES, Endpoint
from portal.tests.api.world import World
from portal.tests.web.visitor import REQUESTS, visitor_of

ODD = ["\0", "a\0b", "\u202e101", "x" * 10_000, "٣", "9" * 5000, "{{ 1 }}", "%s", "../..", "\n"]
READS = [page for page in PAGES if page.method == "GET"]
FORMS = [page for page in PAGES if page.method == "POST"]


class TestOddThings:
    @pytest.mark.parametrize("odd", ODD, ids=ascii)
    def test_in_a_query_are_looked_past(self, world: World, odd: str) -> None:
        visitor = visitor_of(world.cast.provider)
        names = ("search", "status", "after", "sort", "columns", "replaces", "country")
        for page in READS:
            path = REQUESTS[page.name](world)[0].partition("?")[0]
            asked = "&".join(f"{name}={quote(odd)}" for name in names)
            answer = visitor.get(f"{path}?{asked}&search=%ED%A0%80")
            assert answer.status_code == 200, page.name

    @pytest.mark.parametrize("odd", ODD, ids=ascii)
    def test_in_an_address_are_a_404(self, world: World, odd: str) -> None:
        visitor, part = visitor_of(world.cast.tenant), quote(odd, safe="")
        for path in (f"/numbers/{part}/", f"/invitations/{part}/", f"/demo/mail/{part}/"):
            assert visitor.get(path).status_code == 404

    @pytest.mark.parametrize("field", ["kind", "value"])
    def test_in_a_form_are_a_422(self, world: World, field: str) -> None:
        visitor = visitor_of(world.cast.tenant)
        path, form = REQUESTS["assign"](world)
        for odd in set(ODD) - {"٣"}:
            assert visitor.post(path, **{**form, field: odd}).status_code == 422, ascii(odd)

    @pytest.mark.parametrize("page", FORMS, ids=lambda page: page.name)
    def test_instead_of_a_form_are_no_failure(self, world: World, page: Endpoint) -> None:
        path, _ = REQUESTS[page.name](world)
        visitor = visitor_of(world.cast.tenant)
        for kind, body in (
            ("application/json", b"[]"),
            ("multipart/form-data; boundary=", b"--"),
            ("application/x-www-form-urlencoded", b"%ff=%00&value=\xff&kind"),
            ("application/x-www-form-urlencoded", b"a&" * 1001),
        ):
            answer = visitor.client.generic("POST", path, body, content_type=kind)
            assert answer.status_code < 500, kind
