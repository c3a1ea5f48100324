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
from trunks.regulation import File

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
        include: tuple[str, str] | None,
        parse: Callable[[Any], list[T]],
        deadline: Deadline,
        *,
        filters: Params | None = None,
    ) -> list[T]:
        """Read a whole list, or what some filters leave of it."""
        asked = [*(filters or ()), *([include] if include else ())]
        size = ("page[size]", str(payloads.LARGEST_PAGE))
        return whole_list(
            lambda page: self.read(
                path,
                params=[*asked, size, ("page[number]", str(page))],
                parse=lambda body: (parse(body), total_from(body)),
                deadline=deadline,
            )
        )

    def read(
        self,
        path: str,
        *,
        parse: Callable[[Any], T],
        deadline: Deadline,
        params: Params,
        kept_for: float = 0.0,
    ) -> T:
        """Read something; what seldom changes is kept for some seconds."""
        return self._call(
            "GET",
            path,
            params=params,
            parse=lambda body: parse(checked(body)),
            deadline=deadline,
            kept_for=kept_for,
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

    def delete(self, path: str, *, deadline: Deadline) -> None:
        """Delete something, if it is there."""
        try:
            self._call("DELETE", path, parse=lambda body: None, deadline=deadline)
        except Rejected as refusal:
            if refusal.reason is not Reason.NOT_FOUND:
                raise

    def validate(
        self, path: str, *, parse: Callable[[Any], T], deadline: Deadline, content: bytes
    ) -> T:
        """Have something looked at, of which nothing is kept; what is minded is an answer too."""
        minds = frozenset({422})
        return self._call(
            "POST",
            path,
            content=content,
            parse=parse,
            deadline=deadline,
            changes=False,
            answers=minds,
        )

    def upload(
        self,
        path: str,
        *,
        form: Params,
        attached: tuple[str, File],
        parse: Callable[[Any], T],
        deadline: Deadline,
    ) -> T:
        """Hand a file over, with a form."""
        return self._call(
            "POST", path, parse=parse, deadline=deadline, form=form, attached=attached
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
        **more: Any,
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
            **more,
        )
        return self._caller.call(
            call, parse=parse, explain=payloads.refusal_from, deadline=deadline
        )
