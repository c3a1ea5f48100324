"""The list of numbers as a file: what its page shows, in pieces, and no more than may be seen."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Event
from dids.models import PhoneNumber
from portal.tests.api.world import DEALER_STOCK, LOOSE, MONTHLY, OFFERED, TENANT_NUMBER, World
from portal.tests.web.visitor import Visitor, visitor_of
from portal.web import number_export


def table(visitor: Visitor, query: str = "") -> list[list[str]]:
    """Read the file of a list."""
    answer = visitor.post(f"/numbers/export/{query}")
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_a_file_has_the_columns_the_order_and_the_rows_of_the_list(world: World) -> None:
    dealer = visitor_of(world.cast.dealer)
    heads, *rows = table(dealer, "?sort=-number&rings=no&columns=tags,country")
    assert heads == ["Number", "Label", "Holder", "Rings at", "Status", "Tags", "Country"]
    assert [row[0] for row in rows] == [LOOSE, DEALER_STOCK, OFFERED]
    assert rows[0][6] == "US"
    event = Event.objects.filter(action="dids.number.exported").latest("pk")
    assert event.after == {"what": "rings: points nowhere"}
    page = dealer.get("/numbers/?sort=-number&rings=no&after=x").text
    assert 'action="/numbers/export/?sort=-number&amp;rings=no"' in page


def test_a_file_holds_what_its_reader_may_see(world: World) -> None:
    asked = "?columns=account,trunk,cost"
    staff = table(visitor_of(world.cast.provider), asked)
    assert staff[0][-3:] == ["Carrier account", "Trunk", "Cost a month"]
    assert f"{MONTHLY} USD" in staff[1]
    tenant = table(visitor_of(world.cast.tenant), asked)
    assert tenant[0][-1] == "Status"
    assert {row[0] for row in tenant[1:]} == {TENANT_NUMBER, LOOSE}


def test_a_label_computes_nothing(world: World) -> None:
    PhoneNumber.objects.filter(e164=LOOSE).update(label="=1+1")
    rows = table(visitor_of(world.cast.tenant), "?rings=no")
    assert rows[1][:2] == [LOOSE, "'=1+1"]


def test_a_file_is_read_in_pieces_and_ends_somewhere(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    dealer = visitor_of(world.cast.dealer)
    whole = table(dealer)
    monkeypatch.setattr(number_export, "BATCH", 3)
    with CaptureQueriesContext(connection) as asked:
        assert table(dealer) == whole
    batches = [one for one in asked if "LIMIT 3" in one["sql"] and "e164" in one["sql"]]
    assert len(batches) == 2
    monkeypatch.setattr(number_export, "MOST", 3)
    assert "ends here, with 3 numbers" in table(dealer)[-1][0]
