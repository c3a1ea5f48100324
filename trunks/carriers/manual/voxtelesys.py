"""Voxtelesys (United States): no public interface was found for numbers; its portal sells them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from trunks.carriers.manual.adapter import Manual
from trunks.operations import Operation

_O = Operation


class Voxtelesys(Manual):
    """Voxtelesys, in its portal."""

    slug: ClassVar[str] = "voxtelesys"
    name: ClassVar[str] = "Voxtelesys"
    country: ClassVar[str] = "US"
    calendar: ClassVar[str] = "US"
    where: ClassVar[str] = "in its portal at Phone Numbers, Number Ordering"
    trunk_word: ClassVar[str] = "Trunk group"
    notes: ClassVar[Mapping[Operation, tuple[str, ...]]] = {
        _O.ORDER: (
            "The trunk group is chosen at order time.",
            "In bulk by area code, it sells 30 numbers per code at most.",
        ),
        _O.ROUTE: ("Trunk groups are assigned by its support; ask there.",),
    }
