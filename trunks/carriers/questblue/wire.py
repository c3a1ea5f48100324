"""How QuestBlue is called, its lists, and the numbers that are ours there."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any, TypeVar

from lib.e164 import E164
from trunks.carriers.questblue import payloads
from trunks.carriers.questblue.payloads import Page, Params
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected, Unavailable
from trunks.http import Call
from trunks.offers import OwnedNumber
from trunks.roles import ListsNumbers

T = TypeVar("T")
HOST = "https://api.questblue.com"


class QuestBlueWire(ListsNumbers):
    """What the parts of the adapter share."""

    def owned(self, *, deadline: Deadline) -> list[OwnedNumber]:
        """Read every page of our numbers; a list that changes meanwhile is an error."""
        rows = self._pages("did", [], deadline)
        return [payloads.owned_number(did, settings) for did, settings in rows.items()]

    def owned_number(self, number: E164, *, deadline: Deadline) -> OwnedNumber | None:
        """Look for one number; the filter is a pattern."""
        rows = self._pages("did", [("did", payloads.did_of(number))], deadline)
        found = [payloads.owned_number(did, settings) for did, settings in rows.items()]
        return next((mine for mine in found if mine.number == number), None)

    def _settings(self, number: E164, deadline: Deadline) -> Any:
        rows = self._pages("did", [("did", payloads.did_of(number))], deadline)
        for did, settings in rows.items():
            if payloads.number_of(did) == number:
                return settings
        raise Rejected("The number is not ours at the carrier.", reason=Reason.NOT_FOUND)

    def _pages(self, path: str, params: Params, deadline: Deadline) -> dict[str, Any]:
        """Read a whole list."""
        rows: dict[str, Any] = {}
        number = 0
        while True:
            number += 1
            page = self._page(path, params, number, deadline)
            is_new = page.rows.keys().isdisjoint(rows)
            rows |= page.rows
            if is_new and len(rows) == page.total:
                return rows
            if not is_new or not page.rows:
                raise Unavailable("The carrier's list changed while it was read.")

    def _page(self, path: str, params: Params, number: int, deadline: Deadline) -> Page:
        """Read one page; that there is nothing may come as a refusal of the first one."""
        page_params = [("per_page", str(payloads.LARGEST_PAGE)), ("page", str(number))]
        try:
            return self._read(
                path, [*params, *page_params], parse=payloads.page_from, deadline=deadline
            )
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
        signed_in = f"{self.credentials['username']}:{self.credentials['password']}"
        call = Call(
            method=method,
            url=f"{self.base_url or HOST}/{path}",
            params=params,
            json=body,
            headers={
                "Authorization": f"Basic {base64.b64encode(signed_in.encode()).decode()}",
                "Security-Key": self.credentials["security_key"],
            },
            refuses=frozenset({payloads.FAILED}),
            kept_for=kept_for,
        )
        return self.caller.call(call, parse=parse, explain=payloads.refusal_from, deadline=deadline)
