"""How Telnyx is called, its lists, and the numbers that are ours there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from lib.e164 import E164, digits
from trunks.carriers.telnyx import payloads
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected, Unavailable
from trunks.http import Call
from trunks.offers import OwnedNumber
from trunks.paging import each_once
from trunks.roles import ListsNumbers

T = TypeVar("T")
HOST = "https://api.telnyx.com"


class TelnyxWire(ListsNumbers):
    """What the parts of the adapter share."""

    def owned(self, *, deadline: Deadline) -> list[OwnedNumber]:
        """Read every page of our numbers."""
        return each_once(self._owned([], deadline))

    def owned_number(self, number: E164, *, deadline: Deadline) -> OwnedNumber | None:
        """Look for one number."""
        # The filter takes digits only and matches parts of numbers.
        filters = [("filter[phone_number]", digits(number))]
        mine = self._entries("phone_numbers", filters, payloads.owned_number_from, deadline)
        return next((entry for entry in mine if entry and entry.number == number), None)

    def _owned(self, filters: Sequence[tuple[str, str]], deadline: Deadline) -> list[OwnedNumber]:
        entries = self._pages("phone_numbers", filters, payloads.owned_number_from, deadline)
        return [entry for entry in entries if entry is not None]

    def _id_of(self, number: E164, deadline: Deadline) -> str:
        mine = self.owned_number(number, deadline=deadline)
        if mine is None:
            raise Rejected("The number is not ours at the carrier.", reason=Reason.NOT_FOUND)
        return mine.carrier_reference

    def _pages(
        self,
        path: str,
        filters: Sequence[tuple[str, str]],
        read: Callable[[Mapping[str, Any]], T],
        deadline: Deadline,
    ) -> list[T]:
        """Read a whole list; one that changes under our hands is an error, not a short list."""
        return list(self._entries(path, filters, read, deadline))

    def _entries(
        self,
        path: str,
        filters: Sequence[tuple[str, str]],
        read: Callable[[Mapping[str, Any]], T],
        deadline: Deadline,
    ) -> Iterator[T]:
        """Read a list as far as it is asked for: what is found on a page is there."""
        count = 0
        totals: set[int] = set()
        number = 1
        while True:
            rows, pages, total = self._call(
                "GET",
                path,
                params=[*filters, *page(number)],
                parse=lambda body: (
                    [read(row) for row in body["data"]],
                    int(body["meta"]["total_pages"]),
                    int(body["meta"]["total_results"]),
                ),
                deadline=deadline,
            )
            yield from rows
            count += len(rows)
            totals.add(total)
            if number >= pages:
                break
            number += 1
        if len(totals) > 1 or count < total:
            raise Unavailable("The carrier's list changed while it was read.")

    def _call(
        self,
        method: str,
        path: str,
        *,
        parse: Callable[[Any], T],
        deadline: Deadline,
        params: Sequence[tuple[str, str]] = (),
        json: Any = None,
    ) -> T:
        call = Call(
            method=method,
            url=f"{self.base_url or HOST}/v2/{path}",
            params=params,
            json=json,
            headers={"Authorization": f"Bearer {self.credentials['api_key']}"},
        )
        return self.caller.call(call, parse=parse, explain=payloads.refusal_from, deadline=deadline)


def page(number: int) -> Iterator[tuple[str, str]]:
    """Ask for one page of a list."""
    # The default page size differs from list to list, so it is always said.
    yield "page[number]", str(number)
    yield "page[size]", str(payloads.LARGEST_PAGE)
