"""How QuestBlue is called, its lists, and the numbers that are ours there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from lib.e164 import E164
from trunks.carriers.questblue import payloads
from trunks.carriers.questblue.payloads import Page, Params
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected, Unavailable
from trunks.http import Call, signed_in
from trunks.offers import OwnedNumber
from trunks.roles import ListsNumbers

T = TypeVar("T")
HOST = "https://api.questblue.com"


class QuestBlueWire(ListsNumbers):
    """What the parts of the adapter share."""

    def owned(self, *, deadline: Deadline) -> list[OwnedNumber]:
        """Read every page of our numbers; a list that changes meanwhile is an error."""
        rows = self._numbers([], deadline)
        return [payloads.owned_number(did, settings) for did, settings in rows]

    def owned_number(self, number: E164, *, deadline: Deadline) -> OwnedNumber | None:
        """Look for one number; the filter is a pattern."""
        rows = self._numbers([("did", payloads.did_of(number))], deadline)
        found = (payloads.owned_number(did, settings) for did, settings in rows)
        return next((mine for mine in found if mine.number == number), None)

    def _settings(self, number: E164, deadline: Deadline) -> Any:
        for did, settings in self._numbers([("did", payloads.did_of(number))], deadline):
            if payloads.number_of(did) == number:
                return settings
        raise Rejected("The number is not ours at the carrier.", reason=Reason.NOT_FOUND)

    def _numbers(self, params: Params, deadline: Deadline) -> Iterator[tuple[str, Any]]:
        return self._rows("did", params, payloads.numbers_page_from, deadline)

    def _rows(
        self, path: str, params: Params, parse: Callable[[Any], Page], deadline: Deadline
    ) -> Iterator[tuple[str, Any]]:
        """Read a list as far as it is asked for: what is found on a page is there."""
        seen: set[str] = set()
        number = 0
        while True:
            number += 1
            page = self._page(path, params, number, parse, deadline)
            is_new = page.rows.keys().isdisjoint(seen)
            seen |= page.rows.keys()
            yield from page.rows.items()
            if is_new and len(seen) == page.total:
                return
            if not is_new or not page.rows:
                raise Unavailable("The carrier's list changed while it was read.")

    def _page(
        self,
        path: str,
        params: Params,
        number: int,
        parse: Callable[[Any], Page],
        deadline: Deadline,
    ) -> Page:
        """Read one page; that there is nothing may come as a refusal of the first one."""
        page_params = [("per_page", str(payloads.LARGEST_PAGE)), ("page", str(number))]
        try:
            return self._read(path, [*params, *page_params], parse=parse, deadline=deadline)
        except Rejected as refusal:
            if refusal.reason is Reason.NOT_FOUND and number == 1:
                return Page({}, 0)
            raise

    def _read(
        self,
        path: str,
        params: Params,
        *,
        parse: Callable[[Any], T],
        deadline: Deadline,
        kept_for: float = 0.0,
    ) -> T:
        return self._call("GET", path, params, None, parse, deadline, kept_for)

    def _write(self, method: str, path: str, told: Params, deadline: Deadline) -> tuple[str, ...]:
        """
        Change something; gives the carrier's remarks.

        The description has all in the query, its SDK in the body.
        """
        body = {name: int(text) if name == "did" else text for name, text in told}
        return self._call(method, path, told, body, payloads.remarks_from, deadline)

    def _call(
        self,
        method: str,
        path: str,
        params: Params,
        body: Any,
        parse: Callable[[Any], T],
        deadline: Deadline,
        kept_for: float = 0.0,
    ) -> T:
        user, password = (self.credentials[key] for key in ("username", "password"))
        call = Call(
            method=method,
            url=f"{self.base_url or HOST}/{path}",
            params=params,
            json=body,
            headers={
                "Authorization": signed_in(user, password),
                "Security-Key": self.credentials["security_key"],
            },
            refuses=frozenset({payloads.FAILED}),
            kept_for=kept_for,
        )
        return self.caller.call(call, parse=parse, explain=payloads.refusal_from, deadline=deadline)
