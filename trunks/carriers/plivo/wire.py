"""How Plivo is called, its lists, and whose a number is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from lib.e164 import E164
from trunks.carriers.plivo import payloads
from trunks.carriers.plivo.payloads import Entry, Params
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected
from trunks.http import Call, signed_in
from trunks.roles import Carrier

T = TypeVar("T")
HOST = "https://api.plivo.com"


class PlivoWire(Carrier):
    """What the parts of the adapter share."""

    def _ours(self, number: E164, deadline: Deadline) -> Entry:
        """Read one of our numbers; one that is not ours is `Rejected` NOT_FOUND."""
        entry = self._read(_path(number), parse=payloads.entry_from, deadline=deadline)
        if entry.owned.number != number:
            raise Rejected("The number is not ours at the carrier.", reason=Reason.NOT_FOUND)
        return entry

    def _change(self, number: E164, told: dict[str, object], deadline: Deadline) -> None:
        """Change some settings of a number; what is not named stays as it is."""
        self._write("POST", _path(number), told, parse=lambda _body: None, deadline=deadline)

    def _read(
        self,
        path: str,
        *,
        parse: Callable[[Any], T],
        deadline: Deadline,
        params: Params | None = None,
    ) -> T:
        return self._call("GET", path, parse=parse, deadline=deadline, params=params)

    def _write(
        self,
        method: str,
        path: str,
        told: object,
        *,
        parse: Callable[[Any], T],
        deadline: Deadline,
    ) -> T:
        return self._call(method, path, parse=parse, deadline=deadline, json=told)

    def _call(
        self,
        method: str,
        path: str,
        *,
        parse: Callable[[Any], T],
        deadline: Deadline,
        params: Params | None = None,
        json: object = None,
    ) -> T:
        account = self.credentials["auth_id"]
        call = Call(
            method=method,
            # Every path ends with a slash; the account itself is the empty one.
            url=f"{self.base_url or HOST}/v1/Account/{account}/{path}",
            params=params or (),
            json=json,
            headers={"Authorization": signed_in(account, self.credentials["auth_token"])},
        )
        return self.caller.call(call, parse=parse, explain=payloads.refusal_from, deadline=deadline)


def _path(number: E164) -> str:
    return f"Number/{payloads.path_of(number)}/"
