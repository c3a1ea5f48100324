"""How Bandwidth is called, and whose a number is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from xml.etree.ElementTree import Element

from lib.e164 import E164
from trunks.carriers.bandwidth.refusals import refusal_from
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected
from trunks.http import Call, signed_in
from trunks.offers import OwnedNumber
from trunks.roles import ListsNumbers
from trunks.xml import xml_from

T = TypeVar("T")
HOST = "https://dashboard.bandwidth.com"
EMPTY = 204
"""The status of a list of nothing; any other without a body cannot be trusted."""
Params = Sequence[tuple[str, str]]


class BandwidthWire(ListsNumbers):
    """What the parts of the adapter share."""

    def _mine(self, number: E164, deadline: Deadline) -> OwnedNumber:
        mine = self.owned_number(number, deadline=deadline)
        if mine is None:
            raise Rejected("The number is not ours at the carrier.", reason=Reason.NOT_FOUND)
        return mine

    def _made(self, path: str, content: bytes, deadline: Deadline) -> str:
        """Make something of which only the place is told, and give its id."""
        call = self._request("POST", path, content=content, located=True)
        return self.caller.call(
            call,
            parse=lambda place: str(place).rstrip("/").rpartition("/")[2],
            explain=refusal_from,
            deadline=deadline,
        )

    def _call(
        self,
        method: str,
        path: str,
        *,
        parse: Callable[[Element | None], T],
        deadline: Deadline,
        params: Params = (),
        content: bytes | None = None,
        means: Mapping[int, Any] | None = None,
    ) -> T:
        call = self._request(method, path, params=params, content=content, means=means)
        return self.caller.call(call, parse=parse, explain=refusal_from, deadline=deadline)

    def _request(
        self,
        method: str,
        path: str,
        *,
        params: Params = (),
        content: bytes | None = None,
        located: bool = False,
        changes: bool | None = None,
        answers: frozenset[int] = frozenset(),
        means: Mapping[int, Any] | None = None,
    ) -> Call:
        # Of numbers the path names no account.
        where = (
            path if path.startswith("tns") else f"accounts/{self.credentials['account_id']}/{path}"
        )
        headers = self._headers("application/xml")
        return Call(
            method=method,
            url=f"{self.base_url or HOST}/api/v2/{where}",
            params=params,
            content=content,
            headers=headers if content is None else headers | {"Content-Type": "application/xml"},
            decode=xml_from,
            located=located,
            changes=changes,
            answers=answers,
            means=means or {},
        )

    def _headers(self, kind: str) -> dict[str, str]:
        """Sign in, and say in which format the answer is understood."""
        user, password = (self.credentials[key] for key in ("username", "password"))
        return {"Authorization": signed_in(user, password), "Accept": kind}


def there(body: Element | None) -> Element:
    """Give the document; an answer without one cannot be trusted."""
    if body is None:
        raise ValueError("the answer is empty")
    return body
