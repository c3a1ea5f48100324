from __future__ import annotations

from decimal import Decimal

import pytest

from accounts.models import Role
from accounts.tests.cast import Cast
from billing.models import ExchangeRate
from portal.tests.web.visitor import visitor_of

pytestmark = pytest.mark.django_db

LIST = """base,quote,rate,valid_from,note
EUR,USD,1.0843,2026-11-20,Bank
GBP;USD;1.2715;2026-11-20
"""


class TestPaste:
    def test_reads_commas_semicolons_and_notes(self, cast: Cast) -> None:
        staff = visitor_of(cast.provider)
        assert staff.post("/rates/paste/", lines=LIST).status_code == 302
        found = {rate.base: rate for rate in ExchangeRate.objects.standing()}
        assert (found["EUR"].rate, found["EUR"].note) == (Decimal("1.0843"), "Bank")
        assert (found["GBP"].rate, found["GBP"].note) == (Decimal("1.2715"), "")

    def test_names_the_lines_that_cannot_be_read_and_enters_none(self, cast: Cast) -> None:
        lines = "EUR,USD,1.0843,2026-11-20\nGBP,USD,dear,2026-11-20\nCHF,USD,1.1,tomorrow\nJPY"
        answer = visitor_of(cast.provider).post("/rates/paste/", lines=lines)
        assert answer.status_code == 422
        page = answer.content.decode()
        for said in ("Line 2: “dear” is no rate", "Line 3: “tomorrow” is no day", "Line 4: write"):
            assert said in page
        assert "GBP,USD,dear" in page
        assert not ExchangeRate.objects.exists()

    def test_names_the_rate_that_makes_no_sense(self, cast: Cast) -> None:
        lines = "EUR,USD,1.0843,2026-11-20\nGBP,USD,-1,2026-11-20"
        answer = visitor_of(cast.provider).post("/rates/paste/", lines=lines)
        assert "Rate 2: Give a rate above 0" in answer.content.decode()


class TestEnter:
    def test_takes_small_letters_and_corrects_its_day(self, cast: Cast) -> None:
        staff = visitor_of(cast.provider)
        for rate in ("1.8", "1.08"):
            form = {"base": "eur", "quote": "usd", "rate": rate, "valid_from": "2026-11-20"}
            assert staff.post("/rates/enter/", **form).status_code == 302
        assert ExchangeRate.objects.count() == 2
        assert "1.08<" in staff.get("/rates/?currency=eur").content.decode()

    def test_shows_a_refusal_with_what_was_entered(self, cast: Cast) -> None:
        form = {"base": "EUR", "quote": "EUR", "rate": "1", "valid_from": "2026-11-20"}
        answer = visitor_of(cast.provider).post("/rates/enter/", **form)
        assert answer.status_code == 422
        assert "two different currencies" in answer.content.decode()

    @pytest.mark.parametrize("role", [Role.FINANCE, Role.OPERATOR])
    def test_is_for_those_who_manage_money(self, cast: Cast, role: Role) -> None:
        assert visitor_of(cast.provider, role).get("/rates/").status_code == 403
