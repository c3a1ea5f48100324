"""`docs/carriers.md` says of every carrier what is done there and by which way, and no more."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from django.conf import settings

from trunks import capabilities, registry, roles
from trunks.operations import Operation, Way

WORDS = {Way.API: "yes", Way.MANUAL: "by hand", Way.NONE: "-"}


def row(slug: str) -> str:
    """Write the row of a carrier."""
    adapter = registry.carrier(slug)
    cells = [WORDS[capability.way] for capability in capabilities.of(adapter).values()]
    return f"| {' | '.join([adapter.name, f'`{slug}`', *cells])} |"


class TestTable:
    def test_has_the_row_of_each_carrier_and_no_other(self) -> None:
        text = (Path(settings.BASE_DIR) / "docs/carriers.md").read_text()
        heads = " | ".join(["Carrier", "Slug", *Operation])
        table = text.partition(f"| {heads} |\n")[2].partition("\n\n")[0].splitlines()

        assert table[1:] == [row(slug) for slug in sorted(registry.CARRIERS)]

    def test_each_carrier_has_a_section(self) -> None:
        text = (Path(settings.BASE_DIR) / "docs/carriers.md").read_text()
        heads = [line for line in text.splitlines() if line.startswith("## ")]
        names = [f"## {registry.carrier(slug).name}" for slug in sorted(registry.CARRIERS)]

        assert heads == names


class TestRoles:
    def test_each_is_in_the_guide_for_newcomers_and_no_other(self) -> None:
        text = (Path(settings.BASE_DIR) / "docs/adding-a-carrier.md").read_text()
        table = text.partition("| Role | Where the carrier |\n")[2].partition("\n\n")[0]
        named = [name for line in table.splitlines() for name in re.findall(r"`([A-Z]\w+)`", line)]
        defined = {
            name
            for name, role in inspect.getmembers(roles, inspect.isclass)
            if issubclass(role, roles.Carrier) and role is not roles.Carrier
        }

        assert set(named) == defined
