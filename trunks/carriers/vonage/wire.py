"""How Vonage is called, and the numbers that are ours there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from lib.e164 import E164
from trunks.carriers.vonage import payloads
from trunks.carriers.vonage.payloads import Entry, Params
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected, Unavailable
from trunks.http import Call, Explain, signed_in
from trunks.offers import OwnedNumber
from trunks.roles import ListsNumbers

T = TypeVar("T")
HOST = "https://rest.nexmo.com"
"""Of numbers and money; what is newer has a host of its own."""


class VonageWire(ListsNumbers):
    """What the parts of the adapter share."""

    def owned(self, *, deadline: Deadline) -> list[OwnedNumber]:
        """Read every page of our numbers; a list that changes meanwhile is an error."""
        pages = list(self._pages([], deadline))
        rows = [row for page, _total in pages for row in page]
        entries = [entry.owned for entry in rows if entry is not None]
        twice = len({entry.number for entry in entries}) < len(entries)
        if twice or {len(rows)} != {total for _page, total in pages}:
            raise Unavailable("The carrier's list changed while it was read.")
        return entries

    def owned_number(self, number: E164, *, deadline: Deadline) -> OwnedNumber | None:
        """Look for one number."""
        entry = self._found(number, deadline)
        return None if entry is None else entry.owned

    def _found(self, number: E164, deadline: Deadline) -> Entry | None:
        # The pattern is the beginning of a number, so the answer may have others as well.
        for rows, _total in self._pages(payloads.exactly(number), deadline):
            for entry in rows:
                if entry is not None and entry.owned.number == number:
                    return entry
        return None

    def _ours(self, number: E164, deadline: Deadline) -> Entry:
        entry = self._found(number, deadline)
        if entry is None:
            raise Rejected("The number is not ours at the carrier.", reason=Reason.NOT_FOUND)
        return entry

    def _pages(
        self, filters: Params, deadline: Deadline
    ) -> Iterator[tuple[list[Entry | None], int]]:
        """Read a list page by page, each with how many rows there are in all."""
        count, page = 0, 1
        while True:
            size = [("size", str(payloads.LARGEST_PAGE)), ("index", str(page))]
            rows, total = self._call(
                "GET",
                "/account/numbers",
                params=[*filters, *size],
                parse=payloads.owned_page_from,
                deadline=deadline,
            )
            yield rows, total
            count += len(rows)
            if not rows or count >= total:
                return
            page += 1

    def _write(self, path: str, form: Params, deadline: Deadline) -> None:
        self._call("POST", path, form=form, parse=payloads.done_from, deadline=deadline)

    def _call(
        self,
        method: str,
        path: str,
        *,
        parse: Callable[[Any], T],
        deadline: Deadline,
        params: Params | None = None,
        form: Params | None = None,
        json: Any = None,
        host: str = HOST,
        means: Mapping[int, Any] | None = None,
        explain: Explain = payloads.refusal_from,
    ) -> T:
        # As parameters of the query the credentials would work, too, and stand in every log.
        user, password = (self.credentials[key] for key in ("api_key", "api_secret"))
        call = Call(
            method=method,
            url=f"{self.base_url or host}{path}",
            params=params or (),
            form=form,
            json=json,
            means=means or {},
            headers={"Authorization": signed_in(user, password)},
        )
        return self.caller.call(call, parse=parse, explain=explain, deadline=deadline)
