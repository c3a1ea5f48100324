"""Offers as a page shows them: those that differ by their digits alone stand as one run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from dids.search_stream import StreamedOffer

_SHOWN = 3
"""Offers of a run that are seen at once, so that other carriers are on the same screen."""


@dataclass(frozen=True)
class Run:
    """Offers of one carrier account at one cost, in the order in which they were ranked."""

    offers: list[StreamedOffer]

    @property
    def shown(self) -> list[StreamedOffer]:
        """Give those that are seen at once; two more are not worth folding."""
        return self.offers if len(self.offers) <= _SHOWN + 2 else self.offers[:_SHOWN]

    @property
    def folded(self) -> list[StreamedOffer]:
        """Give those that are seen when asked for."""
        return self.offers[len(self.shown) :]

    @property
    def key(self) -> str:
        """Name it within the page, also while it grows, as an identifier of HTML."""
        first = self.offers[0]
        cost = first["cost"] or first["total"] or ""
        return f"{first['carrier_account']}-{cost.replace('.', '-')}"


def runs(offers: Iterable[StreamedOffer]) -> list[Run]:
    """Part ranked offers."""
    alike = groupby(offers, key=lambda one: (one["carrier_account"], one["cost"], one["total"]))
    return [Run(list(each)) for _, each in alike]
