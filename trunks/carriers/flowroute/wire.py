"""How Flowroute is called, its lists, and whose a number is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from lib.e164 import E164
from trunks.carriers.flowroute import payloads
from trunks.carriers.flowroute.payloads import Params
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected, Unavailable
from trunks.http import Call, signed_in
from trunks.offers import OwnedNumber
from trunks.roles import ListsNumbers

T = TypeVar("T")
HOST = "https://api.flowroute.com"
LINKED_ALREADY = 409


class FlowrouteWire(ListsNumbers):
    """What the parts of the adapter share."""

    def _ours(self, number: E164, deadline: Deadline) -> OwnedNumber:
        mine = self.owned_number(number, deadline=deadline)
        if mine is None:
            raise Rejected("The number is not ours at the carrier.", reason=Reason.NOT_FOUND)
        return mine

    def _all_kept(
        self, path: str, parse: Callable[[Any], tuple[list[T], bool]], deadline: Deadline
    ) -> list[T]:
        """Read all that we keep there; that it is nothing may be told by a 404."""
        try:
            return self._pages(path, parse, deadline)
        except Rejected as refusal:
            if refusal.reason is Reason.NOT_FOUND:
                return []
            raise

    def _pages(
        self, path: str, parse: Callable[[Any], tuple[list[T], bool]], deadline: Deadline
    ) -> list[T]:
        """Read a whole list. Its end is told by a short page where no next one is named."""
        entries: list[T] = []
        has_next = False
        while True:
            size = payloads.LARGEST_PAGE
            try:
                rows, has_next = self._call(
                    "GET",
                    path,
                    params=[("limit", str(size)), ("offset", str(len(entries)))],
                    parse=parse,
                    deadline=deadline,
                )
            except Rejected as refusal:
                if refusal.reason is not Reason.NOT_FOUND or not entries:
                    raise
                if has_next:
                    raise Unavailable(
                        "The carrier's list has a page less than it says."
                    ) from refusal
                # Whether there is an empty page behind a full one is not described.
                return entries
            if rows and rows[0] in entries:
                raise Unavailable("The carrier's list names a page twice.")
            entries += rows
            if not rows or not (has_next or len(rows) >= size):
                return entries

    def _link_kept(self, path: str, deadline: Deadline) -> bool:
        """
        Link a number with what is kept there; tells whether it is, and not with one of before.

        :raises Rejected: with `Reason.INVALID` if no such thing is kept
        """
        try:
            return self._call(
                "PATCH",
                path,
                parse=lambda _body: True,
                means={LINKED_ALREADY: False},
                deadline=deadline,
            )
        except Rejected as refusal:
            if refusal.reason is Reason.NOT_FOUND:
                # The number was there a moment ago, so it is the other that is not.
                raise Rejected(str(refusal), reason=Reason.INVALID) from refusal
            raise

    def _write(self, method: str, path: str, deadline: Deadline, content: bytes = b"") -> None:
        self._call(
            method, path, parse=lambda _body: None, content=content or None, deadline=deadline
        )

    def _call(
        self,
        method: str,
        path: str,
        *,
        parse: Callable[[Any], T],
        deadline: Deadline,
        params: Params | None = None,
        content: bytes | None = None,
        json: Any = None,
        means: Mapping[int, T] | None = None,
        changes: bool | None = None,
        answers: frozenset[int] = frozenset(),
    ) -> T:
        user, password = (self.credentials[key] for key in ("access_key", "secret_key"))
        headers = {
            "Authorization": signed_in(user, password),
            "Accept": payloads.MEDIA_TYPE,
        }
        call = Call(
            method=method,
            url=f"{self.base_url or HOST}/v2/{path}",
            params=params or (),
            content=content,
            json=json,
            headers={**headers, "Content-Type": payloads.MEDIA_TYPE} if content else headers,
            means=means or {},
            changes=changes,
            answers=answers,
        )
        return self.caller.call(call, parse=parse, explain=payloads.refusal_from, deadline=deadline)
