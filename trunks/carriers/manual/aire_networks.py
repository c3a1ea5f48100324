"""Aire Networks (Spain): no interface is known for numbers; its trunk carries messages only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from trunks.by_hand import RefusalCode
from trunks.carriers.manual.adapter import SellsByHand
from trunks.errors import Reason
from trunks.operations import Operation

_O = Operation


class AireNetworks(SellsByHand):
    """Aire Networks, by mail."""

    slug: ClassVar[str] = "aire_networks"
    name: ClassVar[str] = "Aire Networks"
    country: ClassVar[str] = "ES"
    calendar: ClassVar[str] = "ES"
    where: ClassVar[str] = "by mail to its service desk"
    not_done: ClassVar[Mapping[Operation, str]] = {
        **SellsByHand.not_done,
        _O.ROUTE: "Its trunks carry messages only: calls are never sent to it.",
    }
    notes: ClassVar[Mapping[Operation, tuple[str, ...]]] = {
        _O.ORDER: (
            "Have the tax id (NIF, NIE or CIF) and the address of the holder at hand; Spanish "
            "numbers are not given without.",
        ),
        _O.RELEASE: (
            "A number that was ceased is kept for its subscriber for a month and may return.",
        ),
    }
    refusal_codes: ClassVar[tuple[RefusalCode, ...]] = (
        RefusalCode("NIF", "The holder's tax id is missing or wrong", Reason.DOCUMENTS_MISSING),
        *SellsByHand.refusal_codes,
    )
