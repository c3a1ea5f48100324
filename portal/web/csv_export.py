"""Tables as CSV: streamed row by row, and safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal

from django.http import StreamingHttpResponse
from django.utils import timezone

from lib.spreadsheets import guarded

Cell = str | int | Decimal | datetime | None

_BYTE_ORDER_MARK = "\ufeff"
"""Without it the most used spreadsheet reads the file in the code page of its country."""


def download(
    name: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> StreamingHttpResponse:
    """
    Answer with a file that is written while its rows are read.

    Times are in the zone of whoever asks, in ISO 8601 with their offset from UTC.

    :param name: of the file, without its ending
    :param rows: read after the view has returned, so it must not lean on what ends with it
    """
    lines = _lines(heads, rows, timezone.get_current_timezone())
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


def safe(cell: Cell, zone: tzinfo) -> str:
    """Write a cell so that no spreadsheet takes it for a formula."""
    if isinstance(cell, datetime):
        return timezone.localtime(cell, zone).isoformat(timespec="seconds")
    if not isinstance(cell, str):
        return "" if cell is None else str(cell)
    return guarded(cell)


class _Echo:
    """What the writer writes into: it gives each line back at once."""

    def write(self, line: str) -> str:
        return line


def _lines(heads: Sequence[str], rows: Iterable[Sequence[Cell]], zone: tzinfo) -> Iterator[str]:
    # All cells in quotes: where the list separator is a semicolon, one in a text would else begin
    # a cell of its own, and a formula in it.
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_ALL)
    yield _BYTE_ORDER_MARK + writer.writerow(heads)
    for row in rows:
        yield writer.writerow([safe(cell, zone) for cell in row])
