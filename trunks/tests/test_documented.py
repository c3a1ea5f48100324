"""`docs/carriers.md` says of every carrier what its adapter can do, and no more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings

from trunks import registry
from trunks.roles import (
    HoldsNumbers,
    ListsNumbers,
    LocksDeletion,
    ManagesTrunks,
    ReportsBalance,
    RoutesNumbers,
    SearchesNumbers,
    SellsNumbers,
    SendsEvents,
    SetsCallerName,
)

COLUMNS: tuple[tuple[str, type[Any]], ...] = (
    ("search", SearchesNumbers),
    ("hold", HoldsNumbers),
    ("order, release", SellsNumbers),
    ("list", ListsNumbers),
    ("route", RoutesNumbers),
    ("make trunks", ManagesTrunks),
    ("lock", LocksDeletion),
    ("caller names", SetsCallerName),
    ("balance", ReportsBalance),
    ("signed messages", SendsEvents),
)


def row(slug: str) -> str:
    """Write the row of a carrier."""
    adapter = registry.carrier(slug)
    cells = ["yes" if issubclass(adapter, role) else "-" for _, role in COLUMNS]
    return f"| {' | '.join([adapter.name, f'`{slug}`', *cells])} |"


class TestTable:
    def test_has_the_row_of_each_carrier_and_no_other(self) -> None:
        text = (Path(settings.BASE_DIR) / "docs/carriers.md").read_text()
        heads = " | ".join(["Carrier", "Slug", *(name for name, _ in COLUMNS)])
        table = text.partition(f"| {heads} |\n")[2].partition("\n\n")[0].splitlines()

        assert table[1:] == [row(slug) for slug in sorted(registry.CARRIERS)]

    def test_each_carrier_has_a_section(self) -> None:
        text = (Path(settings.BASE_DIR) / "docs/carriers.md").read_text()
        heads = [line for line in text.splitlines() if line.startswith("## ")]
        names = [f"## {registry.carrier(slug).name}" for slug in sorted(registry.CARRIERS)]

        assert heads == names
