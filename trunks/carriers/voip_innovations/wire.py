"""How VoIP Innovations is called, whose a number is, and how its settings are told as a whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from xml.etree.ElementTree import Element

from lib.e164 import E164
from trunks.carriers.voip_innovations import payloads, soap
from trunks.deadlines import Deadline
from trunks.errors import Reason, Rejected
from trunks.http import Call
from trunks.offers import OwnedNumber
from trunks.roles import ListsNumbers
from trunks.xml import Content, xml_from

T = TypeVar("T")
HOST = "https://backoffice.voipinnovations.com"
WRITES = frozenset(
    {
        "reserveDID",
        "assignDID",
        "configDID",
        "releaseDID",
        "UpdateCNAMDisplay",
        "RemoveCNAM",
        "insert911",
        "update911",
        "remove911",
    }
)
SPENDS = frozenset({"reserveDID", "assignDID"})
FLAGS = {True: ("1", "true"), False: ("0", "false")}
"""How a flag is said, by the carrier's documentation and as its answers have it."""


@dataclass(frozen=True)
class Settings:
    """
    What is told of a number as a whole: what is left out may be lost.

    :ivar shows_callers: whether the names of its callers are looked up
    """

    mine: OwnedNumber
    shows_callers: bool


class VoipInnovationsWire(ListsNumbers):
    """What the parts of the adapter share."""

    def _mine(self, number: E164, deadline: Deadline) -> OwnedNumber:
        return self._settings(number, deadline).mine

    def _settings(self, number: E164, deadline: Deadline) -> Settings:
        """Read what is set on a number of ours."""
        found = self._found(number, deadline)
        if found is None:
            raise Rejected("The number is not ours at the carrier.", reason=Reason.NOT_FOUND)
        return found

    def _found(self, number: E164, deadline: Deadline) -> Settings | None:
        def read(did: Element) -> Settings | None:
            if not payloads.availability_of(did, number):
                return None
            mine = payloads.owned_number_from(did, parked=self._parked)
            return None if mine is None else Settings(mine, did.findtext("cnam") in {"true", "1"})

        if not payloads.is_number(number):
            return None
        return self._query(number, read, deadline)

    def _configure(self, there: Settings, *, trunk: str, flag: str, deadline: Deadline) -> None:
        number = there.mine.number

        def parse(result: Element) -> None:
            did = payloads.did_from(result, number)
            if payloads.code_of(did) != payloads.OK:
                raise payloads.refused(did, payloads.BIND_CODES)

        content = payloads.params_content(
            [number], group=trunk or self._parked, reference=there.mine.our_reference, flag=flag
        )
        self._call("configDID", content, parse, deadline)

    def _query(self, number: E164, read: Callable[[Element], T], deadline: Deadline) -> T:
        def parse(result: Element) -> T:
            (did,) = payloads.dids_from(result)
            return read(did)

        return self._call("queryDID", [("did", payloads.number_out(number))], parse, deadline)

    @property
    def _parked(self) -> str:
        """The endpoint group of numbers that are delivered nowhere."""
        return self.credentials["endpoint_group"]

    def _call(
        self,
        method: str,
        content: list[tuple[str, Content]],
        parse: Callable[[Element], T],
        deadline: Deadline,
    ) -> T:
        call = Call(
            method="POST",
            url=f"{self.base_url or HOST}/Services/APIService.asmx",
            content=soap.envelope(method, content, self.credentials),
            headers={
                "Content-Type": "text/xml; charset=utf-8",
                "SOAPAction": f'"{soap.NAMESPACE}{method}"',
            },
            decode=xml_from,
            changes=method in WRITES,
        )
        return self.caller.call(
            call,
            parse=lambda body: parse(soap.result_from(body, spends=method in SPENDS)),
            explain=soap.refusal_from,
            deadline=deadline,
        )
