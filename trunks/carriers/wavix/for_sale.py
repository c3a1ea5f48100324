"""Numbers that are for sale: page by page, city by city, so far as one search may go."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeVar

from trunks.carriers.wavix import payloads, places
from trunks.carriers.wavix.wire import Wire
from trunks.deadlines import Deadline
from trunks.offers import Wanted

T = TypeVar("T")
MOST_READS: Final = 25
"""Pages of cities that one search reads at most."""


def pages(
    wire: Wire,
    wanted: Wanted,
    read: Callable[[Mapping[str, Any], Wanted, str], T],
    deadline: Deadline,
) -> Iterator[T]:
    """
    Walk the pages of the cities that may have what is wanted.

    :param read: makes something of a page and the code of its region
    """
    if not payloads.can_be_searched(wanted):
        return
    reads = 0
    for path, region in places.cities(wire, wanted, deadline):
        page, is_last = 0, False
        while not is_last:
            if reads >= MOST_READS:
                return
            page, reads = page + 1, reads + 1
            told, is_last = wire.call(
                "GET",
                path,
                params=payloads.search_params(wanted, page),
                parse=lambda body, code=region: (  # type: ignore[misc]
                    read(body, wanted, code),
                    payloads.is_last(body),
                ),
                deadline=deadline,
            )
            yield told
