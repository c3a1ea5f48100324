"""How VoIP.ms is called, its lists, and the numbers that are ours there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from lib.e164 import E164
from trunks.carriers.voipms import payloads
from trunks.carriers.voipms.payloads import Form, Row
from trunks.carriers.voipms.statuses import good, refusal_from
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected, Unavailable
from trunks.http import Call
from trunks.offers import OwnedNumber
from trunks.roles import ListsNumbers

T = TypeVar("T")
HOST = "https://voip.ms/api/v1"
WRITES = frozenset(
    {
        *("orderDID", "orderTollFree", "cancelDID", "setDIDRouting", "setDIDInfo", "setSIPURI"),
        *("e911Provision", "e911Update", "e911Cancel", "setSMS", "createSubAccount"),
    }
)
"""Nothing says whether something changes but the name of the method."""


class VoipMsWire(ListsNumbers):
    """What the parts of the adapter share."""

    def owned(self, *, deadline: Deadline) -> list[OwnedNumber]:
        """Read all of our numbers; the list has no pages."""
        mine = [payloads.owned_number(row) for row in self._rows([], deadline)]
        if len({entry.number for entry in mine}) < len(mine):
            raise Unavailable("The carrier's list names a number twice.")
        return mine

    def owned_number(self, number: E164, *, deadline: Deadline) -> OwnedNumber | None:
        """Read one number."""
        row = self._row(number, deadline)
        return None if row is None else payloads.owned_number(row)

    def _row(self, number: E164, deadline: Deadline) -> Row | None:
        rows = self._rows([("did", payloads.did_of(number))], deadline)
        return next((row for row in rows if payloads.number_of(row["did"]) == number), None)

    def _rows(self, form: Form, deadline: Deadline) -> list[Row]:
        return self._list("getDIDsInfo", form, parse=payloads.rows_from, deadline=deadline)

    def _ours(self, number: E164, deadline: Deadline) -> Row:
        row = self._row(number, deadline)
        if row is None:
            raise Rejected("The number is not ours at the carrier.", reason=Reason.NOT_FOUND)
        return row

    def _list(
        self, method: str, form: Form, *, parse: Callable[[Any], list[T]], deadline: Deadline
    ) -> list[T]:
        """Read a list, of which nothing is another word than success."""
        try:
            return self._call(method, form, parse=parse, deadline=deadline)
        except Rejected as refusal:
            if refusal.reason is Reason.NOT_FOUND:
                return []
            raise

    def _write(self, method: str, form: Form, deadline: Deadline) -> None:
        self._call(method, form, parse=good, deadline=deadline)

    def _call(self, method: str, form: Form, *, parse: Callable[[Any], T], deadline: Deadline) -> T:
        """Make one call: as a form, so that the password stands in no address."""
        signed_in = [(name, self.credentials[name]) for name in self.needed_credentials]
        call = Call(
            method="POST",
            url=f"{self.base_url or HOST}/rest.php",
            form=[*signed_in, ("method", method), *form],
            changes=method in WRITES,
        )
        return self.caller.call(call, parse=parse, explain=refusal_from, deadline=deadline)
