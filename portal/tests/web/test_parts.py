"""The living page shows every part there is, to developers only."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings as portal_settings
from django.test import Client, RequestFactory
from pytest_django import Settings

from accounts.tests.cast import Cast
from portal.templatetags.words import COLORS
from portal.tests.web.visitor import visitor_of
from portal.web.part_samples import ON_EVERY_PAGE, samples

TEMPLATES = Path(portal_settings.BASE_DIR) / "portal" / "templates"


def test_is_not_there_where_people_work(db: None) -> None:
    assert Client().get("/parts/").status_code == 404


def test_shows_every_part(cast: Cast, settings: Settings) -> None:
    settings.DEBUG = True
    assert Client().get("/parts/").status_code == 302
    answer = visitor_of(cast.tenant).get("/parts/")
    assert answer.status_code == 200
    for name in COLORS:
        assert name.replace("_", " ").lower() in answer.text


def test_knows_every_part() -> None:
    there = {f"parts/{path.name}" for path in (TEMPLATES / "parts").glob("_*.html")}
    known = {name for sample in samples(RequestFactory().get("/parts/")) for name in sample.names}
    assert there <= known | set(ON_EVERY_PAGE), "Show new parts in portal/web/part_samples.py."
