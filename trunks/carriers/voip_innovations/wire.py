"""How VoIP Innovations is called, and whose a number is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from xml.etree.ElementTree import Element

from lib.e164 import E164
from trunks.carriers.voip_innovations import soap
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
        "insert911",
        "update911",
        "remove911",
    }
)


class VoipInnovationsWire(ListsNumbers):
    """What the parts of the adapter share."""

    def _mine(self, number: E164, deadline: Deadline) -> OwnedNumber:
        mine = self.owned_number(number, deadline=deadline)
        if mine is None:
            raise not_ours()
        return mine

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
            parse=lambda body: parse(soap.result_from(body)),
            explain=soap.refusal_from,
            deadline=deadline,
        )


def not_ours() -> Rejected:
    """Say that a number is not ours."""
    return Rejected("The number is not ours at the carrier.", reason=Reason.NOT_FOUND)
