from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from portal.web.csv_export import Cell, download, safe

CHICAGO = ZoneInfo("America/Chicago")
NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        "  =1+1",
        "＝1+1",
        "+13125550100=",
        "+1312",
        "+cmd|' /C calc'!A0",
    ],
)
def test_what_a_spreadsheet_takes_for_a_formula_gets_an_apostrophe(text: str) -> None:
    assert safe(text, CHICAGO) == f"'{text}"


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("+13125550100", "+13125550100"),
        ("Front desk", "Front desk"),
        ("a = b", "a = b"),
        ("", ""),
        (None, ""),
        (-3, "-3"),
        (Decimal("-0.5000"), "-0.5000"),
        (NOON, "2026-07-01T07:00:00-05:00"),
    ],
)
def test_all_else_stays_as_it_is(cell: Cell, words: str) -> None:
    assert safe(cell, CHICAGO) == words


def test_a_file_can_be_read_back_and_hides_no_cell_inside_another() -> None:
    rows = [["+13125550100", 'a;=1+1 "so"\nit is'], ["=2", ""]]
    answer = download("numbers", ["Number", "Label"], rows)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="numbers.csv"'
    text = answer.getvalue().decode("utf-8-sig")
    read = list(csv.reader(text.splitlines(keepends=True)))
    assert read == [["Number", "Label"], rows[0], ["'=2", ""]]
    assert '"a;=1+1 ""so""' in text


def test_a_file_is_written_line_by_line_while_its_rows_are_read() -> None:
    read: list[int] = []

    def rows() -> Iterator[list[Cell]]:
        for row in range(3):
            read.append(row)
            yield [row, NOON]

    with timezone.override(CHICAGO):
        lines = iter(download("numbers", ["Row", "At"], rows()))
    assert read == []
    assert next(lines) == b'\xef\xbb\xbf"Row","At"\r\n'
    assert next(lines) == b'"0","2026-07-01T07:00:00-05:00"\r\n'
    assert read == [0]
