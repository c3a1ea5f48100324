"""How DIDWW is spoken to: one host, one key, one version, lists in pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from trunks.carriers.didww import payloads
from trunks.carriers.didww.documents import MEDIA_TYPE, VERSION, Params, checked, total_from
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected
from trunks.http import Call, Caller
from trunks.paging import whole_list

T = TypeVar("T")
HOST = "https://api.didww.com"


class Wire:
    """The way to one account."""

    def __init__(self, caller: Caller, *, api_key: str, base_url: str) -> None:
        self._caller = caller
        self._api_key = api_key
        self.base_url = base_url or HOST

    def there(
        self,
        path: str,
        include: tuple[str, str],
        parse: Callable[[Any], T | None],
        deadline: Deadline,
    ) -> T | None:
        """Read one thing, None where the carrier knows of none."""
        try:
            return self.read(path, params=[include], parse=parse, deadline=deadline)
        except Rejected as refusal:
            if refusal.reason is Reason.NOT_FOUND:
                return None
            raise

    def pages(
        self,
        path: str,
        include: tuple[str, str],
        parse: Callable[[Any], list[T]],
        deadline: Deadline,
    ) -> list[T]:
        """Read a whole list."""
        size = ("page[size]", str(payloads.LARGEST_PAGE))
        return whole_list(
            lambda page: self.read(
                path,
                params=[include, size, ("page[number]", str(page))],
                parse=lambda body: (parse(body), total_from(body)),
                deadline=deadline,
            )
        )

    def read(
        self, path: str, *, parse: Callable[[Any], T], deadline: Deadline, params: Params
    ) -> T:
        """Read something."""
        return self._call(
            "GET", path, params=params, parse=lambda body: parse(checked(body)), deadline=deadline
        )

    def write(
        self,
        method: str,
        path: str,
        *,
        parse: Callable[[Any], T],
        deadline: Deadline,
        content: bytes,
    ) -> T:
        """Write something."""
        return self._call(method, path, content=content, parse=parse, deadline=deadline)

    def _call(
        self,
        method: str,
        path: str,
        *,
        parse: Callable[[Any], T],
        deadline: Deadline,
        params: Params | None = None,
        content: bytes | None = None,
    ) -> T:
        headers = {
            "Api-Key": self._api_key,
            "X-DIDWW-API-Version": VERSION,
            "Accept": MEDIA_TYPE,
        }
        call = Call(
            method=method,
            url=f"{self.base_url}/v3/{path}",
            params=params or (),
            content=content,
            headers={**headers, "Content-Type": MEDIA_TYPE} if content else headers,
        )
        return self._caller.call(
            call, parse=parse, explain=payloads.refusal_from, deadline=deadline
        )
