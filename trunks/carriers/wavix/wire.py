"""How Wavix is spoken to: one host, one key in a header, lists in pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from trunks.carriers.wavix import payloads
from trunks.carriers.wavix.payloads import Params
from trunks.deadlines import Deadline
from trunks.http import Call, Caller
from trunks.paging import each_entry
from trunks.regulation import File

T = TypeVar("T")
HOST = "https://api.wavix.com"


class Wire:
    """The way to one account."""

    def __init__(self, caller: Caller, *, api_key: str, base_url: str) -> None:
        self._caller = caller
        self._api_key = api_key
        self.base_url = base_url or HOST

    def pages(
        self, path: str, filters: Params, parse: Callable[[Any], list[T]], deadline: Deadline
    ) -> list[T]:
        """Read a whole list."""
        return list(self.entries(path, filters, parse, deadline))

    def entries(
        self, path: str, filters: Params, parse: Callable[[Any], list[T]], deadline: Deadline
    ) -> Iterator[T]:
        """Read a list as far as it is asked for."""
        return each_entry(
            lambda page: self.call(
                "GET",
                path,
                params=[*filters, *payloads.page_params(page)],
                parse=lambda body: (parse(body), payloads.total_from(body)),
                deadline=deadline,
            )
        )

    def call(
        self,
        method: str,
        path: str,
        *,
        parse: Callable[[Any], T],
        deadline: Deadline,
        params: Params | None = None,
        json: Any = None,
        form: Params | None = None,
        attached: tuple[str, File] | None = None,
        changes: bool | None = None,
        version: str = "v1",
        kept_for: float = 0.0,
    ) -> T:
        """Make one call. The key could stand in the query, too, and then in every log."""
        call = Call(
            method=method,
            url=f"{self.base_url}/{version}/{path}",
            params=params or (),
            json=json,
            form=form,
            attached=attached,
            headers={"Authorization": f"Bearer {self._api_key}"},
            changes=changes,
            kept_for=kept_for,
        )
        return self._caller.call(
            call, parse=parse, explain=payloads.refusal_from, deadline=deadline
        )
